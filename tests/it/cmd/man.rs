//! `asst man`: manual pages.

use crate::support::test_env::Asst;

/// One page for all commands would be hundreds of kilobytes long.
#[test]
fn each_command_has_its_own_manual_page() {
    let asst = Asst::new();
    asst.run(["man", "pages"]).ok();
    let mut pages = 0;
    for entry in std::fs::read_dir(asst.work().join("pages")).unwrap() {
        let path = entry.unwrap().path();
        let size = std::fs::metadata(&path).unwrap().len();
        assert!((200..20_000).contains(&size), "{} has {size} bytes", path.display());
        pages += 1;
    }
    assert!(pages > 40, "{pages}");
    // A folder that cannot be created is an error.
    asst.run(["man", "/dev/null/pages"]).code(1).says("could not make the folder");
}

#[test]
fn a_dry_run_writes_no_manual_pages() {
    let asst = Asst::new();
    asst.run(["man", "pages", "--dry-run"]).ok().says("manual pages would be written to pages");
    assert!(!asst.work().join("pages").exists());
}
