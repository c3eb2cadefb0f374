//! `asst ledger scan` finds IDs in logs, dumps and other files.

use crate::support::test_env::{Asst, shows};
use std::io::Write;
use std::process::Stdio;

const ONE: &str = "thread_AbCdEfGhIjKlMnOpQrSt0001";
const TWO: &str = "thread_AbCdEfGhIjKlMnOpQrSt0002";
const BOT: &str = "asst_AbCdEfGhIjKlMnOpQrSt0003";

fn user() -> Asst {
    Asst::with_backend("http://127.0.0.1:1/v1")
}

#[test]
fn found_ids_are_printed_and_recorded_with_their_location() {
    let asst = user();
    std::fs::create_dir_all(asst.work().join("logs/old")).unwrap();
    asst.file("logs/app.log", format!("starting\nPOST /v1/threads/{ONE}/messages 200\nagain {ONE}\n"));
    asst.file("logs/old/dump.sql", format!("insert into t values ('{TWO}', '{BOT}');\n"));
    shows!(asst.run(["ledger", "scan", "logs"]), @r"
    [thread]	thread	logs/app.log:2
    [thread]	thread	logs/old/dump.sql:1
    [asst]	assistant	logs/old/dump.sql:1
    --- stderr ---
    3 new, 0 known before, in 2 files
    exit 0
    ");
    assert_eq!(asst.run(["threads", "list", "--source", "scanned"]).ok().ids(), [TWO, ONE]);
    let row = asst.run(["threads", "list", "--id-prefix", ONE, "-o", "json"]).ok().json();
    assert_eq!(
        (&row[0]["state"], &row[0]["provenance"]["seen"]),
        (&"unknown".into(), &"logs/app.log:2".into()),
        "{row}"
    );
    asst.run(["ledger", "scan", "logs"]).ok().says("0 new, 3 known before, in 2 files");
}

#[test]
fn ids_are_recorded_after_standard_output_is_closed() {
    let asst = user();
    let ids: Vec<String> = (0..5000).map(|number| format!("thread_AbCdEfGhIjKlMnOpQrSt{number:04}\n")).collect();
    asst.file("a.log", ids.concat());
    let left = |args: &[&str]| {
        let mut child = asst.command(args).spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(0));
        asst.run(["threads", "list", "-o", "id"]).ok().ids().len()
    };
    assert_eq!(left(&["ledger", "scan", "a.log", "--dry-run"]), 0);
    assert_eq!(left(&["ledger", "scan", "a.log"]), 5000);
}

#[test]
fn a_scan_is_refused_for_an_embedded_server_that_never_ran() {
    let asst = Asst::new();
    asst.file("a.log", ONE);
    shows!(asst.run(["ledger", "scan", "a.log", "--local"]), @r"
    --- stderr ---
    error: the embedded server has never run here, so no ID belongs to it
      hint: pass --origin, or choose the profile of the backend that has the objects
    exit 2
    ");
    asst.run(["threads", "create", "--local"]).ok();
    asst.run(["ledger", "scan", "a.log", "--local"]).ok().says("1 new");
}

#[test]
fn a_given_origin_is_not_looked_up_in_the_store() {
    let asst = Asst::new();
    asst.file("a.log", ONE);
    let store = asst.home().join("state/asst/local");
    std::fs::create_dir_all(&store).unwrap();
    std::fs::write(store.join("store.db"), "not a database").unwrap();
    asst.run(["ledger", "scan", "a.log", "--local", "-o", "id"]).code(1);
    assert_eq!(asst.run(["ledger", "scan", "a.log", "--local", "--origin", "o", "-o", "id"]).ok().ids(), [ONE]);
}

#[test]
fn a_scan_can_be_limited_to_a_kind_and_given_an_origin() {
    let asst = user();
    asst.file("a.har", format!("{{\"url\":\"https:\\/\\/h\\/v1\\/threads\\/{ONE}\",\"bot\":\"{BOT}\"}}"));
    assert_eq!(asst.run(["ledger", "scan", "a.har", "--kind", "thread", "--dry-run", "-o", "id"]).ok().ids(), [ONE]);
    assert_eq!(asst.run(["ledger", "list", "--all-origins"]).ok().stdout, "");
    asst.run(["ledger", "scan", "a.har", "--origin", "foundry:h/p"]).ok();
    assert_eq!(asst.run(["ledger", "list", "--origin", "foundry:h/p"]).ok().ids().len(), 2);
    assert_eq!(asst.run(["threads", "list"]).ok().stdout, "", "it is of another origin");
    asst.run(["ledger", "scan", "a.har", "--kind", "message"]).code(2);
}

#[test]
fn standard_input_and_compressed_files_are_scanned() {
    let asst = user();
    assert_eq!(asst.fed(format!("x {ONE}\n"), &["ledger", "scan", "-", "-o", "id"]).ok().ids(), [ONE]);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(TWO.as_bytes()).unwrap();
    asst.file("b.log.gz", gzip.finish().unwrap());
    assert_eq!(asst.run(["ledger", "scan", "b.log.gz", "-o", "id"]).ok().ids(), [TWO]);
}

#[test]
fn ids_without_a_prefix_are_found_by_a_pattern() {
    let asst = user();
    asst.file("c.txt", "thread 6b29fc40-ca47-1067-b31d-00dd010662da was made\n");
    let uuid = "thread=[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    asst.run(["ledger", "scan", "c.txt", "--pattern", uuid]).ok();
    assert_eq!(asst.run(["threads", "list"]).ok().id(), "6b29fc40-ca47-1067-b31d-00dd010662da");
    shows!(asst.run(["ledger", "scan", "c.txt", "--pattern", "[0-9a-f]{8}"]), @r"
    --- stderr ---
    error: --pattern: expected KIND=REGEX, got `[0-9a-f]{8}`
      hint: write --pattern thread=REGEX
    exit 2
    ");
    shows!(asst.run(["ledger", "scan", "c.txt", "--pattern", "thread=["]), @r"
    --- stderr ---
    error: --pattern `thread=[`: found unclosed character class
    exit 2
    ");
}

#[test]
fn an_unreadable_file_is_reported_and_the_rest_is_scanned() {
    let asst = user();
    shows!(asst.run(["ledger", "scan", "missing"]), @r"
    --- stderr ---
    error: missing: no such file or folder
    exit 2
    ");
    std::fs::create_dir(asst.work().join("logs")).unwrap();
    asst.file("logs/a.log", ONE);
    // The file begins like a gzip file, but is not valid.
    asst.file("logs/b.gz", [0x1f, 0x8b, 0xff, 0, 1, 2, 3]);
    asst.file("logs/c.log", TWO);
    let ran = asst.run(["ledger", "scan", "logs", "-o", "id"]).code(8).says("logs/b.gz was not read completely");
    assert_eq!(ran.ids(), [ONE, TWO]);
}

#[cfg(unix)]
#[test]
fn links_and_pipes_in_a_folder_are_left_out_and_named() {
    use std::os::unix::fs::symlink;
    let asst = user();
    let logs = asst.work().join("logs");
    std::fs::create_dir_all(logs.join("old")).unwrap();
    asst.file("logs/a.log", ONE);
    asst.file("elsewhere.log", TWO);
    // The targets of these links are scanned in any case.
    symlink(&logs, logs.join("old/loop")).unwrap();
    symlink("a.log", logs.join("current")).unwrap();
    assert_eq!(asst.run(["ledger", "scan", "logs", "-o", "id"]).ok().ids(), [ONE]);
    symlink("../elsewhere.log", logs.join("elsewhere")).unwrap();
    symlink("nowhere", logs.join("lost")).unwrap();
    asst.named_pipe("logs/pipe");
    shows!(asst.run(["ledger", "scan", "logs", "-o", "id"]), @r"
    [thread]
    --- stderr ---
    warning: logs/elsewhere was not read completely: it is a symbolic link; pass the path of its target to scan it
    warning: logs/lost was not read completely: it is a symbolic link; pass the path of its target to scan it
    warning: logs/pipe was not read completely: it is a pipe, a socket or a device; pass its path to read it
    0 new, 1 known before, in 1 file; 3 files not read completely
    exit 8
    ");
    // A link that the user names is followed, and a target that is scanned too is not left out.
    let both = asst.run(["ledger", "scan", "logs/elsewhere", "-o", "id"]).ok().ids();
    assert_eq!(both, [TWO]);
    std::fs::remove_file(logs.join("lost")).unwrap();
    std::fs::remove_file(logs.join("pipe")).unwrap();
    assert_eq!(asst.run(["ledger", "scan", "logs", "elsewhere.log", "-o", "id"]).ok().ids(), [ONE, TWO]);
}

#[cfg(unix)]
#[test]
fn an_unreadable_entry_does_not_hide_the_others() {
    let asst = user().unprivileged();
    std::fs::create_dir_all(asst.work().join("logs/secret")).unwrap();
    asst.file("logs/a.log", ONE);
    asst.file("logs/secret/b.log", "x");
    asst.file("logs/z.log", TWO);
    let secret = asst.work().join("logs/secret");
    std::fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o000)).unwrap();
    let ran = asst.run(["ledger", "scan", "logs", "-o", "id"]).code(8).says("logs/secret was not read completely");
    assert_eq!(ran.ids(), [ONE, TWO]);
}

#[cfg(unix)]
#[test]
fn a_file_without_read_permission_is_reported() {
    let asst = user().unprivileged();
    let path = asst.file("secret.log", ONE);
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o000)).unwrap();
    asst.run(["ledger", "scan", "secret.log"]).code(8).says("secret.log was not read completely");
}

#[cfg(target_os = "linux")]
#[test]
fn a_line_of_half_a_gigabyte_is_scanned_in_little_memory() {
    let asst = user();
    let mut child =
        asst.command(["ledger", "scan", "-", "-o", "id"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let spaces = vec![b' '; 1 << 20];
    for _ in 0..512 {
        input.write_all(&spaces).unwrap();
    }
    input.write_all(ONE.as_bytes()).unwrap();
    let peak = crate::support::memory::most_kib(child.id()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), ONE);
    assert!(peak < 64 * 1024, "{peak} KiB");
}

#[test]
fn random_bytes_contain_no_ids() {
    let asst = user();
    let mut state = 88_172_645_463_325_252_u64;
    let bytes: Vec<u8> = (0..1 << 20)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[0]
        })
        .collect();
    asst.file("noise", bytes);
    assert_eq!(asst.run(["ledger", "scan", "noise"]).code(8).says("it is partly binary").stdout, "");
}
