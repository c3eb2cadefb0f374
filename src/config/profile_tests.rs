//! Tests of the choice of a profile (docs/design/configuration.md#profiles-are-whole).
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::*;
use crate::api::Backend;
use crate::env::paths::Paths;

const FILE: &str = "
default_profile = 'prod'
[profiles.prod]
api_key_env = 'PROD_KEY'
request_timeout = '10s'
[profiles.gate]
base_url = 'http://gate.example:8080/v1/'
api_key_file = 'gate.key'
headers = { X-Team = 'ada' }
[profiles.azure]
backend = 'foundry'
base_url = 'https://r.services.ai.azure.com/api/projects/web'
token_command = 'az'
";

fn load(text: &str) -> ConfigFile {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.toml");
    std::fs::write(&path, text).unwrap();
    let mut file = ConfigFile::load(&path).unwrap();
    file.path = PathBuf::from("/etc/asst/config.toml");
    file
}

fn run(
    overrides: &Overrides,
    text: &str,
    project: Option<&str>,
    env: &[(&str, &str)],
) -> Result<ResolvedProfile, ConfigError> {
    let lookup = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    let paths = Paths::new(PathBuf::from("/home/ada"), &lookup);
    let project = project.map(|name| Project { profile: Some(name.to_owned()), ..Project::default() });
    let file = load(text);
    resolve(overrides, &ResolveContext { file: &file, project: project.as_ref(), paths: &paths, env: &lookup })
}

fn flags(profile: Option<&str>, local: bool) -> Overrides {
    Overrides { profile: profile.map(str::to_owned), local, ..Overrides::default() }
}

fn name(result: Result<ResolvedProfile, ConfigError>) -> String {
    result.unwrap().profile.name
}

#[test]
fn a_flag_overrides_a_variable_the_project_file_and_the_default() {
    let env = [("ASST_PROFILE", "gate"), ("OPENAI_API_KEY", "sk-env"), ("AZURE_OPENAI_API_KEY", "x")];
    assert_eq!(name(run(&flags(Some("azure"), false), FILE, Some("prod"), &env)), "azure");
    assert_eq!(name(run(&flags(None, false), FILE, Some("azure"), &env)), "gate");
    assert_eq!(name(run(&flags(None, false), FILE, Some("azure"), &env[1..])), "azure");
    let resolved = run(&flags(None, false), FILE, None, &env[1..]).unwrap();
    assert_eq!((resolved.profile.name.as_str(), resolved.profile.backend), ("prod", Backend::OpenAi));
    assert_eq!(resolved.profile.base_url.as_deref(), Some("https://api.openai.com/v1"));
    assert_eq!(resolved.profile.origin(None).as_deref(), Some("openai:default"));
    assert_eq!(resolved.profile.request_timeout, Duration::from_secs(10));
}

#[test]
fn local_is_chosen_by_flag_or_variable_and_contradicted_by_none() {
    let local = [("ASST_LOCAL", "1")];
    assert_eq!(name(run(&flags(None, true), FILE, None, &[("ASST_PROFILE", "prod")])), "local");
    assert_eq!(name(run(&flags(Some("local"), true), FILE, None, &[])), "local");
    assert_eq!(name(run(&flags(None, false), FILE, None, &local)), "local");
    assert_eq!(name(run(&flags(Some("prod"), false), FILE, None, &local)), "prod");
    assert_eq!(run(&flags(Some("prod"), true), FILE, None, &[]).unwrap_err().exit_code(), 2);
    let both = [("ASST_LOCAL", "1"), ("ASST_PROFILE", "prod")];
    assert_eq!(run(&flags(None, false), FILE, None, &both).unwrap_err().exit_code(), 2);
    let profile = run(&flags(None, true), "", None, &[]).unwrap().profile;
    assert_eq!(
        (profile.backend, profile.base_url.as_deref(), profile.origin(Some("u")).as_deref()),
        (Backend::Local, None, Some("asst:u"))
    );
}

#[test]
fn variables_form_a_profile_only_if_none_is_chosen() {
    let with = |env: &[(&str, &str)]| run(&flags(None, false), "", None, env);
    let openai = with(&[("OPENAI_API_KEY", "sk"), ("OPENAI_ORG_ID", "o"), ("OPENAI_PROJECT_ID", "p")]).unwrap().profile;
    assert_eq!((openai.backend, openai.origin(None).as_deref()), (Backend::OpenAi, Some("openai:o/p")));
    let gate = with(&[("OPENAI_BASE_URL", "https://gate/v1/")]).unwrap().profile;
    assert_eq!((gate.backend, gate.base_url.as_deref()), (Backend::Compatible, Some("https://gate/v1")));
    assert!(gate.credential.resolve().unwrap().is_none());
    let endpoint = ("AZURE_OPENAI_ENDPOINT", "https://r.openai.azure.com/");
    let unversioned = with(&[endpoint]).unwrap_err();
    assert_eq!((unversioned.exit_code(), unversioned.to_string()), (2, "OPENAI_API_VERSION is not set".to_owned()));
    let azure = with(&[endpoint, ("OPENAI_API_VERSION", "2024-05-01-preview")]).unwrap().profile;
    assert_eq!(
        (azure.backend, azure.beta, azure.origin(None).as_deref()),
        (Backend::AzureOpenAi, false, Some("azure:r.openai.azure.com"))
    );
    assert_eq!(azure.credential.resolve().unwrap_err().kind(), ConfigErrorKind::NoCredential);
    let both = with(&[("OPENAI_API_KEY", "sk-1"), ("AZURE_OPENAI_API_KEY", "sk-2")]).unwrap_err();
    assert_eq!(both.exit_code(), 2);
    assert!(!format!("{both:?}").contains("sk-"));
    let nothing = with(&[("OPENAI_ORG_ID", "o")]).unwrap_err();
    assert_eq!((nothing.kind(), nothing.exit_code()), (ConfigErrorKind::NoProfile, 4));
    assert!(nothing.hint().unwrap().contains("--local") && nothing.hint().unwrap().contains("OPENAI_API_KEY"));
}

#[test]
fn a_chosen_profile_that_is_missing_never_falls_back() {
    let error = run(&flags(Some("prdo"), false), FILE, None, &[("OPENAI_API_KEY", "sk")]).unwrap_err();
    assert_eq!((error.exit_code(), error.hint()), (2, Some("did you mean `prod`?")));
}

#[test]
fn a_profile_of_the_file_is_completed() {
    let resolved = run(&flags(Some("gate"), false), FILE, None, &[("ASST_RETRIES", "0")]).unwrap();
    let profile = resolved.profile;
    assert_eq!((profile.backend, profile.retries, profile.concurrency), (Backend::Compatible, 0, 16));
    assert_eq!(profile.origin(None).as_deref(), Some("url:http://gate.example:8080/v1"));
    assert_eq!((profile.headers[0].0.as_str(), profile.headers[0].1.expose()), ("x-team", "ada"));
    assert!(matches!(&profile.credential, CredentialSource::File(path) if path == Path::new("/etc/asst/gate.key")));
    assert_eq!(resolved.warnings.len(), 1);
    assert!(resolved.warnings[0].contains("unencrypted to gate.example"));
    let foundry = run(&flags(Some("azure"), false), FILE, None, &[]).unwrap().profile;
    assert_eq!(foundry.origin(None).as_deref(), Some("foundry:r.services.ai.azure.com/web"));
    assert!(!foundry.beta);
}

#[test]
fn wrong_profiles_are_refused() {
    for (text, says) in [
        ("api_key_env = 'A'\napi_key_file = 'b'", "two sources"),
        ("api_key_env = 'A'\nheaders = { Authorization = 'x' }", "two sources"),
        ("backend = 'opanai'", "one of openai"),
        ("backend = 'foundry'", "missing"),
        ("backend = 'azure-openai'\nbase_url = 'https://r'\nbeta = true", "beta header"),
        ("backend = 'local'\nbase_url = 'https://r'", "no address"),
        ("headers = { Host = 'x' }", "cannot hold `Host`"),
        ("proxy = 'socks5://h'", "http:// or https://"),
        ("concurrency = 0", "at least 1"),
    ] {
        let error = run(&flags(Some("a"), false), &format!("[profiles.a]\n{text}\n"), None, &[]).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{text:?}");
        assert!(error.to_string().contains(says), "{error}");
    }
    let error = run(&flags(None, true), "", None, &[("ASST_REQUEST_TIMEOUT", "soon")]).unwrap_err();
    assert!(error.to_string().starts_with("ASST_REQUEST_TIMEOUT: expected a duration, got `soon`"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_literal_key_warns_and_must_not_be_readable_by_others() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.toml");
    std::fs::write(&path, "default_profile = 'a'\n[profiles.a]\napi_key = 'sk-secret'\n").unwrap();
    let paths = Paths::new(PathBuf::from("/home/ada"), &|_| None);
    let with_mode = |mode: u32| {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let file = ConfigFile::load(&path).unwrap();
        resolve(&Overrides::default(), &ResolveContext { file: &file, project: None, paths: &paths, env: &|_| None })
    };
    let resolved = with_mode(0o600).unwrap();
    assert_eq!(resolved.warnings.len(), 1);
    assert_eq!(resolved.profile.credential.resolve().unwrap().unwrap().expose(), "sk-secret");
    assert!(!format!("{resolved:?}").contains("sk-secret"));
    let error = with_mode(0o644).unwrap_err();
    assert!(error.hint().unwrap().contains("chmod 600") && !format!("{error:?}").contains("sk-secret"));
}
