//! `--ci-job`, with the URL of a job and with its number.

use crate::support::aged_backend::{Setup, days};

const URL: &str = "https://gl.example/o/r/-/jobs/12345";

/// Returns a backend with a thread that a CI job created 100 days ago, and one that another job created.
fn setup() -> (Setup, [String; 2]) {
    let setup = Setup::new();
    let create = |job: &str| {
        let mut command = setup.asst.command(["threads", "create", "-o", "id"]);
        command.env("ASST_NOW", days(-100).to_string()).env("GITLAB_CI", "true").env("CI_JOB_ID", job);
        command.env("CI_JOB_URL", format!("https://gl.example/o/r/-/jobs/{job}"));
        setup.asst.ran(command.output().unwrap()).ok().id()
    };
    let threads = [create("12345"), create("123456")];
    (setup, threads)
}

#[test]
fn a_job_is_found_by_its_number_and_by_its_url() {
    for job in ["12345", URL] {
        let (setup, [thread, _]) = setup();
        assert_eq!(
            setup.asst.run(["threads", "list", "--ci-job", job, "-o", "id"]).ok().ids(),
            [thread.as_str()],
            "{job}"
        );
        setup.prune(&["--ci-job", job, "--any-assistant", "--yes"]).ok().says("1 deleted");
        assert_eq!(setup.deleted(), [thread], "{job}");
    }
}

#[test]
fn a_part_of_a_number_and_a_pattern_find_nothing() {
    let (setup, _) = setup();
    for job in ["1234", "2345", "%", "1234_", "12345%", "\\", "\"", "o/r/-/jobs/12345"] {
        let found = setup.asst.run(["threads", "list", "--ci-job", job, "-o", "id"]).ok();
        assert_eq!(found.ids(), Vec::<String>::new(), "{job}");
    }
}

#[test]
fn a_hold_protects_the_threads_of_a_job_by_its_number() {
    let (setup, [_, other]) = setup();
    setup
        .asst
        .file("retention.toml", "[[rule]]\nany_assistant = true\nolder_than = '60d'\n[[hold]]\nci_job = '12345'\n");
    setup.prune(&["--policy", "retention.toml", "--yes"]).ok().says("1 deleted");
    assert_eq!(setup.deleted(), [other]);
}
