//! The confirmation at a terminal: it contains the count, and comes after the search and before the deletion.

use crate::support::aged_backend::{Setup, days};
use crate::support::test_env::Ran;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};

/// Runs `threads prune` at a terminal and answers its prompt. Returns the output before the answer, and the result.
fn answered(setup: &Setup, args: &[&str], answer: &str, meanwhile: impl FnOnce()) -> (String, Ran) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    let terminal = || OpenOptions::new().read(true).write(true).open(&name).unwrap();
    let mut command = setup.asst.command([&["threads", "prune", "-o", "id"], args].concat());
    let child = command.stdin(terminal()).stderr(terminal()).spawn().unwrap();
    drop(command);
    let mut master = File::from(master);
    let mut said = Vec::new();
    while !said.ends_with(b"[y/N] ") {
        let mut byte = [0];
        if master.read(&mut byte).unwrap_or(0) == 0 {
            break;
        }
        said.extend(byte);
    }
    meanwhile();
    master.write_all(answer.as_bytes()).unwrap();
    // Reads later output, because the buffer of the terminal is limited.
    let rest = std::thread::spawn(move || {
        let mut rest = Vec::new();
        let _ = master.read_to_end(&mut rest);
    });
    let ran = setup.asst.ran(child.wait_with_output().unwrap());
    rest.join().unwrap();
    (String::from_utf8_lossy(&said).into_owned(), ran)
}

#[test]
fn one_prompt_with_the_count_is_shown() {
    let setup = Setup::new();
    let ids: Vec<String> = (0..3).map(|_| setup.thread()).collect();
    let (said, ran) = answered(&setup, &["--empty"], "n\n", || {});
    assert!(said.contains("delete these threads? (3 in all) [y/N] "), "{said}");
    ran.code(1);
    assert_eq!((setup.deleted(), setup.present().len()), (vec![], ids.len()));
    let (said, ran) = answered(&setup, &["--empty", "--max", "2"], "y\n", || {});
    assert!(said.contains("(2 in all)"), "{said}");
    assert_eq!(ran.ok().ids().len(), 2);
    assert_eq!(setup.present().len(), 1);
}

#[test]
fn an_object_that_changes_during_the_prompt_is_kept() {
    let setup = Setup::new();
    let (idle, used) = (setup.thread(), setup.thread());
    let use_it = || setup.backend().message(&used, days(0));
    let (said, ran) = answered(&setup, &["--empty"], "y\n", use_it);
    assert!(said.contains("(2 in all)"), "{said}");
    assert_eq!(ran.ok().ids(), [idle]);
    assert_eq!(setup.present(), [used]);
}

#[test]
fn no_prompt_is_shown_if_nothing_can_be_pruned() {
    let setup = Setup::new();
    let id = setup.thread();
    setup.backend().message(&id, days(0));
    let (said, ran) = answered(&setup, &["--empty"], "", || {});
    assert!(said.contains("0 would go") && !said.contains("[y/N]"), "{said}");
    ran.ok();
}
