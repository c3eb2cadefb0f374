//! The confirmation at a terminal: it contains the count, and comes after the search and before the deletion.

use crate::support::aged_backend::{Setup, days};
use crate::support::terminal;
use crate::support::test_env::Ran;

/// Runs `threads prune` at a terminal and answers its prompt.
fn answered(setup: &Setup, args: &[&str], answer: &str, meanwhile: impl FnOnce()) -> (String, Ran) {
    terminal::answered(&setup.asst, &[&["threads", "prune", "-o", "id"], args].concat(), answer, meanwhile)
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
