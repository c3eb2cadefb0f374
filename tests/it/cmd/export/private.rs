//! Only the owner can read an export, and nothing is written or read through a link.

use super::fake::{Fake, standing};
use super::tree;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

fn mode(path: &Path) -> u32 {
    std::fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn an_export_is_private_with_any_umask_and_keeps_existing_modes() {
    let (_fake, _listener, asst) = standing(Fake::with_thread("thread_1"));
    let plain = asst.command(["export", "deep/out", "thread_1"]);
    let run = || {
        let mut command = Command::new("sh");
        command.args(["-c", "umask 000; exec \"$0\" \"$@\""]).arg(plain.get_program()).args(plain.get_args());
        command.env_clear().envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        asst.ran(command.current_dir(asst.work()).output().unwrap()).ok()
    };
    run();
    let root = asst.work().join("deep/out");
    std::fs::rename(&root, asst.work().join("out")).unwrap();
    let files = tree(&asst);
    assert!(files.len() > 5, "{files:?}");
    for file in &files {
        let path = asst.work().join("out").join(file);
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700), "{file}");
    }
    // A folder keeps a mode that its owner has changed.
    std::fs::rename(asst.work().join("out"), &root).unwrap();
    std::fs::set_permissions(&root, std::fs::Permissions::from_mode(0o750)).unwrap();
    run();
    assert_eq!(mode(&root), 0o750);
}

#[test]
fn nothing_is_written_through_a_link_below_the_folder() {
    let outside = |asst: &crate::support::test_env::Asst| {
        let folder = asst.work().join("outside");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("victim"), "mine").unwrap();
        folder
    };
    for (link, to) in [
        ("out/threads/thread_1", ""),
        ("out/threads", ""),
        ("out/journal.jsonl", "victim"),
        ("out/manifest.json.part", "victim"),
        ("out/threads/thread_1/thread.json.part", "victim"),
        ("out/threads/thread_1/messages.jsonl.part", "victim"),
    ] {
        let (_fake, _listener, asst) = standing(Fake::with_thread("thread_1"));
        let outside = outside(&asst);
        let link = asst.work().join(link);
        std::fs::create_dir_all(link.parent().unwrap()).unwrap();
        std::fs::write(asst.work().join("out/journal.jsonl"), "").unwrap();
        let _ = std::fs::remove_file(&link);
        symlink(if to.is_empty() { outside.clone() } else { outside.join(to) }, &link).unwrap();
        let ran = asst.run(["export", "out", "thread_1"]);
        assert_eq!(ran.code, Some(1), "{}: {}", link.display(), ran.text());
        assert!(ran.stderr.contains("found a symbolic link"), "{}: {}", link.display(), ran.text());
        assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 1, "{}", link.display());
        assert_eq!(std::fs::read_to_string(outside.join("victim")).unwrap(), "mine", "{}", link.display());
    }
}

#[test]
fn verify_does_not_follow_links() {
    for path in ["threads/thread_1", "threads", "threads/thread_1/thread.json"] {
        let (_fake, _listener, asst) = standing(Fake::with_thread("thread_1"));
        asst.run(["export", "out", "thread_1"]).ok();
        asst.run(["export", "verify", "out"]).ok();
        let (inside, outside) = (asst.work().join("out").join(path), asst.work().join("outside"));
        std::fs::rename(&inside, &outside).unwrap();
        symlink(&outside, &inside).unwrap();
        let ran = asst.run(["export", "verify", "out"]).code(1);
        assert!(
            ran.stdout.contains("unreadable") && ran.text().contains("found a symbolic link"),
            "{path}: {}",
            ran.text()
        );
    }
    let (_fake, _listener, asst) = standing(Fake::with_thread("thread_1"));
    asst.run(["export", "out", "thread_1"]).ok();
    let (inside, outside) = (asst.work().join("out/manifest.json"), asst.work().join("outside"));
    std::fs::rename(&inside, &outside).unwrap();
    symlink(&outside, &inside).unwrap();
    asst.run(["export", "verify", "out"]).code(1).says("found a symbolic link");
}
