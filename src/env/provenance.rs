//! The provenance of a row in the ledger: user, machine and command (docs/design/ledger.md#stored-data).
//!
//! Only the names of flags are recorded. Their values may contain the text of a customer.

use serde::{Deserialize, Serialize};

use super::vars::{self, Lookup};

/// The amount of provenance to record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProvenanceLevel {
    /// Machine, user, folder, command and CI job.
    #[default]
    Full,
    /// Command and CI job only.
    Ci,
    /// Nothing.
    None,
}

/// The command that was run, and its environment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Provenance {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    pub noun: String,
    pub verb: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ci: Option<CiJob>,
    /// The ID of the `asst record` session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
}

/// The CI job that runs the command.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CiJob {
    /// The system: `github`, `gitlab`, `jenkins`, `buildkite`, `azure-pipelines`, `circleci`, or `ci`.
    pub system: String,
    /// The ID of the job in that system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// The URL of the job or build.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl Provenance {
    /// Collects the provenance of this process, as far as `level` allows. `flags` contains names only.
    pub fn collect(level: ProvenanceLevel, noun: &str, verb: &str, flags: &[&str]) -> Option<Self> {
        Self::collect_from(level, noun, verb, flags, &vars::get)
    }

    fn collect_from(level: ProvenanceLevel, noun: &str, verb: &str, flags: &[&str], env: Lookup<'_>) -> Option<Self> {
        let command = Self {
            noun: noun.to_owned(),
            verb: verb.to_owned(),
            flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
            ci: CiJob::detect(env),
            ..Self::default()
        };
        match level {
            ProvenanceLevel::None => None,
            ProvenanceLevel::Ci => Some(command),
            ProvenanceLevel::Full => Some(Self {
                host: Some(host_name()),
                user: env("USER").or_else(|| env("LOGNAME")).or_else(|| env("USERNAME")),
                directory: std::env::current_dir().ok().map(|dir| dir.display().to_string()),
                ..command
            }),
        }
    }
}

impl CiJob {
    /// Detects the CI system by its documented variables.
    pub fn detect(env: Lookup<'_>) -> Option<Self> {
        let ci =
            |system: &str, job: Option<String>, url: Option<String>| Some(Self { system: system.to_owned(), job, url });
        if env("GITHUB_ACTIONS").is_some() {
            let url = match (env("GITHUB_SERVER_URL"), env("GITHUB_REPOSITORY"), env("GITHUB_RUN_ID")) {
                (Some(server), Some(repository), Some(run)) => {
                    Some(format!("{server}/{repository}/actions/runs/{run}"))
                }
                _ => None,
            };
            ci("github", env("GITHUB_RUN_ID"), url)
        } else if env("GITLAB_CI").is_some() {
            ci("gitlab", env("CI_JOB_ID"), env("CI_JOB_URL"))
        } else if env("JENKINS_URL").is_some() {
            ci("jenkins", env("BUILD_TAG"), env("BUILD_URL"))
        } else if env("BUILDKITE").is_some() {
            let job = env("BUILDKITE_JOB_ID");
            let url = env("BUILDKITE_BUILD_URL").map(|url| match &job {
                Some(job) => format!("{url}#{job}"),
                None => url,
            });
            ci("buildkite", job, url)
        } else if env("TF_BUILD").is_some() {
            let build = env("BUILD_BUILDID");
            let url = match (env("SYSTEM_COLLECTIONURI"), env("SYSTEM_TEAMPROJECT"), &build) {
                (Some(collection), Some(project), Some(build)) => {
                    let collection = collection.trim_end_matches('/');
                    Some(format!("{collection}/{}/_build/results?buildId={build}", project.replace(' ', "%20")))
                }
                _ => None,
            };
            ci("azure-pipelines", build, url)
        } else if env("CIRCLECI").is_some() {
            ci("circleci", env("CIRCLE_WORKFLOW_JOB_ID").or_else(|| env("CIRCLE_BUILD_NUM")), env("CIRCLE_BUILD_URL"))
        } else {
            env("CI").filter(|value| vars::parse_switch(value) != Some(false)).and_then(|_| ci("ci", None, None))
        }
    }
}

/// Returns the name of this machine.
pub fn host_name() -> String {
    static NAME: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    NAME.get_or_init(|| find_host_name().unwrap_or_else(|| "unknown-host".to_owned())).clone()
}

fn find_host_name() -> Option<String> {
    let name = |text: String| Some(text.trim().to_ascii_lowercase()).filter(|text| !text.is_empty());
    let file = |path: &str| std::fs::read_to_string(path).ok().and_then(name);
    // macOS has neither file, but has `uname -n`.
    file("/proc/sys/kernel/hostname").or_else(|| file("/etc/hostname")).or_else(|| {
        let mut uname = super::spawn::command("uname", super::credentials::ChildPurpose::Handler);
        let output = uname.arg("-n").stdin(std::process::Stdio::null()).output().ok()?;
        name(String::from_utf8(output.stdout).ok()?)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn detect(pairs: &[(&str, &str)]) -> Option<CiJob> {
        CiJob::detect(&|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn ci_systems_are_detected_with_their_url() {
        let github = [
            ("CI", "true"),
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_REPOSITORY", "ada/engine"),
            ("GITHUB_RUN_ID", "7"),
        ];
        assert_eq!(detect(&github).unwrap().url.as_deref(), Some("https://github.com/ada/engine/actions/runs/7"));
        let buildkite = [("BUILDKITE", "true"), ("BUILDKITE_BUILD_URL", "https://b/1"), ("BUILDKITE_JOB_ID", "j")];
        assert_eq!(detect(&buildkite).unwrap().url.as_deref(), Some("https://b/1#j"));
        let azure = [
            ("TF_BUILD", "True"),
            ("SYSTEM_COLLECTIONURI", "https://dev.azure.com/ada/"),
            ("SYSTEM_TEAMPROJECT", "My Engine"),
            ("BUILD_BUILDID", "9"),
        ];
        let url = "https://dev.azure.com/ada/My%20Engine/_build/results?buildId=9";
        assert_eq!(detect(&azure).unwrap().url.as_deref(), Some(url));
        assert_eq!(detect(&[("GITLAB_CI", "1"), ("CI_JOB_ID", "4")]).unwrap().job.as_deref(), Some("4"));
        assert_eq!(detect(&[("CI", "1")]).unwrap().system, "ci");
        assert_eq!(detect(&[("CI", "false")]), None);
        assert_eq!(detect(&[]), None);
    }

    #[test]
    fn each_level_records_only_its_members() {
        let env = |name: &str| (name == "USER").then(|| "ada".to_owned());
        let at = |level| Provenance::collect_from(level, "threads", "create", &["--metadata"], &env);
        assert_eq!(at(ProvenanceLevel::None), None);
        let ci = at(ProvenanceLevel::Ci).unwrap();
        assert_eq!((ci.host, ci.user, ci.directory), (None, None, None));
        assert_eq!((ci.noun.as_str(), ci.verb.as_str()), ("threads", "create"));
        assert_eq!(ci.flags, ["--metadata"]);
        assert_eq!(at(ProvenanceLevel::Full).unwrap().user.as_deref(), Some("ada"));
    }
}
