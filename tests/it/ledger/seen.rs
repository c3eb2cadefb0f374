//! Reports of the ledger: counts, ages, open problems, and the job that created an object. Also the data that it never
//! stores.

use super::shared::database;
use super::{minting, spills};
use crate::support::mock_server::{MockServer, Response, mint};
use crate::support::test_env::{Asst, shows};
use serde_json::json;
use std::process::Command;

#[test]
fn listed_thread_shows_activity_assistant_and_job() {
    let (_listener, asst) = minting();
    let asst = asst.env("GITHUB_ACTIONS", "true").env("GITHUB_RUN_ID", "42").env("GITHUB_REPOSITORY", "o/r");
    let asst = asst.env("GITHUB_SERVER_URL", "https://github.example");
    let assistant = asst.run(["assistants", "create", "--model", "m", "--name", "Helper"]).ok().id();
    let thread = asst.run(["threads", "create", "--message", "hello"]).ok().id();
    asst.run(["runs", "create", &thread, "--assistant-id", &assistant]).ok();
    let listed = asst.run(["threads", "list", "--header"]).ok().stdout;
    let mut lines = listed.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let names = ["id", "state", "created", "active", "sent", "assistant", "assistant name", "source", "made by"];
    assert_eq!(header, names);
    let row = lines.next().unwrap();
    assert_eq!((row[0], row[1], row[2]), (&*thread, "live", "2023-11-14T22:13:20Z"));
    assert!(row[3].starts_with("20"), "it is active since a time: {row:?}");
    let job = "https://github.example/o/r/actions/runs/42";
    assert_eq!(row[4..], ["1", &*assistant, "Helper", "created", job]);
    // Times are ages at a terminal only. A script may select the name alone.
    assert_eq!(asst.run(["threads", "list", "--columns", "assistant_name"]).ok().stdout, "Helper\n");
}

#[test]
fn ledger_stats_count_rows_by_age() {
    let asst = Asst::new().env("ASST_NOW", "1700000000").env("OPENAI_API_KEY", "sk-none");
    let days = [0, 0, 2, 8, 31, 91, 366, 1000];
    let table = days.iter().enumerate().map(|(n, days)| format!("thread_{n},{}\n", 1_700_000_000 - days * 86_400));
    let table = format!("id,created_at\n{}asst_1,1700000000\n", table.collect::<String>());
    asst.file("t.csv", table);
    asst.run(["ledger", "import", "t.csv"]).ok();
    shows!(asst.run(["ledger", "stats", "--ages", "--header"]), @r"
    origin	kind	day	week	month	quarter	year	older
    openai:default	assistant	1	0	0	0	0	0
    openai:default	thread	2	1	1	1	1	2
    --- stderr ---
    open intents: 0, events: 0, in [home]/state/asst/ledger.db
    exit 0
    ");
    let first = asst.run(["ledger", "stats", "--ages", "-o", "json"]).ok().json()[1].clone();
    assert_eq!((&first["7d"], &first["older"]), (&json!(1), &json!(2)));
}

#[test]
fn doctor_names_the_next_command() {
    let listener = MockServer::new(|request, before| match request.method.as_str() {
        "POST" if request.target.ends_with("/assistants") => Response::Cut,
        _ => mint(request, before),
    });
    let asst = Asst::with_backend(&listener.url());
    let thread = asst.run(["threads", "create"]).ok().id();
    let run = asst.run(["runs", "create", &thread, "--assistant-id", "asst_1"]).ok().id();
    asst.run(["assistants", "create", "--model", "m"]).code(10);
    let ledger = rusqlite::Connection::open(asst.ledger()).unwrap();
    ledger
        .execute(
            "update object set state = 'foreign' where collection in (select n from collection where kind = 'thread')",
            [],
        )
        .unwrap();
    drop(ledger);
    let ran = asst.run(["ledger", "doctor", "--exit-code"]).code(9);
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert!(lines[0].contains("another origin: 1; `asst ledger list --state foreign --all-origins`"), "{}", ran.text());
    assert!(lines[1].contains(&format!("not seen to: 1; `asst runs get {thread} {run}`")), "{}", ran.text());
    assert!(lines[2].contains("asst ledger settle INTENT ID|--none"), "{}", ran.text());
    let told = asst.run(["ledger", "doctor", "-o", "json"]).ok();
    let summary = told
        .stderr
        .lines()
        .find_map(|line| serde_json::from_str::<serde_json::Value>(line).ok()?.get("summary").cloned());
    let expected = json!({
        "open_intents": 1, "spills_waiting": 0, "spills_put_aside": 0, "spills_elsewhere": 0, "foreign": 1,
        "runs_unfinished": 1
    });
    assert_eq!(summary, Some(expected), "{}", told.text());
}

#[test]
fn doctor_finds_an_unreadable_spill_file() {
    let (_listener, asst) = minting();
    std::fs::create_dir_all(asst.ledger()).unwrap();
    let id = asst.run(["threads", "create", "-o", "id"]).ok().id();
    let spill = spills(asst.home()).remove(0);
    let whole = std::fs::read_to_string(&spill).unwrap();
    std::fs::write(&spill, format!("{whole}this is no entry\n")).unwrap();
    std::fs::remove_dir(asst.ledger()).unwrap();
    asst.run(["threads", "list"]).ok();
    let ran = asst.run(["ledger", "doctor", "--exit-code"]).code(9).says("could not be read").says("asst ledger scan");
    assert!(ran.stderr.contains(".unread"), "{}", ran.text());
    let aside = ran.stderr.split_whitespace().find(|word| word.ends_with(".unread")).unwrap().to_owned();
    assert!(asst.run(["ledger", "list"]).ok().ids().contains(&id));
    let real = std::fs::read_dir(spill.parent().unwrap()).unwrap().flatten().map(|file| file.path());
    real.filter(|path| aside.ends_with(path.file_name().unwrap().to_str().unwrap()))
        .for_each(|path| std::fs::remove_file(path).unwrap());
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn every_pipeline_is_identified_by_its_job() {
    /// The name, the variables of a job, and the expected name of the job.
    type System<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);
    let systems: [System<'_>; 6] = [
        (
            "github",
            &[
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_SERVER_URL", "https://gh.example"),
                ("GITHUB_REPOSITORY", "o/r"),
                ("GITHUB_RUN_ID", "7"),
            ],
            "https://gh.example/o/r/actions/runs/7",
        ),
        (
            "gitlab",
            &[("GITLAB_CI", "true"), ("CI_JOB_ID", "8"), ("CI_JOB_URL", "https://gl.example/o/r/-/jobs/8")],
            "https://gl.example/o/r/-/jobs/8",
        ),
        (
            "jenkins",
            &[
                ("JENKINS_URL", "https://j.example"),
                ("BUILD_TAG", "jenkins-a-9"),
                ("BUILD_URL", "https://j.example/job/a/9/"),
            ],
            "https://j.example/job/a/9/",
        ),
        (
            "buildkite",
            &[
                ("BUILDKITE", "true"),
                ("BUILDKITE_BUILD_URL", "https://b.example/o/p/builds/3"),
                ("BUILDKITE_JOB_ID", "j3"),
            ],
            "https://b.example/o/p/builds/3#j3",
        ),
        (
            "azure-pipelines",
            &[
                ("TF_BUILD", "True"),
                ("SYSTEM_COLLECTIONURI", "https://dev.example/o/"),
                ("SYSTEM_TEAMPROJECT", "P Q"),
                ("BUILD_BUILDID", "5"),
            ],
            "https://dev.example/o/P%20Q/_build/results?buildId=5",
        ),
        (
            "circleci",
            &[("CIRCLECI", "true"), ("CIRCLE_WORKFLOW_JOB_ID", "c6"), ("CIRCLE_BUILD_URL", "https://c.example/6")],
            "https://c.example/6",
        ),
    ];
    let listener = MockServer::minting();
    for (system, variables, job) in systems {
        let asst = Asst::with_backend(&listener.url());
        let asst = variables.iter().fold(asst.env("CI", "true"), |asst, (name, value)| asst.env(name, value));
        let id = asst.run(["threads", "create"]).ok().id();
        let row = asst.run(["ledger", "list", "-o", "json"]).ok().json()[0].clone();
        assert_eq!((&row["provenance"]["ci"]["system"], &row["ci_job"]), (&json!(system), &json!(job)));
        assert_eq!(asst.run(["threads", "list", "--ci-job", job]).ok().ids(), [id], "{system}");
    }
}

/// Runs commands with flag values that may be secret.
fn whisper(asst: &Asst) {
    asst.file("words.txt", "SECRET-of-a-file");
    let run = |args: &[&str]| asst.run(args.iter().copied()).ok();
    let assistant = run(&[
        "assistants",
        "create",
        "--model",
        "m",
        "--instructions",
        "SECRET-instructions",
        "--description",
        "SECRET-words",
    ])
    .id();
    let thread = run(&["threads", "create", "--message", "SECRET-message"]).id();
    run(&["messages", "create", &thread, "--content-file", "words.txt"]);
    run(&[
        "runs",
        "create",
        &thread,
        "--assistant-id",
        &assistant,
        "--instructions",
        "SECRET-run",
        "--additional-instructions",
        "SECRET-more",
    ]);
    run(&["threads", "create", "--body", r#"{"messages":[{"role":"user","content":"SECRET-body"}]}"#]);
    run(&["threads", "delete", &thread]);
    run(&["threads", "delete", "thread_unknown", "--request-timeout", "61s"]);
}

#[test]
fn ledger_stores_no_flag_values_and_no_messages() {
    let listener = MockServer::new(|request, before| {
        // This server echoes all members of the request.
        match (mint(request, before), request.json()) {
            (Response::Whole { status: 200, body, .. }, serde_json::Value::Object(said))
                if request.method == "POST" =>
            {
                let mut answer: serde_json::Value = serde_json::from_slice(&body).unwrap();
                answer.as_object_mut().unwrap().extend(said.into_iter().filter(|(name, _)| name != "metadata"));
                Response::json(200, &answer)
            }
            (deed, _) => deed,
        }
    });
    let asst = Asst::with_backend(&listener.url());
    whisper(&asst);
    let folder = asst.ledger().parent().unwrap().to_owned();
    for file in std::fs::read_dir(folder).unwrap().flatten().filter(|file| file.path().is_file()) {
        let held = std::fs::read(file.path()).unwrap();
        let found = held.windows(7).position(|window| window == b"SECRET-");
        assert_eq!(found.map(|at| String::from_utf8_lossy(&held[at..at + 20]).into_owned()), None, "{:?}", file.path());
    }
    let Some(url) = database("ledger_stores_no_flag_values_and_no_messages") else { return };
    let shared = Asst::with_backend(&listener.url()).env("ASST_LEDGER", &url);
    whisper(&shared);
    for table in ["object", "object_metadata", "intent", "intent_object", "event", "spill"] {
        let all = Command::new("psql").args([&url, "-Atc", &format!("select * from {table}")]).output().unwrap();
        let held = String::from_utf8(all.stdout).unwrap();
        assert!(all.status.success() && !held.contains("SECRET-") && !held.contains("61s"), "{table}: {held}");
        assert!(!held.is_empty() || ["object_metadata", "spill"].contains(&table), "{table} is empty");
    }
}
