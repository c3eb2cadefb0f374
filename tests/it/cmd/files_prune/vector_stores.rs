//! `asst files prune` after `asst vector-stores prune`, on the embedded server.

use crate::support::test_env::served;
use std::time::Duration;

#[test]
fn files_of_pruned_vector_stores_are_deleted_by_the_second_command() {
    let (_server, asst) = served(&[]);
    asst.file("a.txt", "one");
    asst.file("b.txt", "two");
    let files = ["a.txt", "b.txt"].map(|name| asst.run(["files", "upload", name, "-o", "id"]).ok().id());
    let store = |name: &str, files: &str| {
        asst.run(["vector-stores", "create", "--name", name, "--file-ids", files, "--wait", "-o", "id"]).ok().id()
    };
    let old = store("old", &files.join(","));
    // Older than the grace period.
    std::thread::sleep(Duration::from_millis(2_100));
    let kept = store("kept", &files[1]);
    let prune_files = ["files", "prune", "--unreferenced", "--grace", "1s", "--yes"];
    let ran = asst.run(prune_files).ok();
    ran.says("0 deleted").says("2 in use");
    let ran = asst.run(["vector-stores", "prune", "--older-than", "2s", "--grace", "1s", "--yes", "-o", "id"]).ok();
    assert_eq!(ran.ids(), [old]);
    ran.says("asst files prune --unreferenced");
    let ran = asst.run(prune_files).ok();
    ran.says("1 deleted").says("1 in use");
    assert_eq!(asst.run(["files", "list", "-o", "id"]).ok().ids(), std::slice::from_ref(&files[1]));
    assert_eq!(asst.run(["vector-stores", "list", "-o", "id"]).ok().ids(), [kept]);
}
