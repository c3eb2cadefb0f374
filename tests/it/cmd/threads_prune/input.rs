//! Input that is refused before any request.

use crate::support::aged_backend::Setup;
use crate::support::test_env::{Asst, shows};

#[test]
fn prune_needs_a_filter_and_a_confirmation() {
    let setup = Setup::new();
    setup.thread();
    let requests = setup.listener.lines().len();
    shows!(setup.prune(&["--yes"]), @r"
    --- stderr ---
    error: no filter is given, so nothing is pruned
      hint: pass --orphaned, --older-than 90d or another filter, or a file of rules with --policy
    exit 2
    ");
    shows!(setup.prune(&["--orphaned"]), @r"
    --- stderr ---
    error: cannot ask whether to delete threads: there is no terminal
      hint: pass --yes to confirm; --dry-run shows the objects, with reasons
    exit 2
    ");
    for args in [
        &["--grace", "1d", "--yes"][..],
        &["--source", "any", "--yes"],
        &["--max", "5", "--yes"],
        &["--any-assistant", "--yes"],
        &["--cancel-runs", "--yes"],
    ] {
        setup.prune(args).code(2);
    }
    assert_eq!(setup.listener.lines().len(), requests);
}

#[test]
fn invalid_durations_and_numbers_are_refused() {
    let setup = Setup::new();
    for (flag, value) in [
        ("--idle", "-3d"),
        ("--idle=-3d", ""),
        ("--older-than", "0"),
        ("--older-than", "soon"),
        ("--grace", "-1s"),
        ("--grace=0", ""),
        ("--grace", "99999999999d"),
        ("--grace", "0s"),
        ("--grace", "500ms"),
        ("--grace", "90"),
        ("--older-than", "90"),
        ("--newer-than", "90"),
        ("--idle", "90"),
        ("--max", "0"),
        ("--max=-1", ""),
        ("--source", "nowhere"),
        ("--metadata", "novalue"),
    ] {
        let args: Vec<&str> = [flag, value, "--orphaned", "--yes"].into_iter().filter(|arg| !arg.is_empty()).collect();
        setup.prune(&args).code(2);
    }
    setup.prune(&["--orphaned", "--any-assistant", "--yes"]).code(2);
    setup.prune(&["--older-than", "730d", "--yes"]).ok();
    assert_eq!(setup.listener.lines(), Vec::<String>::new());
}

#[test]
fn a_duration_that_decides_about_deletion_needs_a_unit() {
    let setup = Setup::new();
    for args in [
        &["threads", "prune", "--older-than", "90", "--yes"][..],
        &["runs", "prune", "--older-than", "90", "--yes"],
        &["files", "prune", "--older-than", "90", "--yes"],
        &["ledger", "forget", "--older-than", "90", "--yes"],
        &["threads", "list", "--older-than", "90"],
    ] {
        setup.asst.run(args).code(2).says("`90` has no unit; write `90d`, `90h`, `90m` or `90s`");
    }
    setup.prune(&["--orphaned", "--grace", "0s", "--yes"]).code(2).says("expected a duration of at least 1s, got `0s`");
    setup.asst.file("r.toml", "[[rule]]\nidle = 90\n");
    setup.prune(&["--policy", "r.toml", "--yes"]).code(2).says("r.toml, line 2: expected a duration with a unit");
    assert_eq!(setup.listener.lines(), Vec::<String>::new());
}

#[test]
fn a_bad_retention_file_is_refused_with_its_line() {
    let setup = Setup::new();
    let with = |text: &str| {
        setup.asst.file("r.toml", text);
        setup.prune(&["--policy", "r.toml", "--yes"])
    };
    shows!(with("[[rule]]\norphaned = true\nolder = '3d'\n"), @r"
    --- stderr ---
    error: r.toml, line 3: unknown key `older`
      hint: did you mean `older_than`?
    exit 2
    ");
    shows!(with("# nothing\n"), @r"
    --- stderr ---
    error: r.toml has no [[rule]]
    exit 2
    ");
    with("[[rule]]\nname = 'all'\n").code(2).says("r.toml, line 1");
    with("[[rule]]\nidle = -3\n").code(2).says("r.toml, line 2");
    setup.prune(&["--policy", "missing.toml", "--yes"]).code(2);
    setup.asst.file("r.toml", "[[rule]]\norphaned = true\n");
    setup.prune(&["--policy", "r.toml", "--orphaned", "--yes"]).code(2);
    assert_eq!(setup.listener.lines(), Vec::<String>::new());
}

#[test]
fn prune_needs_a_backend_and_a_ledger() {
    Asst::new().run(["threads", "prune", "--orphaned", "--yes"]).code(4);
    let setup = Setup::new();
    setup.prune(&["--orphaned", "--yes", "--no-ledger"]).code(2);
    setup.prune(&["--orphaned", "--yes"]).ok().says("0 deleted");
}
