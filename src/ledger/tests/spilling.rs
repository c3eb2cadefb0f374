//! Writes while the ledger cannot be written, and afterwards.

use super::*;
use std::path::Path;
use std::{fs, thread as os_thread};

fn lock(world: &World) -> rusqlite::Connection {
    let other = rusqlite::Connection::open(world.path()).unwrap();
    other.execute_batch("begin immediate").unwrap();
    other
}

fn write(ledger: &Ledger, id: &str) -> WriteResult {
    block_on(ledger.write(vec![thread(id, Source::Created, 1).into()]))
}

#[test]
fn entries_for_a_locked_ledger_are_spilled_and_imported_by_the_next_use() {
    let world = World::new();
    let ledger = world.ledger();
    put(&ledger, [thread("before", Source::Created, 1)]);
    let other = lock(&world);
    let spilled = write(&ledger, "while");
    assert!(matches!(&spilled, WriteResult::Spilled { why, .. } if why.cause == DbError::Busy), "{spilled:?}");
    let (start, _) = (Instant::now(), write(&ledger, "while too"));
    assert!(start.elapsed() < ledger.patience, "a lock is waited for once");
    assert_eq!(world.spill_files().len(), 1, "one process, one file");
    other.execute_batch("commit").unwrap();

    let next = world.ledger();
    assert_eq!(ids(&next, &RowQuery::default()), ["while too", "while", "before"], "a reader imports as well");
    assert_eq!(next.imported_spills(), SpillSummary { files: 1, entries: 2, aside: vec![] });
    assert!(world.spill_files().is_empty());
}

#[test]
fn every_kind_of_broken_ledger_has_a_hint_and_loses_no_entry() {
    type Break = fn(&Path);
    let cases: [(&str, Break); 3] = [
        ("move it away", |path| fs::write(path, "no database at all ".repeat(99)).unwrap()),
        ("upgrade asst", |path| {
            rusqlite::Connection::open(path).unwrap().execute_batch("pragma user_version = 99").unwrap();
        }),
        ("is a ledger", |path| fs::create_dir(path).unwrap()),
    ];
    for (hint, break_it) in cases {
        let world = World::new();
        fs::create_dir(world.path().parent().unwrap()).unwrap();
        break_it(&world.path());
        let WriteResult::Spilled { why, path } = write(&world.ledger(), "t") else { panic!("it was written") };
        assert!(why.hint().contains(hint) && why.to_string().contains("ledger.db"), "{why}: {}", why.hint());
        assert!(block_on(world.ledger().rows(&RowQuery::default(), None, 1)).is_err(), "{hint:?}");
        let whole = fs::read_to_string(path).unwrap();
        assert_eq!(whole.lines().count(), 2, "{hint:?}");
        assert!(whole.starts_with(r#"{"asst_spill":1,"ledger":"#) && whole.contains("ledger.db"), "{whole}");

        let aside = world.path().with_extension("damaged");
        fs::rename(world.path(), aside).unwrap();
        assert_eq!(ids(&world.ledger(), &RowQuery::default()), ["t"], "a new ledger imports what the old one refused");
    }
}

#[test]
fn a_write_without_a_spill_folder_fails() {
    let world = World::new();
    fs::create_dir_all(world.path()).unwrap();
    let nowhere = Ledger::new(world.path(), SpillDirs::new(vec![world.dir.path().join("missing")]), Access::ReadWrite);
    assert!(matches!(write(&nowhere, "t"), WriteResult::Failed { spills, .. } if spills.contains("missing")));
    let reading = Ledger::new(world.dir.path().join("x"), SpillDirs::default(), Access::ReadOnly);
    assert!(matches!(write(&reading, "t"), WriteResult::Failed { why, .. } if why.cause == DbError::ReadOnly));
    assert!(!world.dir.path().join("x").exists());
}

#[test]
fn a_spill_file_found_again_adds_nothing_twice_and_loses_no_line() {
    let world = World::new();
    let ledger = world.ledger();
    put(&ledger, [Row { messages: Some(0), ..thread("t", Source::Created, 1) }]);
    let other = lock(&world);
    let touch = Entry::from(Activity {
        origin: ORIGIN.into(),
        kind: Kind::Thread,
        id: "t".into(),
        active_at: 5,
        messages: 1,
        assistant: None,
    });
    let WriteResult::Spilled { path, .. } = block_on(ledger.write(vec![touch.clone()])) else { panic!("not locked") };
    let before = fs::read(&path).unwrap();
    other.execute_batch("commit").unwrap();
    assert_eq!(get(&world.ledger(), "t").messages, Some(1));

    // Simulates a crash after the entries were imported but before the file was removed, and one in the middle of a
    // line.
    let line = serde_json::to_vec(&touch).unwrap();
    fs::write(&path, [&before[..], &line, b"\n", &line[..9]].concat()).unwrap();
    assert_eq!(get(&world.ledger(), "t").messages, Some(2));
    assert!(!path.exists());
}

#[test]
fn only_unused_spills_of_this_ledger_are_imported_and_damaged_lines_are_moved() {
    let world = World::new();
    put(&world.ledger(), [thread("t", Source::Created, 1)]);
    let other = lock(&world);
    let WriteResult::Spilled { path, .. } = write(&world.ledger(), "u") else { panic!("not locked") };
    other.execute_batch("commit").unwrap();
    let foreign = path.with_file_name("0123456789abcdef-1-1.jsonl");
    fs::copy(&path, &foreign).unwrap();
    let held = fs::File::open(&path).unwrap();
    held.lock().unwrap();
    assert_eq!(ids(&world.ledger(), &RowQuery::default()), ["t"]);
    held.unlock().unwrap();
    fs::write(&path, fs::read_to_string(&path).unwrap() + "{\"from the future\":1}\n").unwrap();
    let ledger = world.ledger();
    assert_eq!(ids(&ledger, &RowQuery::default()), ["u", "t"]);
    assert_eq!(ledger.imported_spills().aside, [path.with_extension("unread")]);
    assert!(foreign.exists());
}

#[cfg(unix)]
#[test]
fn spills_are_private_and_a_link_for_a_folder_is_refused() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let world = World::new();
    fs::create_dir_all(world.path()).unwrap();
    let (spills, elsewhere) = (world.dir.path().join("spills/asst-spill"), world.dir.path().join("elsewhere"));
    fs::create_dir(&elsewhere).unwrap();
    symlink(&elsewhere, &spills).unwrap();
    assert!(matches!(write(&world.ledger(), "t"), WriteResult::Failed { .. }));
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
    fs::remove_file(&spills).unwrap();
    fs::create_dir(&spills).unwrap();
    fs::set_permissions(&spills, fs::Permissions::from_mode(0o777)).unwrap();
    let WriteResult::Spilled { path, .. } = write(&world.ledger(), "t") else { panic!("no spill") };
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&spills), mode(&path)), (0o700, 0o600));
}

#[test]
fn eight_writers_lose_nothing_while_the_ledger_is_sometimes_locked() {
    let world = World::new();
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let ledger = world.ledger();
            os_thread::spawn(move || {
                for n in 0..20 {
                    let written = write(&ledger, &format!("{writer}-{n}"));
                    assert!(!matches!(written, WriteResult::Failed { .. }), "{written:?}");
                }
            })
        })
        .collect();
    for _ in 0..3 {
        // The ledger is locked as soon as it exists, for longer than the writers wait.
        if world.path().exists()
            && let Ok(other) = rusqlite::Connection::open(world.path())
            && other.execute_batch("begin immediate").is_ok()
        {
            os_thread::sleep(Duration::from_millis(70));
        }
        os_thread::yield_now();
    }
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    assert_eq!(ids(&world.ledger(), &RowQuery::default()).len(), 160);
    assert!(world.spill_files().is_empty());
}

#[test]
fn rejected_entries_are_moved_alone_and_can_be_imported_later() {
    let world = World::new();
    put(&world.ledger(), [thread("t", Source::Created, 1)]);
    let other = lock(&world);
    let ledger = world.ledger();
    let paths: Vec<WriteResult> = ["u", "bad", "v"].map(|id| write(&ledger, id)).into();
    assert!(paths.iter().all(|written| matches!(written, WriteResult::Spilled { .. })), "{paths:?}");
    let trigger = "create trigger refuse before insert on object when new.id = 'bad' begin
        select raise(abort, 'no'); end";
    other.execute_batch(&format!("commit; {trigger}")).unwrap();

    let next = world.ledger();
    assert_eq!(ids(&next, &RowQuery::default()), ["v", "u", "t"]);
    let aside = next.imported_spills().aside.pop().unwrap();
    assert_eq!((next.imported_spills().entries, next.missing_spills()), (2, None));
    let text = fs::read_to_string(&aside).unwrap();
    assert!(text.lines().count() == 2 && text.contains("\"bad\"") && !text.contains("\"u\""), "{text}");

    other.execute_batch("drop trigger refuse").unwrap();
    assert_eq!(block_on(next.import_spill(&aside)).unwrap(), 1);
    assert_eq!(ids(&next, &RowQuery::default()), ["bad", "v", "u", "t"]);
    assert!(world.spill_files().is_empty());
}

#[test]
fn a_file_that_an_older_version_moved_as_a_whole_adds_nothing_twice() {
    let world = World::new();
    put(&world.ledger(), [Row { messages: Some(0), ..thread("t", Source::Created, 1) }]);
    let other = lock(&world);
    let touch = |messages| Activity {
        origin: ORIGIN.into(),
        kind: Kind::Thread,
        id: "t".into(),
        active_at: 5,
        messages,
        assistant: None,
    };
    let WriteResult::Spilled { path, .. } = block_on(world.ledger().write(vec![touch(1).into()])) else {
        panic!("not locked")
    };
    let before = fs::read(&path).unwrap();
    other.execute_batch("commit").unwrap();
    assert_eq!(get(&world.ledger(), "t").messages, Some(1));
    let more = serde_json::to_vec(&Entry::from(touch(10))).unwrap();
    let unread = path.with_extension("unread");
    fs::write(&unread, [&before[..], &more, b"\n"].concat()).unwrap();
    assert_eq!(block_on(world.ledger().import_spill(&unread)).unwrap(), 1);
    assert_eq!(get(&world.ledger(), "t").messages, Some(11));
}

#[test]
fn missing_spills_are_reported_until_they_are_imported() {
    let world = World::new();
    put(&world.ledger(), [thread("t", Source::Created, 1)]);
    let other = lock(&world);
    let WriteResult::Spilled { path, .. } = write(&world.ledger(), "u") else { panic!("not locked") };
    let ledger = world.ledger();
    assert_eq!(ids(&ledger, &RowQuery::default()), ["t"]);
    let left = ledger.missing_spills().unwrap();
    assert!(ledger.was_listed() && left.paths == [path.clone()] && left.hint().contains("--spill"), "{left:?}");
    assert_eq!(block_on(ledger.require_complete()).unwrap(), Err(left));
    other.execute_batch("commit").unwrap();
    // A new value, because the first one does not try the locked ledger for a while.
    let next = world.ledger();
    assert_eq!((block_on(next.require_complete()).unwrap(), next.missing_spills()), (Ok(()), None));
    assert!(!next.was_listed() && !path.exists());
}

#[cfg(unix)]
#[test]
fn a_spill_folder_of_another_user_is_not_used() {
    use std::os::unix::fs::{MetadataExt, chown};
    let world = World::new();
    let spills = world.dir.path().join("spills/asst-spill");
    fs::create_dir_all(&spills).unwrap();
    if chown(&spills, Some(65_534), None).is_err() {
        return; // Only root can change the owner of a folder.
    }
    fs::create_dir_all(world.path()).unwrap();
    let WriteResult::Spilled { path, .. } = write(&world.ledger(), "t") else { panic!("it went nowhere") };
    let own = spills.with_file_name(format!("asst-spill-{}", fs::metadata(&path).unwrap().uid()));
    assert_eq!(path.parent(), Some(own.as_path()));
    fs::remove_dir(world.path()).unwrap();
    assert_eq!(ids(&world.ledger(), &RowQuery::default()), ["t"]);
}

#[test]
fn an_entry_that_is_refused_again_stays_in_its_file() {
    let world = World::new();
    put(&world.ledger(), [thread("t", Source::Created, 1)]);
    let other = lock(&world);
    let ledger = world.ledger();
    let WriteResult::Spilled { path, .. } = write(&ledger, "u") else { panic!("not locked") };
    assert!(matches!(write(&ledger, "v"), WriteResult::Spilled { .. }));
    other.execute_batch("commit").unwrap();
    let refuse = "create trigger refuse before insert on object when new.id = 'u' begin select raise(abort, 'no'); end";
    other.execute_batch(refuse).unwrap();
    drop(ledger);
    let unread = path.with_extension("unread");
    assert_eq!(ids(&world.ledger(), &RowQuery::default()), ["v", "t"]);
    let before = fs::read(&unread).unwrap();
    let error = block_on(world.ledger().import_spill(&unread)).unwrap_err();
    assert!(error.to_string().contains("rejects an entry"), "{error}");
    assert_eq!(fs::read(&unread).unwrap(), before, "the only copy of the entry is gone");
    other.execute_batch("drop trigger refuse").unwrap();
    assert_eq!(block_on(world.ledger().import_spill(&unread)).unwrap(), 1);
    let mut known = ids(&world.ledger(), &RowQuery::default());
    known.sort();
    assert_eq!(known, ["t", "u", "v"]);
}

#[test]
fn an_undamaged_file_that_an_older_version_moved_is_imported() {
    let world = World::new();
    put(&world.ledger(), [thread("t", Source::Created, 1)]);
    let other = lock(&world);
    let WriteResult::Spilled { path, .. } = write(&world.ledger(), "u") else { panic!("not locked") };
    other.execute_batch("commit").unwrap();
    let unread = path.with_extension("unread");
    fs::rename(&path, &unread).unwrap();
    // One with a damaged line waits for the user.
    let damaged = path.with_file_name(format!("{}2.unread", path.file_stem().unwrap().to_string_lossy()));
    fs::write(&damaged, fs::read_to_string(&unread).unwrap() + "damaged\n").unwrap();
    let ledger = world.ledger();
    assert_eq!(ids(&ledger, &RowQuery::default()), ["u", "t"]);
    assert!(!unread.exists() && damaged.exists() && ledger.missing_spills().is_none());
}
