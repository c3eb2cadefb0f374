//! The promises of the ledger (DESIGN.md 4.3), seen from outside: no id is lost, whatever happens to the ledger, to the
//! backend, or to the process.

use crate::listener::{Deed, Listener, mint};
use crate::world::{Asst, Ran, eventually, shows};
use rusqlite::Connection;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};

/// Returns a backend that creates what is posted, and its user.
fn minting() -> (Listener, Asst) {
    let listener = Listener::minting();
    let asst = Asst::with_backend(&listener.url());
    (listener, asst)
}

fn threads(asst: &Asst) -> Vec<String> {
    asst.run(["threads", "list", "--state", "any", "-o", "id"]).ok().ids()
}

/// Creates a thread although the ledger cannot take it: the command succeeds, the id is printed and is in a spill.
#[track_caller]
fn spilled(asst: &Asst) -> (Ran, String) {
    let ran = asst.run(["threads", "create", "-o", "id"]).ok().says("warning: ");
    let id = ran.id();
    let found = spills(asst.home()).into_iter().any(|path| std::fs::read_to_string(path).unwrap().contains(&id));
    assert!(found, "{id} is in no spill:\n{}", ran.text());
    (ran, id)
}

/// Returns every file with a spill in its name below a folder.
fn spills(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(spills(&path));
        } else if path.extension().is_some_and(|end| end == "jsonl") {
            found.push(path);
        }
    }
    found
}

/// Runs a good command and sees what waited in spills in the ledger, once.
#[track_caller]
fn taken_in(asst: &Asst, ids: &[&String]) {
    let ran = asst.run(["threads", "list", "--state", "any", "-o", "id"]).ok().says("took ");
    for id in ids {
        assert_eq!(ran.ids().iter().filter(|known| known == id).count(), 1, "{id} in:\n{}", ran.text());
    }
    assert_eq!(spills(asst.home()), Vec::<PathBuf>::new(), "spills that were taken in are still there");
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn a_create_is_recorded_before_it_is_printed() {
    let (_listener, asst) = minting();
    let id = asst.run(["threads", "create", "--metadata", "team=hr", "--message", "SECRET"]).ok().id();
    let row = asst.run(["ledger", "list", "-o", "json"]).ok().json()[0].clone();
    assert_eq!((&row["id"], &row["state"], &row["source"]), (&json!(id), &json!("live"), &json!("created")));
    assert_eq!((&row["kind"], &row["messages"]), (&json!("thread"), &json!(1)));
    assert_eq!(row["metadata"]["team"], "hr");
    assert_eq!(row["provenance"]["flags"], json!(["message", "metadata"]));
    assert!(!row.to_string().contains("SECRET"), "{row}");
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[cfg(unix)]
#[test]
fn the_ledger_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (_listener, asst) = minting();
    asst.run(["threads", "create"]).ok();
    let mode = std::fs::metadata(asst.ledger()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn another_process_holds_the_ledger() {
    let (listener, asst) = minting();
    let first = asst.run(["threads", "create"]).ok().id();
    let holder = Connection::open(asst.ledger()).unwrap();
    holder.execute_batch("begin exclusive").unwrap();
    let (ran, second) = spilled(&asst);
    shows!(ran, @r"
    [thread]
    --- stderr ---
    warning: the ledger `[home]/state/asst/ledger.db` is out of order: the database is locked by another process; what happened is kept in [home]/state/asst/asst-spill/[spill] and goes into the ledger with the next command that can write it (another process holds it locked: let that end and repeat)
    exit 0
    ");
    // What must be recorded is not sent.
    let before = listener.lines().len();
    asst.run(["threads", "create", "--require-ledger"]).code(1).says("nothing was sent");
    assert_eq!(listener.lines().len(), before);
    holder.execute_batch("rollback").unwrap();
    drop(holder);
    taken_in(&asst, &[&first, &second]);
}

#[test]
fn the_ledger_is_corrupt() {
    let (listener, asst) = minting();
    std::fs::create_dir_all(asst.ledger().parent().unwrap()).unwrap();
    std::fs::write(asst.ledger(), "garbage ".repeat(2_000)).unwrap();
    let (ran, id) = spilled(&asst);
    shows!(ran, @r"
    [thread]
    --- stderr ---
    warning: the ledger `[home]/state/asst/ledger.db` is out of order: the file is damaged or no database (file is not a database); what happened is kept in [home]/state/asst/asst-spill/[spill] and goes into the ledger with the next command that can write it (move it away (`mv [home]/state/asst/ledger.db [home]/state/asst/ledger.db.damaged`): the next write makes a new one and takes in what was spilled; `asst ledger import` adds ids that are known elsewhere)
    exit 0
    ");
    let before = listener.lines().len();
    asst.run(["threads", "create", "--require-ledger"]).code(1);
    assert_eq!(listener.lines().len(), before);
    assert_ne!(asst.run(["ledger", "doctor"]).code, Some(0), "the doctor finds nothing wrong with garbage");
    // Reading the API needs no ledger.
    asst.run(["threads", "get", &id]).ok();
    std::fs::remove_file(asst.ledger()).unwrap();
    taken_in(&asst, &[&id]);
}

#[test]
fn the_ledger_is_a_folder() {
    let (_listener, asst) = minting();
    std::fs::create_dir_all(asst.ledger()).unwrap();
    let (_, id) = spilled(&asst);
    std::fs::remove_dir(asst.ledger()).unwrap();
    taken_in(&asst, &[&id]);
}

#[test]
fn the_ledgers_folder_cannot_be_written() {
    // A file stands where the folder should be: that holds root back too.
    let (_listener, asst) = minting();
    std::fs::write(asst.home().join("state/asst"), "").unwrap();
    let (_, id) = spilled(&asst);
    std::fs::remove_file(asst.home().join("state/asst")).unwrap();
    taken_in(&asst, &[&id]);
}

#[cfg(unix)]
#[test]
fn the_ledger_is_read_only() {
    use std::os::unix::fs::PermissionsExt;
    let (_listener, asst) = minting();
    asst.run(["threads", "create"]).ok();
    let mode = |mode| std::fs::set_permissions(asst.ledger(), std::fs::Permissions::from_mode(mode)).unwrap();
    mode(0o400);
    if std::fs::OpenOptions::new().write(true).open(asst.ledger()).is_ok() {
        mode(0o600);
        crate::world::skipped("the_ledger_is_read_only", "root writes to every file");
        return;
    }
    let (_, id) = spilled(&asst);
    mode(0o600);
    taken_in(&asst, &[&id]);
}

/// A small file system in memory, as long as it lives.
#[cfg(target_os = "linux")]
struct SmallDisk(PathBuf);

#[cfg(target_os = "linux")]
impl SmallDisk {
    fn mount(at: &Path) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let mounted =
            std::process::Command::new("mount").args(["-t", "tmpfs", "-o", "size=256k", "none"]).arg(at).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| Self(at.to_owned()))
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).output();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_disk_of_the_ledger_is_full() {
    let (_listener, asst) = minting();
    let Some(_disk) = SmallDisk::mount(&asst.home().join("state/asst")) else {
        crate::world::skipped("the_disk_of_the_ledger_is_full", "it needs to mount a small tmpfs, which needs root");
        return;
    };
    asst.run(["threads", "create"]).ok();
    let ballast = asst.home().join("state/asst/ballast");
    let mut file = std::fs::File::create(&ballast).unwrap();
    while std::io::Write::write_all(&mut file, &[0; 512]).is_ok() {}
    drop(file);
    let (ran, id) = spilled(&asst);
    assert!(ran.stderr.contains("full"), "the warning does not say why:\n{}", ran.text());
    std::fs::remove_file(ballast).unwrap();
    taken_in(&asst, &[&id]);
}

#[cfg(target_os = "linux")]
#[test]
fn the_disk_of_the_ledger_is_read_only() {
    let (_listener, asst) = minting();
    let folder = asst.home().join("state/asst");
    let Some(_disk) = SmallDisk::mount(&folder) else {
        crate::world::skipped(
            "the_disk_of_the_ledger_is_read_only",
            "it needs to mount a small tmpfs, which needs root",
        );
        return;
    };
    asst.run(["threads", "create"]).ok();
    let remount = |mode: &str| {
        let how = format!("remount,{mode}");
        let done = std::process::Command::new("mount").args(["-o", &how]).arg(&folder).status().unwrap();
        assert!(done.success(), "{how}");
    };
    remount("ro");
    let (_, id) = spilled(&asst);
    remount("rw");
    taken_in(&asst, &[&id]);
}

#[test]
fn nothing_can_be_written_anywhere() {
    let (_listener, asst) = minting();
    std::fs::write(asst.home().join("state/asst"), "").unwrap();
    let nowhere = asst.file("file", "");
    let mut command = asst.command(["threads", "create", "-o", "id", "-q"]);
    for name in ["TMPDIR", "XDG_RUNTIME_DIR", "ASST_SPILL_DIR"] {
        command.env(name, &nowhere);
    }
    let ran = asst.ran(command.output().unwrap()).ok();
    assert!(ran.stderr.contains(&ran.id()), "the id is not on stderr, which nothing silences:\n{}", ran.text());
}

#[test]
fn no_ledger_leaves_no_trace() {
    let (_listener, asst) = minting();
    asst.run(["threads", "create", "--no-ledger"]).ok();
    assert!(!asst.ledger().exists());
    shows!(asst.run(["threads", "list", "--no-ledger"]), @r"
    --- stderr ---
    error: --no-ledger leaves this command nothing to work on
    exit 2
    ");
    asst.run(["threads", "create", "--no-ledger", "--require-ledger"]).code(2);
}

#[test]
fn another_ledger_is_used_where_one_is_named() {
    let (_listener, asst) = minting();
    let other = asst.work().join("other.db");
    let other = other.to_str().unwrap();
    asst.run(["threads", "create", "--ledger", other]).ok();
    assert!(!asst.ledger().exists());
    assert_eq!(asst.run(["threads", "list", "--ledger", other]).ok().ids().len(), 1);
    assert_eq!(threads(&asst).len(), 0);
}

#[test]
fn eight_processes_lose_and_double_nothing() {
    const EACH: usize = 8;
    let (listener, asst) = minting();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..EACH).for_each(|_| drop(asst.run(["threads", "create"]).ok())));
        }
    });
    assert_eq!(listener.lines().len(), 8 * EACH);
    let rows = asst.run(["threads", "list", "-o", "id"]).ok().ids();
    let unique: BTreeSet<&String> = rows.iter().collect();
    assert_eq!((rows.len(), unique.len()), (8 * EACH, 8 * EACH));
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn a_crash_leaves_a_row_or_an_open_intent() {
    let (listener, asst) = minting();
    for round in 0..24_u64 {
        let mut child = asst.command(["threads", "create"]).spawn().unwrap();
        // From before the request to behind the answer.
        let start = std::time::Instant::now();
        while start.elapsed() < std::time::Duration::from_micros(round * 1_500) && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        let _ = child.kill();
        child.wait().unwrap();
    }
    let made = listener.lines().len();
    let known = threads(&asst).len();
    let open = asst.run(["ledger", "doctor", "-o", "json"]).ok().json().as_array().unwrap().len();
    assert!(made > 0, "no process lived long enough");
    assert!(known + open >= made, "{made} were made; {known} are known and {open} intents are open");
    // More intents than creates are those that were killed before the request.
    assert!(known <= made);
}

#[test]
fn a_kill_between_request_and_answer_leaves_an_open_intent() {
    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let held = Arc::clone(&gate);
    let listener = Listener::new(move |asked, before| {
        let (open, opened) = &*held;
        drop(opened.wait_while(open.lock().unwrap(), |open| !*open).unwrap());
        mint(asked, before)
    });
    let asst = Asst::with_backend(&listener.url());
    let mut child = asst.command(["threads", "create"]).spawn().unwrap();
    eventually("the request", || (!listener.lines().is_empty()).then_some(()));
    child.kill().unwrap();
    child.wait().unwrap();
    *gate.0.lock().unwrap() = true;
    gate.1.notify_all();
    assert_eq!(threads(&asst).len(), 0);
    let ran = asst.run(["ledger", "doctor", "--exit-code"]).code(9);
    shows!(ran, @r"
    [intent]	create thread	[time]	[origin]
    --- stderr ---
    1 open intents: `asst ledger settle INTENT ID|--none` closes one
    exit 9
    ");
    let intent = ran.id();
    asst.run(["ledger", "settle", &intent, "thread_000000000000000000000000"]).ok();
    assert_eq!(threads(&asst), ["thread_000000000000000000000000"]);
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[cfg(unix)]
#[test]
fn an_interrupted_create_says_what_stays_open() {
    let listener = Listener::new(|_, _| Deed::Stall);
    let asst = Asst::with_backend(&listener.url());
    let child = asst.command(["threads", "create"]).spawn().unwrap();
    eventually("the request", || (!listener.lines().is_empty()).then_some(()));
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let ran = asst.ran(child.wait_with_output().unwrap());
    shows!(ran, @r"
    --- stderr ---
    warning: stopped during a create; intent [intent] stays open: `asst ledger doctor` tells what became of it
    error: interrupted
    exit 130
    ");
}

#[test]
fn an_intent_is_settled_by_hand() {
    let listener = Listener::scripted([Deed::Cut, Deed::Cut]);
    let asst = Asst::with_backend(&listener.url());
    asst.run(["threads", "create"]).code(10);
    asst.run(["assistants", "create", "--model", "m"]).code(10);
    let open = asst.run(["ledger", "doctor", "-o", "jsonl"]).ok();
    let intents: Vec<serde_json::Value> = open.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(intents.len(), 2, "{}", open.text());
    let of = |kind: &str| {
        let found = intents.iter().find(|intent| intent["kind"] == kind);
        found.unwrap_or_else(|| panic!("no intent of a {kind}"))["id"].as_str().unwrap().to_owned()
    };
    shows!(asst.run(["ledger", "settle", &of("thread"), "thread_1"]), @r"
    --- stderr ---
    note: thread thread_1 is recorded
    exit 0
    ");
    shows!(asst.run(["ledger", "settle", &of("thread"), "--none"]), @r"
    --- stderr ---
    note: it had been settled before; nothing was changed
    exit 0
    ");
    shows!(asst.run(["ledger", "settle", &of("assistant"), "--none"]), @r"
    --- stderr ---
    note: settled: nothing was made
    exit 0
    ");
    shows!(asst.run(["ledger", "settle", "intent_nothing", "--none"]), @r"
    --- stderr ---
    error: no intent `intent_nothing` in the ledger
      hint: `asst ledger doctor` lists those that are open
    exit 2
    ");
    assert_eq!(threads(&asst), ["thread_1"]);
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn what_is_deleted_stays_deleted() {
    let (_listener, asst) = minting();
    let id = asst.run(["threads", "create"]).ok().id();
    asst.run(["threads", "delete", &id]).ok();
    assert_eq!(asst.run(["threads", "list", "-o", "id"]).ok().stdout, "");
    assert_eq!(asst.run(["threads", "list", "--state", "deleted"]).ok().id(), id);
    // Importing revives nothing.
    asst.fed(format!("{id}\n"), &["ledger", "import", "-"]).ok();
    assert_eq!(asst.run(["threads", "list", "-o", "id"]).ok().stdout, "");
    let row = asst.run(["ledger", "list", "--state", "any", "-o", "json"]).ok().json()[0].clone();
    assert_eq!((&row["state"], &row["raw"]), (&json!("deleted"), &json!(null)));
}

#[test]
fn a_404_that_names_the_object_marks_it_gone() {
    let gone = Arc::new(AtomicBool::new(false));
    let named = Arc::clone(&gone);
    let listener = Listener::new(move |asked, before| match asked.method.as_str() {
        "GET" if named.load(Ordering::SeqCst) => {
            let id = asked.target.rsplit('/').next().unwrap_or_default();
            Deed::error(404, &format!("No thread found with id '{id}'."), None)
        }
        "GET" => Deed::text(404, "404 page not found"),
        _ => mint(asked, before),
    });
    let asst = Asst::with_backend(&listener.url());
    let id = asst.run(["threads", "create"]).ok().id();
    // This may come from a wrong backend.
    asst.run(["threads", "get", &id]).code(3);
    assert_eq!(asst.run(["threads", "list"]).ok().id(), id);
    gone.store(true, Ordering::SeqCst);
    asst.run(["threads", "get", &id]).code(3);
    assert_eq!(asst.run(["threads", "list", "-o", "id"]).ok().stdout, "");
    assert_eq!(asst.run(["threads", "list", "--state", "gone"]).ok().id(), id);
}

#[test]
fn an_id_of_another_origin_is_said_so() {
    let (_listener, asst) = minting();
    let id = asst.run(["threads", "create"]).ok().id();
    let elsewhere = Listener::new(|_, _| Deed::error(404, "No thread found with id 'x'.", None));
    let mut command = asst.command(["threads", "get", &id]);
    let ran = asst.ran(command.env("OPENAI_BASE_URL", elsewhere.url()).output().unwrap());
    shows!(ran, @r"
    --- stderr ---
    error: could not get thread [thread]: not found (404)
      caused by: No thread found with id 'x'.
      hint: the ledger knows it from [origin], and this is [origin]
    exit 3
    ");
}

#[test]
fn threads_are_listed_by_what_is_known_of_them() {
    let (_listener, asst) = minting();
    let run = |args: &[&str]| asst.run(args.iter().copied()).ok();
    let listed = |args: &[&str]| run(&[&["threads", "list", "-o", "id"], args].concat()).ids();
    let hr = run(&["threads", "create", "--metadata", "team=hr", "--metadata", "env=prod"]).id();
    let it = run(&["threads", "create", "--metadata", "team=it"]).id();
    run(&["runs", "create", &it, "--assistant-id", "asst_77"]);
    asst.fed("thread_imported\n", &["ledger", "import", "-"]).ok();
    assert_eq!(listed(&["--metadata", "team=hr"]), [hr.as_str()]);
    assert_eq!(listed(&["--metadata", "team=hr", "--metadata", "env=dev"]), Vec::<String>::new());
    assert_eq!(listed(&["--assistant", "asst_77"]), [it.as_str()]);
    assert_eq!(listed(&["--source", "imported"]), ["thread_imported"]);
    assert_eq!(listed(&["--state", "unknown"]), ["thread_imported"]);
    assert_eq!(listed(&["--source", "created"]).len(), 2);
    assert_eq!(listed(&["--id-prefix", "thread_imp"]), ["thread_imported"]);
    assert_eq!(listed(&["--limit", "1"]).len(), 1);
    assert_eq!(
        listed(&["--newer-than", "1d", "--source", "created"]),
        Vec::<String>::new(),
        "the backend's own time counts"
    );
    assert_eq!(listed(&["--older-than", "1d", "--source", "created"]).len(), 2);
    assert_eq!(listed(&["--idle", "1h", "--source", "created"]), Vec::<String>::new());
    assert_eq!(listed(&["--origin", "elsewhere"]), Vec::<String>::new());
    assert_eq!(listed(&["--all-origins"]).len(), 3);
    shows!(run(&["threads", "list", "--metadata", "team=hr", "--columns", "id,state,metadata.env"]), @r"
    [thread]	live	prod
    --- stderr ---
    1 thread in the ledger ([origin]), last checked 0s ago; --remote asks the backend, if it lists threads
    exit 0
    ");
}

#[test]
fn a_thread_is_orphaned_when_its_assistants_are_deleted() {
    let (_listener, asst) = minting();
    let run = |args: &[&str]| asst.run(args.iter().copied()).ok();
    let assistant = run(&["assistants", "create", "--model", "m"]).id();
    let other = run(&["assistants", "create", "--model", "m"]).id();
    let orphan = run(&["threads", "create"]).id();
    let kept = run(&["threads", "create"]).id();
    run(&["runs", "create", &orphan, "--assistant-id", &assistant]);
    run(&["runs", "create", &kept, "--assistant-id", &other]);
    assert_eq!(run(&["threads", "list", "--orphaned", "-o", "id"]).stdout, "");
    run(&["assistants", "delete", &assistant]);
    assert_eq!(run(&["threads", "list", "--orphaned"]).ids(), [orphan]);
}

#[test]
fn the_ledger_is_read_without_any_profile() {
    let asst = Asst::new();
    asst.fed("thread_1\nthread_2\n", &["ledger", "import", "-", "--origin", "openai:default"]).ok();
    shows!(asst.run(["threads", "list", "--columns", "id,state,source"]), @r"
    thread_2	unknown	imported
    thread_1	unknown	imported
    --- stderr ---
    2 threads in the ledger (all origins), never checked
    exit 0
    ");
    shows!(asst.run(["ledger", "stats"]), @r"
    openai:default	thread	unknown	2
    --- stderr ---
    0 open intents and 0 events in [home]/state/asst/ledger.db
    exit 0
    ");
}

#[test]
fn ids_are_imported_from_anything_with_lines() {
    let (_listener, asst) = minting();
    let lines =
        "thread_1\twhatever\n\n\"asst_1\",name\n{\"id\":\"thread_2\",\"created_at\":5,\"metadata\":{\"a\":\"b\"}}\n";
    shows!(asst.fed(lines, &["ledger", "import", "-"]), @r"
    --- stderr ---
    3 new, 0 known before
    exit 0
    ");
    shows!(asst.fed(lines, &["ledger", "import", "-"]), @r"
    --- stderr ---
    0 new, 3 known before
    exit 0
    ");
    shows!(asst.fed("thread_3\n6b29fc40-ca47\n", &["ledger", "import", "-"]), @r"
    --- stderr ---
    1 new, 0 known before
    error: -, line 2: `6b29fc40-ca47` does not say its kind, which --kind gives
      hint: the lines before it are in the ledger; importing them again does no harm
    exit 2
    ");
    asst.fed("6b29fc40-ca47\n", &["ledger", "import", "-", "--kind", "threads"]).ok();
    assert_eq!(asst.run(["ledger", "list"]).ok().ids().len(), 5);
    assert_eq!(asst.run(["ledger", "list", "--kind", "assistant"]).ok().ids(), ["asst_1"]);
    asst.run(["ledger", "list", "--kind", "message"]).code(2);
    asst.run(["ledger", "import", "nothing.txt"]).code(2);
    shows!(Asst::new().fed("thread_1\n", &["ledger", "import", "-"]), @r"
    --- stderr ---
    error: an id means something in its origin only, and none is known
      hint: --origin or a profile says which
    exit 2
    ");
}

#[test]
fn forgetting_is_asked_for() {
    let (_listener, asst) = minting();
    asst.fed("thread_1\nthread_2\nthread_3\n", &["ledger", "import", "-"]).ok();
    asst.run(["ledger", "forget", "thread_1"]).ok().says("forgot 1");
    // Without a terminal nobody can be asked.
    shows!(asst.run(["ledger", "forget", "--matching", "--id-prefix", "thread_2"]), @r"
    --- stderr ---
    error: cannot ask `Forget these rows of the ledger?` (1 in all): standard input and standard error are not both terminals; `--yes` answers
    exit 2
    ");
    asst.run(["ledger", "forget", "--matching", "--id-prefix", "thread_2", "--yes"]).ok().says("forgot 1");
    assert_eq!(threads(&asst), ["thread_3"]);
    asst.run(["ledger", "forget"]).code(2);
}
