//! Data that a handler must not be able to read.

use super::*;

#[test]
fn a_handler_gets_the_environment_without_credentials() {
    let held = [
        ("OPENAI_API_KEY", "sk-secret"),
        ("OPENAI_ADMIN_KEY", "sk-secret"),
        ("AZURE_OPENAI_API_KEY", "sk-secret"),
        ("AZURE_OPENAI_AD_TOKEN", "sk-secret"),
        ("AZURE_CLIENT_SECRET", "sk-secret"),
        ("ASST_SERVE_KEY", "sk-secret"),
        ("ASST_SERVE_STORE", "postgres://ada:sk-secret@127.0.0.1/store"),
        ("PGPASSWORD", "sk-secret"),
        ("PGPASSFILE", "/nowhere/sk-secret"),
        ("HTTPS_PROXY", "http://ada:sk-secret@127.0.0.1:1"),
        ("https_proxy", "http://ada:sk-secret@127.0.0.1:1"),
        ("OTHER_KEY", "sk-secret"),
        ("THIRD_KEY", "sk-secret"),
        ("MODEL_KEY", "sk-secret"),
    ];
    let kept = [
        ("ASST_MODEL_KEY_ENV", "MODEL_KEY"),
        ("WEATHER_API_KEY", "theirs"),
        ("HTTP_PROXY", "http://127.0.0.1:1"),
        ("ASST_NOT_KNOWN", "x"),
    ];
    let asst = held.iter().chain(&kept).fold(Asst::new(), |asst, (name, value)| asst.env(name, value));
    // The keys of all profiles are removed, not only those of the profile in use.
    asst.config(
        "[profiles.a]\nbase_url = \"http://127.0.0.1:1/v1\"\napi_key_env = \"OTHER_KEY\"\n\
         [profiles.b]\nbackend = \"openai\"\napi_key_env = \"THIRD_KEY\"\n",
    );
    let desk = Desk::of(asst, &["f"]);
    desk.handler("f", "env");
    let seen = desk.say("call f", &[]).ok().stdout.replacen("f: ", "", 1);
    for (name, _) in held {
        assert!(!seen.lines().any(|line| line.starts_with(&format!("{name}="))), "{name} in\n{seen}");
    }
    assert!(!seen.contains("sk-secret"), "{seen}");
    for (name, value) in kept {
        assert!(seen.lines().any(|line| line == format!("{name}={value}")), "{name} in\n{seen}");
    }
    let home = format!("HOME={}", desk.asst.home().display());
    assert!(seen.lines().any(|line| line == home), "{seen}");
}

#[test]
fn a_ledger_path_is_not_withheld_from_a_handler() {
    let asst = Asst::new();
    let ledger = asst.home().join("own.db");
    let desk = Desk::of(asst.env("ASST_LEDGER", &ledger), &["f"]);
    desk.handler("f", "echo $ASST_LEDGER");
    assert_eq!(desk.say("call f", &[]).ok().stdout, format!("f: {}\n", ledger.display()));
}

#[cfg(target_os = "linux")]
#[test]
fn the_parent_of_a_handler_has_no_credential_in_its_environment() {
    let asst =
        Asst::new().env("OPENAI_API_KEY", "sk-secret").env("THIRD_KEY", "sk-secret").env("PGPASSWORD", "sk-secret");
    asst.config("[profiles.b]\nbackend = \"openai\"\napi_key_env = \"THIRD_KEY\"\n");
    let desk = Desk::of(asst, &["f"]);
    desk.handler("f", "cat; tr '\\0' '\\n' </proc/$PPID/environ");
    let body = desk.asst.file("run.json", format!(r#"{{"assistant_id": "{}"}}"#, desk.assistant));
    // The command must still be able to read its standard input after it restarted itself.
    let args = ["--local", "threads", "create-and-run", "--body", "-", "--thread-message", "call f", "--handlers", "."];
    let seen = desk.asst.fed(std::fs::read(body).unwrap(), &args).ok().stdout;
    assert!(seen.contains("HOME=") && !seen.contains("sk-secret"), "{seen}");
}

#[cfg(target_os = "linux")]
#[test]
fn an_unprivileged_handler_cannot_read_its_parent() {
    let asst = Asst::new().env("OPENAI_API_KEY", "sk-secret");
    let asst = asst.unprivileged();
    let desk = Desk::of(asst, &["f"]);
    desk.handler(
        "f",
        "for part in environ mem maps; do cat /proc/$PPID/$part >/dev/null 2>&1 && echo read $part; done; echo end",
    );
    let seen = desk.say("call f", &[]).ok().stdout;
    assert!(seen.contains("end") && !seen.contains("read "), "{seen}");
}
