//! Folders of a manifest in commands that do not read them, and files of folders with unusual names.

use crate::support::test_env::{Asst, Server, served};

const MANIFEST: &str = "asst: 1
project: hr
vector_stores:
  handbook: {name: Handbook, sync: pages}
  other: {name: Other}
";

fn project() -> (Server, Asst) {
    let (server, asst) = served(&[]);
    std::fs::create_dir(asst.work().join("pages")).unwrap();
    asst.file("asst.yaml", MANIFEST);
    ["leave.md", "travel.md"].iter().for_each(|name| drop(asst.file(&format!("pages/{name}"), format!("# {name}\n"))));
    (server, asst)
}

#[test]
fn only_the_commands_that_read_a_folder_need_it() {
    let (_server, asst) = project();
    asst.run(["apply"]).ok();
    std::fs::remove_dir_all(asst.work().join("pages")).unwrap();
    for args in
        [&["manifest", "lint"][..], &["plan"], &["apply"], &["plan", "--target", "handbook"], &["diff", "handbook"]]
    {
        let ran = asst.run([&["--trace"], args].concat()).code(2);
        assert!(
            ran.stderr.contains("asst.yaml:4:") && ran.stderr.contains("the folder `pages`"),
            "{args:?}: {}",
            ran.text()
        );
        assert!(!ran.stderr.contains("> GET"), "{args:?}: {}", ran.text());
    }
    for args in [&["plan", "--target", "other"][..], &["diff", "other"], &["pull", "--drift"]] {
        let ran = asst.run(args);
        assert_eq!(ran.code, Some(0), "{args:?}: {}", ran.text());
    }
    asst.run(["destroy", "--yes"]).ok().says("2 deleted");
}

#[test]
fn a_comparison_of_two_backends_reads_no_folder() {
    let (_server, asst) = project();
    asst.file("asst.yaml", MANIFEST.replace("project: hr", "project: hr\nenvironments: {dev: {}, prod: {}}"));
    ["dev", "prod"].iter().for_each(|env| drop(asst.run(["apply", "--env", env]).ok()));
    std::fs::remove_dir_all(asst.work().join("pages")).unwrap();
    asst.run(["diff", "handbook@dev", "handbook@prod", "--exit-code"]).ok().says("no differences");
}

#[test]
fn file_ids_in_place_of_a_folder_are_a_change_of_the_manifest() {
    let (_server, asst) = project();
    asst.run(["apply"]).ok();
    let store = asst.run(["plan", "-o", "json"]).ok().json()["objects"][0]["id"].as_str().unwrap().to_owned();
    let files = asst.run(["vector-stores", "files", "list", &store, "-o", "id"]).ok().ids();
    asst.file("asst.yaml", MANIFEST.replace("sync: pages", &format!("file_ids: [{}]", files[0])));
    let plan = asst.run(["plan", "-o", "json"]).ok().json();
    assert_eq!((&plan["objects"][0]["action"], &plan["summary"]["conflict"]), (&"update".into(), &0.into()), "{plan}");
    asst.run(["apply"]).ok().says("1 updated");
    assert_eq!(asst.run(["vector-stores", "files", "list", &store, "-o", "id"]).ok().ids(), files[..1]);
}

#[cfg(unix)]
#[test]
fn links_to_nothing_and_names_with_control_characters_are_left_out() {
    let (_server, asst) = project();
    std::os::unix::fs::symlink("gone.md", asst.work().join("pages/link.md")).unwrap();
    asst.file("pages/a\n+ hr_default_forged.md", "# A\n");
    let plan = asst.run(["plan"]).ok().says("link.md: it is a link to nothing").says("its name has control characters");
    assert!(plan.stdout.contains("sync: \"2 files\""), "{}", plan.text());
    asst.run(["apply"]).ok();
    asst.run(["plan", "--exit-code"]).ok();
}
