//! Errors in the files that a manifest names.

use super::{HEAD, refused, user};

#[test]
fn a_file_that_is_missing_or_no_file_of_the_tree_is_refused() {
    let (server, asst) = user();
    let outside = asst.home().join("outside.md");
    std::fs::write(&outside, "Outside.\n").unwrap();
    for folder in ["folder", "m"] {
        std::fs::create_dir(asst.work().join(folder)).unwrap();
    }
    asst.file("latin.md", b"caf\xe9\n");
    asst.file("broken.json", "{\"type\": }\n");
    asst.file("empty.md", "");
    #[cfg(unix)]
    for (target, link) in [(outside.as_path(), "link.md"), (asst.home(), "linked"), ("loop.md".as_ref(), "loop.md")] {
        std::os::unix::fs::symlink(target, asst.work().join(link)).unwrap();
    }
    for (path, expected) in [
        ("missing.md", "cannot read the file `missing.md`"),
        ("folder", "is a directory"),
        ("../outside.md", "the file `../outside.md` is outside the folder of the manifest"),
        ("folder/../../outside.md", "is outside the folder of the manifest"),
        ("/etc/hostname", "the file `/etc/hostname` is outside the folder of the manifest"),
        ("latin.md", "is not UTF-8 text"),
        #[cfg(unix)]
        ("link.md", "the file `link.md` is outside the folder of the manifest"),
        #[cfg(unix)]
        ("linked/outside.md", "the file `linked/outside.md` is outside the folder of the manifest"),
        #[cfg(unix)]
        ("loop.md", "cannot read the file `loop.md`"),
    ] {
        asst.file("asst.yaml", format!("{HEAD}assistants: {{a: {{model: m, instructions: {{file: {path}}}}}}}\n"));
        refused(&server, &asst, &[], expected, path);
        refused(&server, &asst, &[], "asst.yaml:3:49: ", path);
    }
    for (path, expected) in [("broken.json", "broken.json is not valid JSON"), ("missing.json", "cannot read the file")]
    {
        asst.file("asst.yaml", format!("{HEAD}assistants: {{a: {{model: m, tools: [{{file: {path}}}]}}}}\n"));
        refused(&server, &asst, &[], expected, path);
        refused(&server, &asst, &[], "asst.yaml:3:43: ", path);
    }
    for (path, expected) in [
        ("empty.md", "the file `empty.md` is empty"),
        ("folder", "expected a file, found something else"),
        #[cfg(unix)]
        ("link.md", "the file `link.md` is outside the folder of the manifest"),
        #[cfg(unix)]
        ("linked/outside.md", "is outside the folder of the manifest"),
    ] {
        asst.file("asst.yaml", format!("{HEAD}files: {{a: {{path: {path}}}}}\n"));
        refused(&server, &asst, &[], expected, path);
        refused(&server, &asst, &[], "asst.yaml:3:19: ", path);
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_device_is_no_file_of_a_manifest() {
    let (server, asst) = user();
    asst.named_pipe("pipe.md");
    for member in ["files: {a: {path: pipe.md}}", "assistants: {a: {model: m, instructions: {file: pipe.md}}}"] {
        asst.file("asst.yaml", format!("{HEAD}{member}\n"));
        refused(&server, &asst, &[], "asst.yaml:3:", member);
    }
}
