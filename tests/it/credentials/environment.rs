//! The profile that environment variables form. A chosen profile ignores all of them.

use super::{KEY, api_key, bearer, hushed, shown_to, traced, user};
use crate::support::mock_server::MockServer;
use crate::support::test_env::{Asst, shows};

fn origin(listener: &MockServer) -> String {
    listener.url().trim_end_matches("/v1").to_owned()
}

/// Adds a complete set of `OPENAI_*` variables for a separate backend.
fn with_openai(asst: Asst, listener: &MockServer) -> Asst {
    asst.env("OPENAI_BASE_URL", listener.url())
        .env("OPENAI_API_KEY", "sk-hush-environment")
        .env("OPENAI_ORG_ID", "org-env")
        .env("OPENAI_PROJECT_ID", "proj_env")
}

#[test]
fn openai_variables_form_a_profile() {
    let listener = MockServer::minting();
    let asst = with_openai(Asst::new(), &listener);
    traced(&asst, &["assistants", "list"]).ok();
    assert_eq!(shown_to(&listener), [bearer("sk-hush-environment")]);
    let request = &listener.requests()[0];
    assert_eq!(request.header("openai-organization"), Some("org-env"));
    assert_eq!(request.header("openai-project"), Some("proj_env"));
    assert_eq!(request.header("openai-beta"), Some("assistants=v2"));
}

#[test]
fn a_key_alone_selects_openai_and_a_base_url_alone_needs_no_key() {
    let asst = Asst::new().env("OPENAI_API_KEY", KEY);
    let ran = hushed(asst.run(["threads", "create", "--dry-run"])).ok();
    assert!(ran.stdout.starts_with("POST https://api.openai.com/v1/threads\n"), "{}", ran.text());
    // A base URL without a key selects a server that needs no key.
    let listener = MockServer::minting();
    Asst::new().env("OPENAI_BASE_URL", listener.url()).run(["assistants", "list"]).ok();
    assert_eq!(shown_to(&listener), [(None, None)]);
    // An empty variable counts as not set.
    Asst::new().env("OPENAI_API_KEY", "").run(["assistants", "list"]).code(4);
}

#[test]
fn a_key_that_is_invalid_in_a_header_is_not_sent() {
    let listener = MockServer::minting();
    for key in ["sk-hush\n", "sk-hush\u{201d}", "sk-\u{1b}hush"] {
        let asst = Asst::new().env("OPENAI_BASE_URL", listener.url()).env("OPENAI_API_KEY", key);
        traced(&asst, &["assistants", "list"]).code(4).says("OPENAI_API_KEY contains a");
    }
    assert_eq!(listener.lines(), Vec::<String>::new());
}

#[test]
fn a_base_url_with_a_credential_is_refused() {
    let listener = MockServer::minting();
    let with_user = listener.url().replace("http://", "http://me:hush@");
    for url in [with_user, format!("{}?key=hush", listener.url()), "hush".to_owned()] {
        let asst = Asst::new().env("OPENAI_API_KEY", KEY).env("OPENAI_BASE_URL", url);
        traced(&asst, &["assistants", "list"]).code(2).says("OPENAI_BASE_URL");
    }
    assert_eq!(listener.lines(), Vec::<String>::new());
}

#[test]
fn azure_variables_form_a_profile() {
    let listener = MockServer::minting();
    let azure = || Asst::new().env("AZURE_OPENAI_ENDPOINT", origin(&listener)).env("OPENAI_API_VERSION", "2024-05-01");
    traced(&azure().env("AZURE_OPENAI_API_KEY", KEY), &["threads", "create"]).ok();
    traced(&azure().env("AZURE_OPENAI_AD_TOKEN", KEY), &["threads", "create"]).ok();
    assert_eq!(shown_to(&listener), [api_key(KEY), bearer(KEY)]);
    for request in listener.requests() {
        assert_eq!(request.target, "/openai/threads?api-version=2024-05-01");
        assert_eq!(request.header("openai-beta"), None);
    }
    shows!(azure().run(["threads", "create"]), @r"
    --- stderr ---
    error: AZURE_OPENAI_API_KEY is not set
      hint: set it, or choose a profile with --profile, or use the embedded server with --local
    exit 4
    ");
    shows!(hushed(Asst::new().env("AZURE_OPENAI_API_KEY", KEY).run(["threads", "create"])), @r"
    --- stderr ---
    error: an Azure OpenAI credential is set without AZURE_OPENAI_ENDPOINT
      hint: set it to https://NAME.openai.azure.com
    exit 2
    ");
    shows!(hushed(azure().env("OPENAI_API_KEY", KEY).run(["threads", "create"])), @r"
    --- stderr ---
    error: both OPENAI_API_KEY and AZURE_OPENAI_ENDPOINT are set
      hint: unset one of them, or choose a profile with --profile
    exit 2
    ");
    assert_eq!(listener.lines().len(), 2);
}

#[test]
fn a_chosen_profile_ignores_the_variables() {
    type Choose = fn(Asst) -> (Asst, &'static [&'static str]);
    let ways: [Choose; 4] = [
        |asst| (asst, &["--profile", "work"]),
        |asst| (asst.env("ASST_PROFILE", "work"), &[]),
        |asst| {
            asst.file("asst.toml", "profile = \"work\"\n");
            (asst, &[])
        },
        |asst| {
            // The configuration names the default profile.
            (asst, &[])
        },
    ];
    for (n, choose) in ways.into_iter().enumerate() {
        let (env, work) = (MockServer::minting(), MockServer::minting());
        let asst = user(&work, "openai", "api_key_env = \"WORK_KEY\"").env("WORK_KEY", KEY);
        if n < 3 {
            let path = asst.home().join("config/asst/config.toml");
            let text = std::fs::read_to_string(&path).unwrap().replace("default_profile = \"work\"\n", "");
            std::fs::write(path, text).unwrap();
        }
        let (asst, flags) = choose(with_openai(asst, &env).env("AZURE_OPENAI_ENDPOINT", origin(&env)));
        traced(&asst, &[flags, &["assistants", "list"]].concat()).ok();
        assert_eq!(env.lines(), Vec::<String>::new(), "{n:?}");
        assert_eq!(shown_to(&work), [bearer(KEY)], "{n:?}");
        assert_eq!(work.requests()[0].header("openai-organization"), None, "{n:?}");
        assert_eq!(work.requests()[0].header("openai-project"), None, "{n:?}");
    }
}

#[test]
fn a_chosen_profile_without_a_key_takes_none_from_the_environment() {
    let (env, work) = (MockServer::minting(), MockServer::minting());
    for backend in ["openai", "foundry", "azure-openai"] {
        let asst = with_openai(user(&work, backend, ""), &env).env("AZURE_OPENAI_API_KEY", KEY);
        traced(&asst, &["assistants", "list"]).code(4).says("profile `work` has no credential");
    }
    traced(&with_openai(user(&work, "compatible", ""), &env), &["assistants", "list"]).ok();
    assert_eq!((env.lines().len(), shown_to(&work)), (0, vec![(None, None)]));
}

#[test]
fn a_project_file_cannot_send_a_key_elsewhere() {
    let listener = MockServer::minting();
    for line in [
        "base_url = \"http://127.0.0.1:1\"",
        "api_key_command = \"echo x > ran\"",
        "[profiles.work]\nbase_url = \"http://127.0.0.1:1\"",
        "profile = \"work\"\nheaders = { a = \"b\" }",
        "proxy = \"http://127.0.0.1:1\"",
    ] {
        let asst = user(&listener, "compatible", "api_key_command = \"echo sk-hush\"");
        asst.file("asst.toml", line);
        traced(&asst, &["assistants", "list"]).code(2);
        assert!(!asst.work().join("ran").exists(), "{line:?}");
    }
    assert_eq!(listener.lines(), Vec::<String>::new());
}
