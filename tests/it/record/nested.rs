//! A recorded program that runs `asst` (docs/design/recording.md#access): its requests go through the proxy, whatever
//! profile the configuration names.

use super::{rows, session};
use crate::support::test_env::{Asst, Ran, Server};

/// Returns a user with two profiles at one server: the default one, which stands for production, and `other`.
fn user(settings: &str) -> (Server, Asst) {
    let asst = Asst::new().env("PROD_KEY", "prod-key-0123456789");
    let server = asst.serve(&[]);
    let base = server.url.trim_end_matches("/v1").to_owned();
    let profile = |name: &str| {
        let settings = settings.replace("BASE", &base);
        format!("[profiles.{name}]\napi_key_env = \"PROD_KEY\"\n{settings}\n")
    };
    asst.config(&format!("default_profile = \"prod\"\n{}{}", profile("prod"), profile("other")));
    (server, asst)
}

const COMPATIBLE: &str = "base_url = \"BASE/v1\"";

/// Runs a script under `asst record`. In the script, `$ASST` is the program.
fn recorded(asst: &Asst, flags: &[&str], script: &str) -> Ran {
    let binary = assert_cmd::cargo::cargo_bin!("asst");
    let args = [flags, &["--", "sh", "-c", script]].concat();
    let output = asst.command(args).env("ASST", binary).output().unwrap();
    asst.ran(output)
}

fn assistants(asst: &Asst, profile: &str) -> Vec<String> {
    asst.run(["-p", profile, "assistants", "list", "-o", "id"]).ok().ids()
}

const CREATE: &str = "\"$ASST\" assistants create --model echo -o id";

#[test]
fn asst_in_a_recorded_program_ignores_the_default_profile() {
    let (_server, asst) = user(COMPATIBLE);
    let ran = recorded(&asst, &["--local", "record", "--cleanup"], CREATE).ok();
    ran.says("1 created, 1 deleted, 0 left");
    assert_eq!(assistants(&asst, "prod"), Vec::<String>::new());
}

#[test]
fn asst_in_a_recorded_program_uses_the_proxy_of_each_backend() {
    let azure = "backend = \"azure-openai\"\nbase_url = \"BASE\"\napi_version = \"2025-01-01-preview\"";
    let foundry = "backend = \"foundry\"\nbase_url = \"BASE/api/projects/P\"";
    for settings in [COMPATIBLE, azure, foundry] {
        let (_server, asst) = user(settings);
        let ran = recorded(&asst, &["-p", "prod", "record"], CREATE).ok().says("1 created, 0 deleted, 1 left");
        let id = ran.stdout.trim_end().to_owned();
        assert_eq!(assistants(&asst, "prod"), std::slice::from_ref(&id), "{settings}");
        let rows = rows(&asst);
        assert_eq!(rows.len(), 1, "one row in one origin: {rows:?}");
        let origin = asst.run(["-p", "prod", "profiles", "show", "prod", "--jq", ".origin"]).ok().stdout;
        assert_eq!(rows[0]["origin"], origin.trim_end(), "{settings}");
        // The row still belongs to the session, although the program recorded the assistant too.
        let cleaned = asst.run(["-p", "prod", "record", "--cleanup-session", &session(&ran)]).ok();
        cleaned.says("1 created, 1 deleted, 0 left");
        assert_eq!(assistants(&asst, "prod"), Vec::<String>::new(), "{settings}");
    }
}

#[test]
fn asst_in_a_recorded_program_lists_what_the_ledger_has_of_the_backend() {
    let (_server, asst) = user(COMPATIBLE);
    let thread = asst.run(["threads", "create", "-o", "id"]).ok().id();
    let ran =
        recorded(&asst, &["record"], "\"$ASST\" threads list -o id && \"$ASST\" threads list --remote -o id").ok();
    assert_eq!(ran.ids(), [thread.clone(), thread]);
}

#[test]
fn a_recorded_program_cannot_choose_another_profile() {
    let (_server, asst) = user(COMPATIBLE);
    for (flags, script, chosen) in [
        (&["-p", "other", "record"][..], "\"$ASST\" -p prod assistants create --model echo", "prod"),
        (&["-p", "other", "record"], "ASST_PROFILE=prod \"$ASST\" assistants create --model echo", "prod"),
        (&["-p", "other", "record"], "\"$ASST\" --local assistants create --model echo", "local"),
        (&["--local", "record"], "\"$ASST\" -p prod assistants create --model echo", "prod"),
    ] {
        let ran = recorded(&asst, flags, script).code(2);
        let expected = format!("requests to the profile `{chosen}` would bypass the recording");
        assert!(ran.stderr.contains(&expected), "{script}: {}", ran.text());
        assert_eq!(assistants(&asst, "prod"), Vec::<String>::new(), "{script}");
    }
    // The recorded profile itself is the proxy.
    let ran = recorded(&asst, &["-p", "other", "record"], "\"$ASST\" -p other assistants create --model echo -o id");
    ran.ok().says("1 created");
    let ran = recorded(&asst, &["--local", "record"], "\"$ASST\" --local assistants create --model echo -o id");
    ran.ok().says("1 created");
}

#[test]
fn a_program_that_unsets_the_variable_bypasses_the_recording() {
    let (_server, asst) = user(COMPATIBLE);
    let script = format!("unset ASST_RECORD_PROXY OPENAI_BASE_URL OPENAI_API_KEY; PROD_KEY=k {CREATE}");
    recorded(&asst, &["--local", "record"], &script).ok().says("0 created");
    assert_eq!(assistants(&asst, "prod").len(), 1);
    let broken = asst.command(["assistants", "list"]).env("ASST_RECORD_PROXY", "{").output().unwrap();
    asst.ran(broken).code(2).says("ASST_RECORD_PROXY: ").says("unset it");
}

#[test]
fn a_session_that_created_nothing_is_cleaned_up_with_success() {
    let (_server, asst) = user(COMPATIBLE);
    let ran = recorded(&asst, &["record"], "true").ok();
    let cleaned = asst.run(["record", "--cleanup-session", &session(&ran)]).ok();
    cleaned.says("has no rows of session").says("0 created, 0 deleted, 0 left");
}
