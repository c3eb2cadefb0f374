//! `asst apply --plan` of a saved plan that belongs to another environment, was edited, or is not a plan.

use crate::support::test_env::{Asst, Server, served};
use sha2::{Digest, Sha256};

fn project() -> (Server, Asst, String) {
    let (server, asst) = served(&[]);
    asst.file(
        "asst.yaml",
        "asst: 1\nproject: hr\nenvironments: {staging: {}, prod: {}}\nassistants: {bot: {model: m}}\n",
    );
    asst.run(["plan", "--env", "staging", "--out", "plan.json"]).ok();
    let saved = std::fs::read_to_string(asst.work().join("plan.json")).unwrap();
    (server, asst, saved)
}

/// Checks that a plan is refused and that nothing was written.
#[track_caller]
fn refused(asst: &Asst, text: &str, expected: &str) {
    asst.file("bad.json", text);
    let ran = asst.run(["apply", "--env", "staging", "--plan", "bad.json", "--trace"]).code(2).says(expected);
    assert!(!ran.stderr.contains("> POST"), "{}", ran.text());
}

#[test]
fn a_plan_of_another_environment_is_refused() {
    let (_server, asst, _) = project();
    let ran = asst.run(["apply", "--env", "prod", "--plan", "plan.json", "--trace"]).code(2);
    assert!(ran.stderr.contains("saved for the environment staging, but this command uses prod"), "{}", ran.text());
    assert!(!ran.stderr.contains("> GET"), "{}", ran.text());
    asst.run(["apply", "--env", "staging", "--plan", "plan.json"]).ok();
}

#[test]
fn an_edited_plan_is_refused_whatever_was_edited() {
    let (_server, asst, saved) = project();
    for (from, to) in [
        ("\"staging\"", "\"prod\""),
        ("\"create\"", "\"delete\""),
        ("\"prune\": false", "\"prune\": true"),
        ("\"targets\": []", "\"targets\": [\"bot\"]"),
    ] {
        let edited = saved.replace(from, to);
        assert_ne!(edited, saved, "{from}");
        refused(&asst, &edited, "was changed after it was saved");
    }
    refused(
        &asst,
        &saved.replace("\"asst_plan\": 1", "\"asst_plan\": 2"),
        "expected a plan of version 1, got version 2",
    );
    refused(&asst, &saved[..saved.len() / 2], "expected a saved plan");
    refused(&asst, "", "expected a saved plan");
    refused(&asst, "[]", "expected a saved plan");
    refused(&asst, "{\"asst_plan\": 1}", "was changed after it was saved");
    let nested = format!("{{\"asst_plan\": {}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    refused(&asst, &nested, "expected a saved plan");
}

#[test]
fn the_digest_of_a_plan_is_no_secret_and_the_backend_decides() {
    // An attacker can compute the digest of another plan, so that the objects are compared too.
    let (_server, asst, saved) = project();
    let mut plan: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&saved).unwrap();
    plan.shift_remove("digest");
    plan["objects"][0]["action"] = "delete".into();
    let text = serde_json::to_string(&plan).unwrap();
    let digest: String = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    plan.insert("digest".into(), digest.into());
    asst.file("forged.json", serde_json::to_string(&plan).unwrap());
    let ran = asst.run(["apply", "--env", "staging", "--plan", "forged.json", "--trace"]);
    assert!(matches!(ran.code, Some(2 | 9)), "{}", ran.text());
    assert!(!ran.stderr.contains("> POST") && !ran.stderr.contains("> DELETE"), "{}", ran.text());
}
