//! Sources of `asst ledger scan`: escapes, cut IDs, databases, dumps, encodings, and unreadable files.

use crate::support::test_env::{Asst, shows};
use base64::Engine;
use rusqlite::Connection;
use std::io::Write;

const ONE: &str = "thread_AbCdEfGhIjKlMnOpQrSt0001";
const TWO: &str = "thread_AbCdEfGhIjKlMnOpQrSt0002";
const FILE: &str = "assistant-R9uhPxvRKGH3m0x5zBOhMjd2";

fn user() -> Asst {
    Asst::with_backend("http://127.0.0.1:1/v1")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn scan_finds_ids_behind_any_escape() {
    let asst = user();
    for (name, text) in [
        ("nginx", format!(r#"body="{{\x22thread\x22: \x22{ONE}\x22}}\x0A""#)),
        ("url", format!("GET /?next=%252Fv1%252Fthreads%252F{ONE}%252Fmessages")),
        ("mail", format!("thread=3D{ONE}=20\r\n")),
        ("octal", format!(r"\042{ONE}\042")),
        ("xlsx", format!("_x000D_{ONE}_x000D_")),
        ("markdown", format!("see {} or _{ONE}_ or **{ONE}**", ONE.replace('_', "\\_"))),
        ("terminal", format!("\u{1b}[1;32m{ONE}\u{1b}[0m")),
        ("syslog", format!("first#012{ONE}#012last")),
        (
            "postgres",
            format!("COPY chats (id, thread, name) FROM stdin;\n1\t{ONE}\tBudget\\tof {ONE}\n2\t\\N\t\\N\n\\.\n"),
        ),
        ("mysql", format!(r"INSERT INTO `chats` VALUES (1,'{ONE}','Bob\'s\n{ONE}',NULL);")),
    ] {
        asst.file(name, text);
        assert_eq!(asst.run(["ledger", "scan", name, "--dry-run", "-o", "id"]).ok().ids(), [ONE], "{name}");
    }
}

#[test]
fn scan_reports_near_misses_without_recording_them() {
    let asst = user();
    asst.file(
        "a.log",
        format!("run on thread_AbCdEfGhIj…\nrun on {ONE}\nthread_XyCdEfGhIjKl=\nMnOpQrSt1234\n{TWO}Budget\n"),
    );
    shows!(asst.run(["ledger", "scan", "a.log"]), @r"
    [thread]	thread	a.log:2
    --- stderr ---
    warning: a.log:3: `[thread]` was not imported: too short; perhaps an ellipsis, a line or a column cut it
    warning: a.log:5: `[thread]` was not imported: too long; perhaps it is joined to the text after it
    1 new, 0 known before, in 1 file; 2 near misses
    exit 8
    ");
    assert_eq!(asst.run(["threads", "list"]).ok().ids(), [ONE]);
    let ran = asst.run(["ledger", "scan", "a.log", "-o", "json"]).code(8);
    ran.says(r#""near_misses":2"#).says(r#"{"warning":"a.log:3: `thread_XyCdEfGhIjKl` was not imported"#);
    asst.file(
        "b.log",
        "thread_id=7 run_until_complete file-upload... profile-Bx8K2a9Q.js thread_pool_8 run_IntegrationTests\n",
    );
    asst.run(["ledger", "scan", "b.log"]).ok();
    // A line end may cut an ID at any position, also within its prefix.
    for cut in 1..TWO.len() {
        asst.file("wrapped", format!("on {}\n{} ok\n", &TWO[..cut], &TWO[cut..]));
        asst.run(["ledger", "scan", "wrapped"]).code(8).says("wrapped:1: ").says("was not imported: too short");
    }
    // ID forms of other servers need `--pattern`.
    asst.file("c.log", "thread_6b29fc40-ca47-1067-b31d-00dd010662da\n");
    asst.run(["ledger", "scan", "c.log"]).code(8).says("--pattern");
    let pattern = "thread=thread_[0-9a-f-]{36}";
    assert_eq!(asst.run(["ledger", "scan", "c.log", "--pattern", pattern, "-o", "id"]).ok().ids().len(), 1);
}

#[test]
fn files_of_azure_are_scanned_and_imported() {
    let asst = user();
    asst.file("a.log", format!("{{\"file_ids\":[\"{FILE}\"]}} the assistant-message"));
    shows!(asst.run(["ledger", "scan", "a.log"]), @r"
    assistant-R9uhPxvRKGH3m0x5zBOhMjd2	file	a.log:1
    --- stderr ---
    1 new, 0 known before, in 1 file
    exit 0
    ");
    asst.fed(format!("{FILE}\n"), &["ledger", "import", "-"]).ok().says("0 new, 1 known before");
    assert_eq!(asst.run(["ledger", "list", "--kind", "file"]).ok().ids(), [FILE]);
}

#[test]
fn a_database_is_read_value_by_value() {
    let asst = user();
    let path = asst.work().join("app.db");
    let database = Connection::open(&path).unwrap();
    database.execute_batch("create table chats (thread text, name text, raw blob)").unwrap();
    let values = (ONE, "Budget", format!("{{\"id\":\"{TWO}\"}}").into_bytes());
    database.execute("insert into chats values (?1, ?2, ?3)", values).unwrap();
    drop(database);
    let bytes = std::fs::read(&path).unwrap();
    shows!(asst.run(["ledger", "scan", "app.db"]), @r"
    [thread]	thread	app.db:chats.thread:1
    [thread]	thread	app.db:chats.raw:1
    --- stderr ---
    2 new, 0 known before, in 1 file
    exit 0
    ");
    assert_eq!(asst.fed(&bytes[..], &["ledger", "scan", "-", "-o", "id"]).ok().ids(), [ONE, TWO]);
    asst.file("app.db.gz", gzip(&bytes));
    assert_eq!(asst.run(["ledger", "scan", "app.db.gz", "-o", "id"]).ok().ids(), [ONE, TWO]);
    // A damaged database is read as raw bytes, and the exit code reports the damage.
    asst.file("cut.db", &bytes[..bytes.len() - 4096]);
    asst.run(["ledger", "scan", "cut.db"]).code(8).says("cut.db was not read completely: the database is damaged");
}

#[test]
fn wide_characters_and_encoded_bodies_are_read() {
    let asst = user();
    let wide: Vec<u8> = format!("\u{feff}{ONE}\r\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
    asst.file("a.txt", &wide);
    // A shell may append UTF-16 text to a file that starts with single-byte text.
    asst.file("b.txt", [b"first\n", &wide[2..]].concat());
    let body = base64::engine::general_purpose::STANDARD.encode(format!("{{\"id\":\"{ONE}\"}}"));
    asst.file("c.har", format!(r#"{{"log":{{"entries":[{{"content":{{"text":"{body}","encoding":"base64"}}}}]}}}}"#));
    for name in ["a.txt", "b.txt", "c.har"] {
        assert_eq!(asst.run(["ledger", "scan", name, "--dry-run", "-o", "id"]).ok().ids(), [ONE], "{name}");
    }
}

#[test]
fn encoded_and_compressed_values_are_searched() {
    let asst = user();
    let text = format!("{{\"thread_id\":\"{ONE}\",\"model\":\"m\"}}");
    let packed = gzip(text.as_bytes());
    let zstd = ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
    let base64 = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let encoded = [base64(text.as_bytes()), base64(&packed), base64(&zstd), hex(text.as_bytes()), hex(&packed)];
    for body in &encoded {
        asst.file("a.har", format!(r#"{{"log":{{"entries":[{{"content":{{"text":"{body}"}}}}]}}}}"#));
        let ids = asst.run(["ledger", "scan", "a.har", "--dry-run", "-o", "id"]).ok().ids();
        assert_eq!(ids, [ONE], "{body} in an HTTP archive");
    }
    let blobs = encoded.iter().map(|text| text.as_bytes().to_vec()).chain([packed.clone(), zstd]);
    for (number, blob) in blobs.enumerate() {
        let path = asst.work().join(format!("{number}.db"));
        let database = Connection::open(&path).unwrap();
        database.execute_batch("create table t (raw blob)").unwrap();
        database.execute("insert into t values (?1)", [&blob]).unwrap();
        drop(database);
        let name = path.to_str().unwrap();
        let ran = asst.run(["ledger", "scan", name, "--dry-run", "-o", "json"]).ok();
        assert_eq!(ran.json()[0]["seen"], format!("{name}:t.raw:1"), "blob {number}");
        assert_eq!(ran.json()[0]["id"], ONE, "blob {number}");
    }
    let cut = base64(&gzip(&text.repeat(99).into_bytes())[..60]);
    asst.file("cut.har", format!(r#"{{"log":{{"entries":[{{"content":{{"text":"{cut}"}}}}]}}}}"#));
    asst.run(["ledger", "scan", "cut.har"]).code(8).says("a compressed body cannot be expanded completely");
}

#[test]
fn blobs_that_cannot_be_searched_are_named() {
    let asst = user();
    let database = Connection::open(asst.work().join("a.db")).unwrap();
    database.execute_batch("create table docs (body blob, note text)").unwrap();
    for (body, note) in [(&b"plain"[..], ONE), (b"PK\x03\x04rest", "x"), (b"PK\x03\x04more", "y")] {
        database.execute("insert into docs values (?1, ?2)", (body, note)).unwrap();
    }
    drop(database);
    shows!(asst.run(["ledger", "scan", "a.db", "--columns", "id,seen"]), @r"
    [thread]	a.db:docs.note:1
    --- stderr ---
    warning: a.db was not read completely: docs.body:2, and 1 further value in this column: a value is a zip archive (or an Office document); expand it and scan its content
    1 new, 0 known before, in 1 file; 1 file not read completely
    exit 8
    ");
}

#[test]
fn scan_names_files_that_are_not_text() {
    let asst = user();
    let noise: Vec<u8> = (0..4096_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    for (name, bytes, said) in [
        ("a.zip", b"PK\x03\x04rest".to_vec(), "a zip archive"),
        ("a.bz2", b"BZh91AY&SY rest".to_vec(), "bzip2"),
        ("a.xz", b"\xfd7zXZ\0rest".to_vec(), "xz"),
        ("a.dump", b"PGDMP rest".to_vec(), "pg_restore"),
        ("a.zip.gz", gzip(b"PK\x03\x04rest"), "a zip archive"),
        ("a.bin", noise, "it is partly binary"),
    ] {
        asst.file(name, bytes);
        asst.run(["ledger", "scan", name])
            .code(8)
            .says(&format!("{name} was not read completely"))
            .says(said)
            .says("1 file not read completely");
    }
}
