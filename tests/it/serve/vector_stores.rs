//! Vector stores of the embedded server, with the commands of the client.

use super::text;
use crate::extract::samples::{docx, pdf, pdf_of};
use crate::support::test_env::{Asst, Ran, eventually};
use serde_json::Value;

const HANDBOOK: &str =
    "# Handbook\n\n## Leave\n\nAnnual leave is thirty days.\n\n## Travel\n\nHotels cost at most 150 EUR.\n";

fn upload(asst: &Asst, name: &str, content: impl AsRef<[u8]>) -> String {
    asst.file(name, content);
    asst.local(&["files", "upload", name, "-o", "id"]).ok().id()
}

fn search(asst: &Asst, store: &str, query: &str, more: &[&str]) -> Vec<Value> {
    let args = [&["vector-stores", "search", store, "--query", query, "-o", "json"], more].concat();
    asst.local(&args).ok().json().as_array().unwrap().clone()
}

fn file(asst: &Asst, store: &str, file: &str) -> Value {
    asst.local(&["vector-stores", "files", "get", store, file, "-o", "json"]).ok().json()
}

#[test]
fn a_handbook_is_searched_by_one_command_after_another() {
    let asst = Asst::new();
    let handbook = upload(&asst, "handbook.md", HANDBOOK);
    let args = ["vector-stores", "create", "--name", "Handbook", "--file-ids", &handbook, "-o", "id"];
    let store = asst.local(&args).ok().id();
    // The command that created the store waited for the file before it ended.
    let shown = asst.local(&["vector-stores", "get", &store, "-o", "json", "--no-drain"]).ok().json();
    assert_eq!((&shown["status"], &shown["file_counts"]["completed"]), (&"completed".into(), &1.into()), "{shown}");
    let found = search(&asst, &store, "How many days of annual leave?", &[]);
    assert_eq!((found.len(), &found[0]["filename"]), (1, &"handbook.md".into()));
    assert!(text(&found[0]["content"][0]["text"]).contains("Annual leave is thirty days."), "{found:?}");
    let shown = asst.local(&["vector-stores", "search", &store, "--query", "leave"]).ok();
    assert!(shown.stdout.contains("handbook.md") && shown.stdout.contains("thirty days"), "{}", shown.stdout);
    let content = asst.local(&["vector-stores", "files", "content", &store, &handbook]).ok();
    assert!(content.stdout.contains("Hotels cost at most 150 EUR."), "{}", content.stdout);

    asst.local(&["vector-stores", "files", "delete", &store, &handbook, "--yes"]).ok();
    assert!(search(&asst, &store, "leave", &[]).is_empty());
    asst.local(&["vector-stores", "delete", &store, "--yes"]).ok();
    asst.local(&["vector-stores", "get", &store]).code(3);
    asst.local(&["files", "get", &handbook]).ok();
}

#[test]
fn documents_of_every_format_are_found() {
    let asst = Asst::new();
    let word = docx("<w:p><w:r><w:t>Travel is booked by the office.</w:t></w:r></w:p>");
    let files = [
        (
            "a.html",
            b"<html><body><script>x()</script><p>Annual leave is thirty days.</p></body></html>".to_vec(),
            "thirty",
        ),
        ("b.docx", word, "office"),
        ("c.pdf", pdf(b"BT /F1 10 Tf (Parking is free.) Tj ET"), "parking"),
        ("d.csv", b"name,days\nsick,3\n".to_vec(), "sick"),
        (
            "e.txt",
            "Größere Ausgaben brauchen eine Freigabe.".encode_utf16().flat_map(u16::to_be_bytes).collect(),
            "Freigabe",
        ),
    ];
    let mut ids = Vec::new();
    for (name, content, _) in &files {
        // UTF-16 text needs a byte order mark.
        let mark = if *name == "e.txt" { &[0xFE, 0xFF][..] } else { &[] };
        ids.push(upload(&asst, name, [mark, content].concat()));
    }
    let args = ["vector-stores", "create", "--file-ids", &ids.join(","), "--wait", "-o", "id"];
    let store = asst.local(&args).ok().id();
    for (name, _, query) in files {
        let found = search(&asst, &store, query, &[]);
        assert_eq!((found.len(), &found[0]["filename"]), (1, &name.into()), "{query}");
    }
    let content = asst.local(&["vector-stores", "files", "content", &store, &ids[0]]).ok().stdout;
    assert!(!content.contains("script") && content.contains("thirty"), "{content}");
}

#[test]
fn hostile_documents_fail_with_their_reason_and_harm_no_other_file() {
    let asst = Asst::new();
    let bomb = docx(&format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", "bomb ".repeat(400_000)));
    let encrypt =
        format!("/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{0}> /U <{0}> >> /ID [<00> <00>]", "5A".repeat(32));
    let objects = [b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(), b"<< /Type /Pages /Kids [] >>".to_vec()];
    let files = [
        ("bomb.docx", bomb, "200 times its compressed size"),
        ("secret.pdf", pdf_of(&objects, &encrypt), "encrypted with a password"),
        ("empty.md", Vec::new(), "The file is empty."),
        ("damaged.pdf", b"%PDF-1.7\n1 0 obj\n".to_vec(), ""),
    ];
    let good = upload(&asst, "handbook.md", HANDBOOK);
    let mut ids = vec![good.clone()];
    for (name, content, _) in &files {
        ids.push(upload(&asst, name, content));
    }
    let store = asst.local(&["vector-stores", "create", "-o", "id"]).ok().id();
    let args = ["vector-stores", "batches", "create", &store, "--file-ids", &ids.join(","), "--wait"];
    let ran: Ran = asst.local(&args).code(8);
    for (id, (name, _, words)) in ids[1..].iter().zip(&files) {
        let failed = file(&asst, &store, id);
        assert_eq!(
            (&failed["status"], &failed["last_error"]["code"]),
            (&"failed".into(), &"invalid_file".into()),
            "{name}"
        );
        assert!(text(&failed["last_error"]["message"]).contains(words), "{name}: {failed}");
        assert!(ran.stderr.contains(id.as_str()), "{name}: {}", ran.stderr);
    }
    assert_eq!(file(&asst, &store, &good)["status"], "completed");
    assert_eq!(search(&asst, &store, "leave", &[]).len(), 1);
}

#[test]
fn batches_carry_attributes_and_filters_select_by_them() {
    let asst = Asst::new();
    let ids: Vec<String> =
        (0..3).map(|n| upload(&asst, &format!("{n}.txt"), format!("annual leave, part {n}"))).collect();
    let store = asst.local(&["vector-stores", "create", "-o", "id"]).ok().id();
    let files = format!(
        r#"[{{"file_id":"{}","attributes":{{"team":"hr","year":2023}}}},{{"file_id":"{}","attributes":{{"team":"hr","year":2024}}}}]"#,
        ids[0], ids[1]
    );
    let made = asst.local(&["vector-stores", "batches", "create", &store, "--files", &files, "--wait", "-o", "json"]);
    let batch = text(&made.ok().json()["id"]);
    asst.local(&["vector-stores", "files", "add", &store, "--file-id", &ids[2], "--attributes", "team=it", "--wait"])
        .ok();
    let names = |filter: &str| -> Vec<String> {
        search(&asst, &store, "leave", &["--filter", filter]).iter().map(|hit| text(&hit["filename"])).collect()
    };
    assert_eq!(names(r#"team = "hr" and year >= 2024"#), ["1.txt"]);
    assert_eq!(names(r#"team != "hr""#), ["2.txt"]);
    asst.local(&["vector-stores", "files", "update", &store, &ids[2], "--attributes", "team=hr"]).ok();
    assert_eq!(names(r#"team = "hr""#).len(), 3);
    let listed = asst.local(&["vector-stores", "batches", "files", &store, &batch, "-o", "id"]).ok().ids();
    assert_eq!(listed.len(), 2);
    let got = asst.local(&["vector-stores", "batches", "get", &store, &batch, "-o", "json"]).ok().json();
    assert_eq!((&got["id"], &got["status"]), (&batch.as_str().into(), &"completed".into()));
}

#[test]
fn a_fault_holds_files_until_the_batch_is_cancelled() {
    let asst = Asst::new().env("ASST_FAULT", "stuck=in_progress");
    let ids: Vec<String> = (0..3).map(|n| upload(&asst, &format!("{n}.txt"), "x")).collect();
    let store = asst.local(&["vector-stores", "create", "-o", "id"]).ok().id();
    let create = ["vector-stores", "batches", "create", &store, "--file-ids", &ids.join(","), "-o", "id"];
    let batch = asst.local(&create).ok().id();
    let wait = ["vector-stores", "batches", "get", &store, &batch, "--wait", "--timeout", "1s"];
    asst.local(&wait).code(25);
    let cancelled = asst.local(&["vector-stores", "batches", "cancel", &store, &batch, "-o", "json"]).ok().json();
    assert_eq!((&cancelled["status"], &cancelled["file_counts"]["cancelled"]), (&"cancelled".into(), &3.into()));
}

#[test]
fn a_server_that_is_killed_while_it_indexes_leaves_the_work_to_the_next() {
    let asst = Asst::new();
    let place = asst.work().join("store");
    let flags = ["--store", place.to_str().unwrap()];
    let asst = asst.env("OPENAI_API_KEY", "any");
    let run = |url: &str, args: &[&str]| asst.ran(asst.command(args).env("OPENAI_BASE_URL", url).output().unwrap());
    let line = "Annual leave is thirty days, and rule 12345 applies. ";
    asst.file("big.txt", line.repeat(40_000));
    asst.file("small.txt", "Parking is free.");
    let server = asst.serve(&flags);
    let big = run(&server.url, &["files", "upload", "big.txt", "-o", "id"]).ok().id();
    let small = run(&server.url, &["files", "upload", "small.txt", "-o", "id"]).ok().id();
    let both = format!("{big},{small}");
    let store = run(&server.url, &["vector-stores", "create", "--file-ids", &both, "-o", "id"]).ok().id();
    let status = |url: &str, id: &str| {
        text(&run(url, &["vector-stores", "files", "get", &store, id, "-o", "json"]).ok().json()["status"])
    };
    eventually("the small file", || (status(&server.url, &small) == "completed").then_some(()));
    assert_eq!(status(&server.url, &big), "in_progress", "the file must be large enough to be killed in the middle");
    server.kill();

    let (one, other) = (asst.serve(&flags), asst.serve(&flags));
    let wait = ["vector-stores", "get", &store, "--wait", "-o", "json"];
    let done = run(&one.url, &wait).ok().json();
    assert_eq!((&done["file_counts"]["completed"], &done["status"]), (&2.into(), &"completed".into()));
    let content = run(&other.url, &["vector-stores", "files", "content", &store, &big]).ok().stdout;
    assert_eq!(content.matches("rule 12345").count(), 40_000, "no passage is missing or doubled");
    let found =
        run(&other.url, &["vector-stores", "search", &store, "--query", "rule 12345", "-o", "json"]).ok().json();
    assert_eq!(found.as_array().unwrap().len(), 10);
}
