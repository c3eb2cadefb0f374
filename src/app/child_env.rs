//! The environment variables that direct a recorded program to the proxy, for each kind of backend.
//!
//! OpenAI's and Microsoft's libraries, Semantic Kernel, LangChain, and Microsoft's samples read these variables. A
//! variable that would make the program bypass the proxy is removed.

use crate::api::Backend;
use crate::config::{Profile, RecordingProxy};
use crate::env::vars::{self, Lookup};
use crate::http::Url;
use std::net::SocketAddr;

/// A variable with its new value, or with `None` if it is removed.
type Variable = (&'static str, Option<String>);

/// The base URL for OpenAI's own libraries. The second name is older, and LangChain and others still read it.
const OPENAI_BASES: [&str; 2] = [vars::OPENAI_BASE_URL, "OPENAI_API_BASE"];

/// The organisation and the project, under the names that libraries read.
const ORGANIZATIONS: [&str; 2] = [vars::OPENAI_ORG_ID, "OPENAI_ORGANIZATION"];
const PROJECTS: [&str; 1] = [vars::OPENAI_PROJECT_ID];

/// The API version of Azure OpenAI. OpenAI's libraries read the first name, and Semantic Kernel and Microsoft's samples
/// read the second.
const AZURE_VERSIONS: [&str; 2] = [vars::OPENAI_API_VERSION, "AZURE_OPENAI_API_VERSION"];

/// Other settings for Azure OpenAI. They would make a program bypass the proxy, so they are removed.
const AZURE_OTHERS: [&str; 2] = [vars::AZURE_OPENAI_AD_TOKEN, "AZURE_OPENAI_BASE_URL"];

/// The endpoint of a Foundry project. These variables are removed for other backends. `PROJECT_ENDPOINT` is not in this
/// list, because it may be a variable of another program, and is therefore never removed.
const FOUNDRY_ENDPOINTS: [&str; 5] = [
    "AZURE_AI_PROJECT_ENDPOINT",
    "AZURE_AI_AGENT_ENDPOINT",
    "AZURE_AI_AGENTS_ENDPOINT",
    "AZURE_AI_FOUNDRY_PROJECT_ENDPOINT",
    "FOUNDRY_PROJECT_ENDPOINT",
];
const FOUNDRY_ENDPOINT: &str = "PROJECT_ENDPOINT";

/// The token for a Foundry project, as named in Microsoft's documentation of the REST API.
const FOUNDRY_TOKENS: [&str; 2] = ["AZURE_AI_AGENTS_TOKEN", "AGENT_TOKEN"];

/// The proxy of a recording.
#[derive(Clone, Copy)]
pub(super) struct RecordedTarget<'a> {
    pub(super) session: &'a str,
    /// The origin of the recorded backend.
    pub(super) origin: &'a str,
    pub(super) address: SocketAddr,
    pub(super) key: &'a str,
}

/// Returns the variables for the environment of a recorded program.
pub(super) fn variables(profile: &Profile, target: RecordedTarget<'_>, env: Lookup<'_>) -> Vec<Variable> {
    let RecordedTarget { session, origin, address, key } = target;
    let proxy = format!("http://{address}");
    let (azure, foundry) = (profile.backend == Backend::AzureOpenAi, profile.backend == Backend::Foundry);
    let mut variables: Vec<Variable> = Vec::new();
    let mut set = |names: &[&'static str], value: Option<&str>| {
        variables.extend(names.iter().map(|name| (*name, value.map(str::to_owned))));
    };
    // OpenAI's library for Node rejects an Azure endpoint if a base URL is set as well.
    set(&OPENAI_BASES, (!azure).then_some(format!("{proxy}/v1")).as_deref());
    set(&[vars::OPENAI_API_KEY], (!azure).then_some(key));
    // Organisation and project come from the profile, because they determine the origin of the recorded objects.
    set(&ORGANIZATIONS, profile.organization.as_deref());
    set(&PROJECTS, profile.project.as_deref().filter(|_| !foundry));
    set(&[vars::AZURE_OPENAI_ENDPOINT], azure.then_some(proxy.as_str()));
    set(&[vars::AZURE_OPENAI_API_KEY], azure.then_some(key));
    set(&AZURE_OTHERS, None);
    if azure && let Some(version) = &profile.api_version {
        // A version that is already set is a choice of the program, so it is kept.
        let unset: Vec<&str> = AZURE_VERSIONS.into_iter().filter(|name| env(name).is_none()).collect();
        set(&unset, Some(version));
    }
    if !azure {
        // This variable makes OpenAI's library read the Azure variables.
        set(&["OPENAI_API_TYPE"], None);
    }
    let project = foundry.then(|| format!("{proxy}{}", project_path(profile)));
    set(&FOUNDRY_ENDPOINTS, project.as_deref());
    set(&FOUNDRY_TOKENS, foundry.then_some(key));
    if foundry {
        set(&[FOUNDRY_ENDPOINT], project.as_deref());
    }
    set(&[vars::ASST_PROFILE, vars::ASST_LOCAL], None);
    // A default profile of the configuration would make an `asst` that the program runs bypass the proxy.
    let base = [proxy.as_str(), &asst_base_path(profile)].concat();
    set(&[vars::ASST_RECORD_PROXY], Some(&RecordingProxy::new(session, profile, origin, base).to_text()));
    set(&[vars::ASST_RECORD_KEY], Some(key));
    for name in [vars::NO_PROXY, "no_proxy"] {
        let known = env(name).map(|known| format!("{known},")).unwrap_or_default();
        set(&[name], Some(&format!("{known}127.0.0.1")));
    }
    variables
}

/// Returns the path of the base URL that `asst` uses for the proxy.
fn asst_base_path(profile: &Profile) -> String {
    match profile.backend {
        Backend::Foundry => project_path(profile),
        Backend::AzureOpenAi if profile.base_url.as_deref().is_some_and(|base| base.ends_with("/openai/v1")) => {
            "/openai/v1".to_owned()
        }
        Backend::AzureOpenAi => String::new(),
        Backend::OpenAi | Backend::Compatible | Backend::Local => "/v1".to_owned(),
    }
}

/// Returns the path of a Foundry project, which the SDKs expect after the host.
fn project_path(profile: &Profile) -> String {
    let url = profile.base_url.as_deref().and_then(|base| Url::parse(base).ok());
    let path = url.as_ref().map_or("", |url| url.path().trim_end_matches('/'));
    match &profile.project {
        Some(project) if path.is_empty() => format!("/api/projects/{project}"),
        _ => path.to_owned(),
    }
}
