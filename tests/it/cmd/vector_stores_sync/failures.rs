//! Failures of the backend during a sync.

use super::{Desk, counts, requests};

/// Returns a folder with files of distinct names and sizes.
fn filled(faults: &[&str]) -> (Desk, Vec<String>) {
    let desk = Desk::new(faults);
    let paths: Vec<String> = (0..8).map(|number| format!("{number}.md")).collect();
    paths.iter().for_each(|path| desk.write(path, format!("the text of {path}")));
    (desk, paths)
}

#[test]
fn lost_responses_lead_to_no_copy() {
    for fault in [
        "500-after-commit,on=POST /files,times=3",
        "cut-after-commit,on=POST /files,times=2",
        "500,on=POST /files,times=2",
        "500-after-commit,on=POST /vector_stores/{vector_store_id}/file_batches,times=1",
        "cut-after-commit,on=POST /vector_stores/{vector_store_id}/file_batches,times=1",
        "500-after-commit,on=DELETE /files/{file_id},times=1",
        "cut-after-commit,on=DELETE /vector_stores/{vector_store_id}/files/{file_id},times=1",
        "429,on=POST /files,times=3",
        "cut-within,on=GET /vector_stores/{vector_store_id}/files,times=1",
    ] {
        let (desk, paths) = filled(&["--fault", fault]);
        let ran = desk.sync(&[]);
        assert_eq!(ran.code, Some(0), "{fault}\n{}", ran.text());
        desk.write("0.md", "another text");
        desk.remove("1.md");
        let ran = desk.sync(&[]);
        assert_eq!(ran.code, Some(0), "{fault}\n{}", ran.text());
        let expected: Vec<&str> = paths.iter().map(String::as_str).filter(|path| *path != "1.md").collect();
        desk.has_exactly(&expected);
        assert_eq!(counts(&desk.sync(&["--verify"]).ok()).1, 0, "{fault}");
        assert_eq!(desk.asst.run(["ledger", "doctor", "--exit-code"]).code, Some(0), "{fault}: an intent stays open");
    }
}

#[test]
fn a_lost_response_without_a_ledger_leads_to_no_copy() {
    let (desk, paths) = filled(&["--fault", "500-after-commit,on=POST /files,times=2"]);
    desk.sync(&["--no-ledger"]).ok();
    desk.has_exactly(&paths.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn nothing_is_removed_until_all_uploads_succeed() {
    let fault = "500,on=POST /files,after=8,times=4";
    let (desk, paths) = filled(&["--fault", fault]);
    desk.sync(&[]).ok();
    desk.remove("1.md");
    desk.write("0.md", "another text");
    let ran = desk.sync(&[]).code(8).says("could not upload 0.md");
    assert_eq!(requests(&ran, "DELETE", ""), 0, "{}", ran.text());
    desk.has_exactly(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    desk.write("2.md", "a third text");
    desk.sync(&[]);
    desk.sync(&[]).ok();
    let expected: Vec<&str> = paths.iter().map(String::as_str).filter(|path| *path != "1.md").collect();
    desk.has_exactly(&expected);
}

#[test]
fn a_list_that_may_be_incomplete_changes_nothing() {
    for fault in ["endless-has-more", "ignore-after"] {
        let fault = format!("{fault},on=GET /vector_stores/{{vector_store_id}}/files,after=2");
        let desk = Desk::new(&["--fault", &fault]);
        (0..120).for_each(|number| desk.write(&format!("{number}.md"), format!("text {number}")));
        desk.sync(&[]);
        let before = desk.uploaded();
        let ran = desk.sync(&[]);
        assert_ne!(ran.code, Some(0), "{fault}");
        assert_eq!(counts(&ran).1, 0, "{fault}\n{}", ran.text());
        assert_eq!(desk.uploaded(), before);
    }
}

#[test]
fn files_that_cannot_be_indexed_are_not_sent_again() {
    let desk = Desk::new(&[]);
    desk.write("a.md", "alpha");
    desk.write("b.bin", [0_u8, 159, 146, 150]);
    desk.sync(&[]).code(8).says("b.bin was not indexed");
    let ran = desk.sync(&["-o", "json"]).ok();
    assert_eq!(counts(&ran).1, 0, "{}", ran.text());
    assert!(ran.stdout.contains("--retry-failed"), "{}", ran.text());
    desk.sync(&["--strict"]).code(8);
    let ran = desk.sync(&["--retry-failed"]).code(8);
    assert_eq!(requests(&ran, "POST", "/v1/files"), 0, "it was uploaded again");
    assert_eq!(requests(&ran, "POST", "/file_batches"), 1);
    desk.remove("b.bin");
    desk.sync(&[]).ok();
    desk.has_exactly(&["a.md"]);
}

#[test]
fn a_stuck_index_ends_with_25_and_is_not_sent_again() {
    let desk = Desk::new(&["--fault", "stuck=in_progress"]);
    desk.write("a.md", "alpha");
    desk.sync(&["--timeout", "1s"]).code(25).says("run the same command again");
    let ran = desk.sync(&["--timeout", "1s"]).code(25);
    assert_eq!(counts(&ran).1, 0, "{}", ran.text());
    assert_eq!(desk.uploaded().len(), 1);
}

#[test]
fn an_expired_or_missing_vector_store_is_named() {
    let desk = Desk::new(&[]);
    desk.write("a.md", "alpha");
    desk.asst.run(["vector-stores", "sync", "docs", "--to", "vs_missing"]).code(3).says("vs_missing");
    desk.asst.run(["vector-stores", "sync", "docs", "--to", "thread_1"]).code(2);
    assert!(desk.uploaded().is_empty());
}
