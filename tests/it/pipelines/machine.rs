//! The machine on which the steps of a pipeline run.

use crate::support::mock_server::{MockServer, Request, Response};
use crate::support::postgres::database;
use crate::support::test_env::{Asst, Ran, Server};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

/// Records its arguments. Reads the answers of the hosting service from the mock server, through the filters of `asst`.
const STUB: &str = r#"#!/bin/bash
set -eu
name=${0##*/}
{ printf '%s' "$name"; printf ' %q' "$@"; echo; } >> "$STUB_LOG"
after() { # after FLAG ARGUMENTS…: prints the argument after FLAG
  flag=$1; shift
  while [ $# -gt 1 ]; do if [ "$1" = "$flag" ]; then printf '%s' "$2"; return; fi; shift; done
}
ask() { # ask PATH [FLAGS…]: prints a document of the hosting service
  path=$1; shift
  env -u ASST_LEDGER OPENAI_BASE_URL="$STUB_SERVER" OPENAI_API_KEY=any asst --no-ledger api GET "$path" "$@"
}
case "$name ${1-}" in
  "gh api")
    filter=$(after --jq "$@")
    for path in "$@"; do case "$path" in repos/*) break ;; esac; done
    [ -z "$filter" ] || ask "/$path" --jq "$filter" ;;
  "gh run")
    case "$2" in
      list) ask /runs --jq "$(after --jq "$@")" ;;
      download) cp "$STUB_ARTIFACTS/$(after --name "$@")/"* "$(after --dir "$@")" ;;
    esac ;;
  "gh pr") [ "$2" != list ] || ask /pulls --jq "$(after --jq "$@")" ;;
  curl*)
    out=$(after --output "$@")
    for url in "$@"; do :; done
    case "$url ${*}" in
      */jobs/artifacts/*) cp "$STUB_ARTIFACTS/plan/plan.json" "$out" ;;
      *--request*) echo '{}' > "$out" ;;
      *) ask "${url#"$CI_API_V4_URL"}" -o json > "$out" ;;
    esac ;;
  "jq -r") ask "/file/$3" --jq "$2" ;;
  "git diff") for file in asst.yaml prompts/helper.md; do cmp --silent "$file" "$STUB_HEAD/$file"; done ;;
  "git "*) ;;
  "cargo install" | "apt-get "*) ;;
  *) echo "the stub of $name does not know $*" >&2; exit 64 ;;
esac
"#;

/// The instructions of an assistant that somebody edited.
pub(super) const EDITED: &str = "Edited in the portal";

/// The files of the example.
const FILES: [&str; 2] = ["asst.yaml", "prompts/helper.md"];

/// The documents of the hosting service, by path without the query.
type Documents = Arc<Mutex<BTreeMap<String, Value>>>;

/// A machine with a checkout of the example, the program, a backend, and a hosting service.
pub(super) struct Machine {
    pub(super) asst: Asst,
    pub(super) backend: Server,
    hosting: MockServer,
    documents: Documents,
    /// The URL of the ledger that the jobs share, or an empty text.
    pub(super) ledger: String,
}

impl Machine {
    /// Creates a machine. With `shared`, the jobs share a ledger on PostgreSQL, and otherwise they have none.
    pub(super) fn new(shared: bool) -> Self {
        let asst = Asst::new();
        let backend = asst.serve(&[]);
        let documents = Documents::default();
        let hosting = MockServer::new(answers(Arc::clone(&documents), asst.work()));
        let machine =
            Self { asst, backend, hosting, documents, ledger: if shared { database() } else { String::new() } };
        let example = root().join("examples/ci");
        fs::create_dir(machine.work().join("prompts")).unwrap();
        for name in FILES {
            fs::copy(example.join(name), machine.work().join(name)).unwrap();
        }
        machine.commit();
        fs::create_dir_all(machine.artifacts()).unwrap();
        fs::create_dir(machine.tools()).unwrap();
        for tool in ["gh", "curl", "jq", "cargo", "apt-get", "git"] {
            machine.program(&machine.tools().join(tool), STUB);
        }
        machine
    }

    /// Makes the files of the checkout those of the last commit.
    pub(super) fn commit(&self) {
        fs::create_dir_all(self.head().join("prompts")).unwrap();
        for name in FILES {
            fs::copy(self.work().join(name), self.head().join(name)).unwrap();
        }
    }

    /// Writes an executable file.
    pub(super) fn program(&self, path: &Path, text: &str) {
        use std::os::unix::fs::PermissionsExt;
        fs::write(path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub(super) fn work(&self) -> PathBuf {
        self.asst.work()
    }

    /// Returns the folder with the files of the last commit.
    fn head(&self) -> PathBuf {
        self.asst.home().join("head")
    }

    fn tools(&self) -> PathBuf {
        self.asst.home().join("tools")
    }

    pub(super) fn artifacts(&self) -> PathBuf {
        self.asst.home().join("artifacts")
    }

    /// Keeps a file of the checkout as an artifact.
    pub(super) fn keep(&self, artifact: &str, path: &str) {
        let folder = self.artifacts().join(artifact);
        fs::create_dir_all(&folder).unwrap();
        fs::copy(self.work().join(path), folder.join(Path::new(path).file_name().unwrap())).unwrap();
    }

    /// Sets a document of the hosting service.
    pub(super) fn hosts(&self, path: &str, document: Value) {
        self.documents.lock().unwrap().insert(path.to_owned(), document);
    }

    /// Runs a script of a step in the checkout.
    pub(super) fn bash(&self, script: &str, vars: &BTreeMap<String, String>) -> Ran {
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]).current_dir(self.work()).env_clear();
        let own = self.asst.command([""; 0]);
        command.envs(own.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let program = assert_cmd::cargo::cargo_bin!("asst").parent().unwrap().to_owned();
        let system = std::env::var_os("PATH").unwrap_or_default();
        let path = [self.tools(), program].into_iter().chain(std::env::split_paths(&system));
        command.env("PATH", std::env::join_paths(path).unwrap());
        command
            .env("STUB_LOG", self.log())
            .env("STUB_HEAD", self.head())
            .env("STUB_SERVER", self.hosting.url())
            .env("STUB_ARTIFACTS", self.artifacts());
        command.envs(vars).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        self.asst.ran(command.output().unwrap())
    }

    fn log(&self) -> PathBuf {
        self.asst.home().join("calls")
    }

    /// Returns the calls of stubs since the last look.
    pub(super) fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.log()).unwrap_or_default();
        fs::write(self.log(), "").unwrap();
        calls.lines().map(str::to_owned).collect()
    }

    /// Returns the result of a command of the person who looks after the project.
    pub(super) fn person(&self, args: &[&str]) -> Ran {
        let mut command = self.asst.command(["--no-ledger"]);
        command.args(args).env("OPENAI_BASE_URL", &self.backend.url).env("OPENAI_API_KEY", "any");
        self.asst.ran(command.output().unwrap())
    }

    /// Changes the instructions of the assistant as somebody does who edits it at the backend.
    pub(super) fn edit_assistant(&self) {
        let id = self.assistant()["id"].as_str().unwrap().to_owned();
        self.person(&["assistants", "update", &id, "--instructions", EDITED]).ok();
    }

    /// Writes the prompt in the checkout, and commits it.
    pub(super) fn commit_prompt(&self, text: &str) {
        fs::write(self.work().join(FILES[1]), text).unwrap();
        self.commit();
    }

    /// Returns the prompt in the checkout.
    pub(super) fn prompt(&self) -> String {
        fs::read_to_string(self.work().join(FILES[1])).unwrap().trim_end().to_owned()
    }

    /// Writes the script that runs the tests of the application.
    pub(super) fn write_tests(&self, lines: &str) {
        fs::create_dir(self.work().join("tests")).unwrap();
        self.program(&self.work().join("tests/run"), &format!("#!/bin/bash\n{lines}\n"));
    }

    /// Returns the value of `ASST_NO_LEDGER`.
    pub(super) fn no_ledger(&self) -> &'static str {
        if self.ledger.is_empty() { "1" } else { "" }
    }

    /// Returns the only assistant of the backend.
    pub(super) fn assistant(&self) -> Value {
        let all = self.person(&["assistants", "list", "-o", "json"]).ok().json();
        assert_eq!(all.as_array().unwrap().len(), 1, "{all}");
        all[0].clone()
    }
}

/// Returns the folder of the repository.
pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Answers with the documents, and with files of the checkout.
fn answers(documents: Documents, work: PathBuf) -> impl Fn(&Request, usize) -> Response + Send + Sync + 'static {
    move |request, _| {
        let path = request.target.split('?').next().unwrap_or_default().trim_start_matches("/v1");
        if let Some(name) = path.strip_prefix("/file/") {
            return Response::text(200, fs::read(work.join(name)).unwrap()).with("content-type", "application/json");
        }
        match documents.lock().unwrap().get(path) {
            Some(document) => Response::json(200, document),
            None => Response::json(404, &json!({ "error": { "message": format!("no document {path}") } })),
        }
    }
}
