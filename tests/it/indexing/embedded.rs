//! Waiting for the embedded server, which really indexes files.

use crate::support::test_env::{eventually, served};

#[test]
fn files_are_indexed_when_the_wait_ends() {
    let (_server, asst) = served(&[]);
    asst.file("hr.md", "# Holidays\n\nEvery employee has 30 days of holiday.\n");
    asst.file("it.md", "# Passwords\n\nChange the password every year.\n");
    asst.file("photo.bin", [0_u8, 159, 146, 150]);
    let upload = |name: &str| asst.run(["files", "upload", name, "--purpose", "assistants"]).ok().id();
    let (hr, it, photo) = (upload("hr.md"), upload("it.md"), upload("photo.bin"));
    let ran = asst.run(["vector-stores", "create", "--file-ids", &hr, "--wait", "-o", "json"]).ok().json();
    assert_eq!((&ran["status"], &ran["file_counts"]["completed"]), (&"completed".into(), &1.into()));
    let store = ran["id"].as_str().unwrap();
    let add = ["vector-stores", "files", "add", store, "--file-id", &it, "--attributes", "team=it"];
    asst.run([&add[..], &["--attributes", "year:=2024", "--wait"]].concat()).ok();
    let search = |filter: &str| {
        let args = ["vector-stores", "search", store, "--query", "holiday password", "--filter", filter, "-o", "id"];
        asst.run(args).ok().ids()
    };
    assert_eq!(search("team = \"it\" and year >= 2024"), [it.as_str()]);
    assert_eq!(search("team = \"hr\""), Vec::<String>::new());
    let ran = asst.run(["vector-stores", "batches", "create", store, "--file-ids", &photo, "--wait"]).code(8);
    ran.says(&format!("error: file {photo} was not indexed: failed (code unsupported_file)"));
    let ran =
        asst.run(["vector-stores", "prune", "--older-than", "1h", "--grace", "1h", "--dry-run", "-o", "json"]).ok();
    let verdicts = ran.json();
    let reason = verdicts[0]["reason"].as_str().unwrap();
    assert_eq!((&verdicts[0]["id"], &verdicts[0]["verdict"]), (&store.into(), &"in use".into()));
    assert!(reason.starts_with("created "), "{verdicts}");
    asst.run(["graph"]).ok().says("1 vector store, 3 files");
    eventually("the age of the vector store", || {
        let ran = asst.run(["vector-stores", "prune", "--older-than", "1s", "--grace", "1s", "--yes", "-o", "id"]).ok();
        (ran.ids() == [store]).then_some(())
    });
    asst.run(["vector-stores", "get", store]).code(3);
}
