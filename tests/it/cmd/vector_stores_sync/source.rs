//! The files that a sync takes from the folders.

use super::Desk;

#[test]
fn patterns_hidden_files_and_gitignore_select_the_files() {
    let desk = Desk::new(&[]);
    for path in ["a.md", "b.txt", ".hidden.md", "draft/c.md", "deep/d.md", "tmp/e.md", ".git/config.md"] {
        desk.write(path, path);
    }
    desk.write(".gitignore", "tmp/\n");
    desk.sync(&["--include", "*.md", "--exclude", "draft/**"]).ok();
    desk.has_exactly(&["a.md", "deep/d.md"]);
    // Paths that a pattern excludes are not removed.
    desk.sync(&["--include", "*.txt"]).ok().says("2 kept");
    desk.has_exactly(&["a.md", "b.txt", "deep/d.md"]);
    desk.sync(&["--no-ignore", "--include", "*.md"]).ok();
    let paths = desk.paths();
    assert!(paths.contains_key(".hidden.md") && paths.contains_key("tmp/e.md"), "{paths:?}");
    assert!(!paths.keys().any(|path| path.starts_with(".git/")), "{paths:?}");
}

#[test]
fn files_that_cannot_be_indexed_are_skipped_and_old_versions_stay() {
    let desk = Desk::new(&[]);
    ["a.md", "b.md", "c.md"].iter().for_each(|path| desk.write(path, path));
    desk.sync(&[]).ok();
    desk.write("a.md", "");
    desk.write("b.md", b"caf\xe9");
    let ran = desk.sync(&["-o", "json"]).ok();
    let text = ran.json().to_string();
    assert!(text.contains("it is empty") && text.contains("neither UTF-8 nor UTF-16"), "{text}");
    desk.has_exactly(&["a.md", "b.md", "c.md"]);
}

#[cfg(unix)]
#[test]
fn links_that_leave_the_folder_and_pipes_are_skipped() {
    let desk = Desk::new(&[]);
    desk.write("a.md", "alpha");
    desk.asst.file("secret.md", "secret");
    let docs = desk.asst.work().join("docs");
    std::os::unix::fs::symlink("../secret.md", docs.join("out.md")).unwrap();
    std::os::unix::fs::symlink("a.md", docs.join("in.md")).unwrap();
    std::os::unix::fs::symlink(".", docs.join("loop")).unwrap();
    desk.asst.named_pipe(&["docs", "pipe.md"].join("/"));
    let ran = desk.sync(&["-o", "json"]).ok();
    assert!(ran.stdout.contains("the link leaves the folder"), "{}", ran.text());
    desk.has_exactly(&["a.md", "in.md"]);
}

#[test]
fn a_missing_or_empty_folder_and_two_files_of_one_path_are_refused() {
    let desk = Desk::new(&[]);
    desk.write("a.md", "alpha");
    desk.sync(&[]).ok();
    let other = desk.asst.work().join("other");
    std::fs::create_dir(&other).unwrap();
    let sync = |folders: &[&str]| {
        let args = [&["vector-stores", "sync"][..], folders, &["--to", &desk.store]].concat();
        desk.asst.run(args)
    };
    sync(&["other"]).code(2).says("no files for the vector store");
    sync(&["missing"]).code(2).says("no such folder");
    std::fs::write(other.join("a.md"), "other").unwrap();
    sync(&["docs", "other"]).code(2).says("two files have the same path");
    desk.sync(&["--include", "["]).code(2).says("not a pattern");
    desk.sync(&["--prefix", "a/../b"]).code(2);
    desk.sync(&["--chunk-size", "7"]).code(2);
    desk.has_exactly(&["a.md"]);
}

#[cfg(unix)]
#[test]
fn nothing_is_removed_if_a_folder_cannot_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new(&[]);
    for path in ["a.md", "b.md", "deep/c.md"] {
        desk.write(path, path);
    }
    desk.sync(&[]).ok();
    let desk = Desk { asst: desk.asst.unprivileged(), ..desk };
    let deep = desk.asst.work().join("docs/deep");
    std::fs::set_permissions(&deep, std::fs::Permissions::from_mode(0o0)).unwrap();
    desk.remove("b.md");
    let ran = desk.sync(&["-o", "json"]).code(8);
    std::fs::set_permissions(&deep, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert!(ran.stdout.contains("it stays until all files are indexed"), "{}", ran.text());
    desk.has_exactly(&["a.md", "b.md", "deep/c.md"]);
    desk.sync(&[]).ok();
    desk.has_exactly(&["a.md", "deep/c.md"]);
}

#[test]
fn a_large_file_is_streamed_with_the_right_hash() {
    let desk = Desk::new(&[]);
    desk.write("big.txt", "0123456789abcdef\n".repeat(40_000));
    desk.sync(&["--verify"]).ok();
    desk.has_exactly(&["big.txt"]);
}
