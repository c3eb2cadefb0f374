//! The settings of a model: flags, variables, and errors.

use crate::support::test_env::{Asst, shows};

fn serve(asst: &Asst, args: &[&str]) -> crate::support::test_env::Ran {
    asst.run([&["serve", "--listen", "127.0.0.1:0"], args].concat())
}

#[test]
fn an_invalid_model_is_refused_at_the_start() {
    let asst = Asst::new();
    shows!(serve(&asst, &["--model", "gpt-4o"]), @r"
    --- stderr ---
    error: --model: expected echo, script:FILE, or openai:URL, got `gpt-4o`
    exit 2
    ");
    shows!(serve(&asst, &["--model", "openai:nowhere"]), @r"
    --- stderr ---
    error: --model: expected openai:http://HOST:PORT/v1, got `openai:nowhere`
    exit 2
    ");
    shows!(serve(&asst, &["--model", "openai:https://user:hunter2@example.com/v1"]), @r"
    --- stderr ---
    error: --model: the URL contains a password; pass the key with --model-key-env NAME
    exit 2
    ");
    shows!(serve(&asst, &["--model", "openai:http://127.0.0.1:1", "--model-key-env", "NOT_SET"]), @r"
    --- stderr ---
    error: --model-key-env: the variable NOT_SET is not set
    exit 2
    ");
    shows!(serve(&asst, &["--model", "openai:http://127.0.0.1:1", "--model-map", "gpt-4o"]), @r"
    --- stderr ---
    error: --model-map: expected FROM=TO, such as gpt-4o=llama3 or *=llama3, got `gpt-4o`
    exit 2
    ");
    shows!(asst.local(&["assistants", "list", "--local-model", "nonsense"]), @r"
    --- stderr ---
    error: --local-model: expected echo, script:FILE, or openai:URL, got `nonsense`
    exit 2
    ");
    let asst = asst.env("ASST_MODEL_TIMEOUT", "soon");
    shows!(asst.local(&["assistants", "list"]), @r"
    --- stderr ---
    error: ASST_MODEL_TIMEOUT: expected a duration, got `soon`; write `30s`, `5m`, `1h30m`, `30d` or seconds
    exit 2
    ");
}

#[test]
fn variables_replace_the_model_flags() {
    let listener = super::chat::always("mapped");
    let asst = Asst::new().env("K", "sk-0123456789").env("ASST_MODEL_KEY_ENV", "K").env("ASST_MODEL_MAP", "a=b,*=c");
    let setup = super::Setup::new(asst, &["--model", &format!("openai:{}", listener.at(""))]);
    setup.run(&setup.assistant(serde_json::json!({ "model": "a" })), "hi");
    setup.run(&setup.assistant(serde_json::json!({ "model": "z" })), "hi");
    let models: Vec<_> = listener.requests().iter().map(|request| request.json()["model"].clone()).collect();
    assert_eq!(models, ["b", "c"]);
    assert_eq!(listener.requests()[0].target, "/v1/chat/completions");
    assert_eq!(listener.requests()[0].header("authorization"), Some("Bearer sk-0123456789"));
}
