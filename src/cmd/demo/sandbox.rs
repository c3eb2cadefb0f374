//! A sandbox for the demo: a temporary folder with the example files. Child processes run in this folder, and their
//! environment has none of the user's settings.

use crate::env::credentials::ChildPurpose;
use crate::env::spawn;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::Command;

macro_rules! examples {
    ($($path:literal,)+) => {
        &[$((
            concat!("examples/", $path),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/", $path)),
        ),)+]
    };
}

/// The files that the script uses, by their path in the script.
pub(super) const EXAMPLES: &[(&str, &str)] = examples![
    "hr/handbook.md",
    "hr/instructions.md",
    "hr/question.txt",
    "orders/calculate_order_total.sh",
    "orders/calculate_order_total.yaml",
    "orders/instructions.md",
    "orders/question.txt",
    "orders/total.txt",
    "weather/get_current_temperature.yaml",
    "weather/get_rain_probability.json",
    "weather/handlers/get_current_temperature",
    "weather/handlers/get_rain_probability",
    "weather/instructions.md",
    "weather/question.txt",
];

/// The prefixes of variables that would select the user's backends or settings. These variables are removed.
const REMOVED_PREFIXES: [&str; 3] = ["ASST_", "OPENAI_", "AZURE_"];

/// The variables that redirect the folders of a child process, and their paths under the sandbox.
const REDIRECTED: [(&str, &str); 8] = [
    ("HOME", "home"),
    ("USERPROFILE", "home"),
    ("XDG_CONFIG_HOME", "home/config"),
    ("XDG_STATE_HOME", "home/state"),
    ("XDG_CACHE_HOME", "home/cache"),
    ("XDG_RUNTIME_DIR", "tmp"),
    ("TMPDIR", "tmp"),
    ("TMP", "tmp"),
];

/// A sandbox for the commands of the demo. Dropping it deletes the folder.
pub(super) struct Sandbox {
    folder: Option<TempDir>,
    program: PathBuf,
}

impl Sandbox {
    /// Creates the folder and writes the example files.
    pub(super) fn create() -> Result<Self> {
        let program = std::env::current_exe().context("could not find this program")?;
        let folder = tempfile::Builder::new().prefix("asst-demo-").tempdir();
        let folder = folder.context("could not create a temporary folder")?;
        for (path, text) in EXAMPLES {
            write(&folder.path().join(path), text)?;
        }
        for (_, name) in REDIRECTED {
            let path = folder.path().join(name);
            std::fs::create_dir_all(&path).with_context(|| format!("could not create {}", path.display()))?;
        }
        Ok(Self { folder: Some(folder), program })
    }

    /// Returns the working directory of the commands.
    pub(super) fn folder(&self) -> &Path {
        self.folder.as_ref().map_or(Path::new("."), TempDir::path)
    }

    /// Runs this program with the arguments in `words`. The first word is the name of the program, and is ignored. The
    /// process is killed when the future is dropped.
    pub(super) async fn run(&self, words: &[String]) -> Result<Output> {
        let mut command = Command::from(spawn::command(&self.program, ChildPurpose::Handler));
        for (name, _) in std::env::vars_os() {
            if REMOVED_PREFIXES.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
                command.env_remove(name);
            }
        }
        command.args(words.iter().skip(1)).current_dir(self.folder()).stdin(Stdio::null()).kill_on_drop(true);
        command.envs(REDIRECTED.map(|(name, folder)| (name, self.folder().join(folder))));
        command.output().await.with_context(|| format!("could not run {}", self.program.display()))
    }
}

impl Drop for Sandbox {
    /// Deletes the folder. Retries once, because a child that was just killed may still have been writing to it.
    fn drop(&mut self) {
        let Some(folder) = self.folder.take() else { return };
        let path = folder.path().to_owned();
        if folder.close().is_err() {
            std::thread::sleep(Duration::from_millis(100));
            let _ = std::fs::remove_dir_all(path);
        }
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    let created = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    let written = created.and_then(|()| std::fs::write(path, text)).and_then(|()| set_mode(path, text));
    written.with_context(|| format!("could not write {}", path.display()))
}

/// Makes a file executable if it is a script, as it is in a checkout of the repository.
#[cfg(unix)]
fn set_mode(path: &Path, text: &str) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = if text.starts_with("#!") { 0o755 } else { 0o644 };
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

/// Does nothing, because this platform has no executable bit.
#[cfg(not(unix))]
fn set_mode(_: &Path, _: &str) -> std::io::Result<()> {
    Ok(())
}
