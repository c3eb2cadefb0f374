//! Dry runs: requests that are printed and not sent.

use super::hostile;

#[test]
fn a_curl_command_has_the_key_in_one_header_only() {
    let (listener, asst) = hostile([]);
    let asst = asst.env("OPENAI_ORG_ID", "org-1");
    let out = asst.run(["assistants", "list", "--dry-run=curl"]).ok().stdout;
    assert_eq!(out.matches("$ASST_KEY").count(), 1, "{out}");
    assert!(out.contains("$ASST_OPENAI_ORGANIZATION"), "{out}");
    assert_eq!(listener.lines().len(), 0);
}

#[test]
fn a_curl_command_uploads_the_file() {
    let (listener, asst) = hostile([]);
    asst.file("a 'b\".txt", "hello");
    let upload = ["files", "upload", "a 'b\".txt", "--purpose", "assistants", "--dry-run=curl"];
    let out = asst.run(upload).ok().stdout;
    let expected = r#" -F 'file=@"a '\''b\".txt";filename="a '\''b\".txt"'"#;
    assert!(out.contains(" --form-string 'purpose=assistants' ") && out.trim_end().ends_with(expected), "{out}");
    assert_eq!(listener.lines().len(), 0);
}
