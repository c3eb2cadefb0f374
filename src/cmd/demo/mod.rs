//! `asst demo`: a demonstration on the embedded server.
//!
//! Plays `examples/demo.sh` in a temporary folder. Each command runs this program as a separate process. Must not
//! depend on the commands in the script.

mod sandbox;
mod script;

use crate::app::App;
use crate::exit::{AlreadyReported, FAILED, USAGE};
use crate::ui::ErrorReport;
use anyhow::{Context, Result, anyhow};
use sandbox::Stage;
use script::{Action, Step, Variables};
use std::process::Output;
use std::time::{Duration, Instant};

const SCRIPT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/demo.sh"));

/// The time limit for a run of the demo, which normally ends at once.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(200);

/// The arguments of `asst demo`, which has none.
#[derive(Debug, clap::Args)]
pub struct Demo {}

impl Demo {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        let stage = Stage::set()?;
        app.wait(async { play(app, &stage).await })
    }
}

async fn play(app: &App, stage: &Stage) -> Result<()> {
    let steps = script::steps(SCRIPT).map_err(|line| anyhow!("the script has a line of no known form: {line}"))?;
    let mut variables = Variables::new();
    for step in steps {
        match step {
            Step::Say(text) => app.ui().out_lines(&format!("{text}\n"))?,
            Step::Do { shown, action } => {
                app.ui().out_lines(&format!("$ {}\n", shown.replace('\n', "\n> ")))?;
                act(app, stage, &mut variables, action).await?;
            }
        }
    }
    Ok(())
}

async fn act(app: &App, stage: &Stage, variables: &mut Variables, action: Action<'_>) -> Result<()> {
    match action {
        Action::Run(command) => {
            let done = run(app, stage, variables, command).await?;
            app.ui().out_lines(&text(&done.stdout))?;
            app.ui().out_lines(&text(&done.stderr))?;
        }
        Action::Keep { name, command } => {
            let done = run(app, stage, variables, command).await?;
            app.ui().out_lines(&text(&done.stderr))?;
            variables.insert(name.to_owned(), text(&done.stdout).trim_end().to_owned());
        }
        Action::Until { command, word } => {
            let begun = Instant::now();
            while text(&run(app, stage, variables, command).await?.stdout).trim_end() != word {
                if begun.elapsed() > PATIENCE {
                    return Err(anyhow!("waited {} s for `{word}`: {command}", PATIENCE.as_secs()));
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
        Action::Show(path) => {
            let shown = std::fs::read_to_string(stage.folder().join(path));
            app.ui().out_lines(&shown.with_context(|| format!("could not read {path}"))?)?;
        }
    }
    Ok(())
}

/// Runs a command that must succeed. If it fails, the demo ends with its exit code.
async fn run(app: &App, stage: &Stage, variables: &Variables, command: &str) -> Result<Output> {
    let words = script::words(command, variables).map_err(|reason| anyhow!(reason))?;
    let done = stage.run(&words).await?;
    if done.status.success() {
        return Ok(done);
    }
    app.ui().out_lines(&text(&done.stdout))?;
    app.ui().print_line(&text(&done.stderr));
    let code = done.status.code().and_then(|code| u8::try_from(code).ok());
    let exit_code = code.unwrap_or(FAILED);
    app.ui().error(&ErrorReport {
        exit_code,
        kind: "failed".to_owned(),
        message: format!("a step of the demo failed: {command}"),
        // A child process that was killed has printed no error itself.
        causes: if code.is_none() { vec![done.status.to_string()] } else { Vec::new() },
        hint: (exit_code == USAGE).then(|| "this is a bug: the demo ran the program with wrong arguments".to_owned()),
        ..ErrorReport::default()
    });
    Err(AlreadyReported(exit_code).into())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_script_is_understood_and_names_only_files_that_are_there() {
        let steps = script::steps(SCRIPT).unwrap();
        let mut variables = Variables::new();
        let mut named = Vec::new();
        for step in steps {
            let Step::Do { action, .. } = step else { continue };
            let command = match action {
                Action::Keep { name, command } => {
                    variables.insert(name.to_owned(), "x".to_owned());
                    command
                }
                Action::Run(text) | Action::Show(text) | Action::Until { command: text, .. } => text,
            };
            for word in script::words(command, &variables).unwrap() {
                let path = word.find("examples/").map(|at| word[at..].to_owned());
                let beneath = |folder: &String| -> Vec<String> {
                    let files = sandbox::EXAMPLES.iter().map(|(file, _)| (*file).to_owned());
                    files.filter(|file| file.starts_with(&format!("{folder}/"))).collect()
                };
                // A folder counts as all files in it.
                let files = path.as_ref().map(beneath).filter(|files| !files.is_empty());
                named.extend(files.unwrap_or_else(|| path.into_iter().collect()));
            }
        }
        named.sort();
        named.dedup();
        let there: Vec<_> = sandbox::EXAMPLES.iter().map(|(path, _)| *path).collect();
        assert!(there.iter().all(|path| named.iter().any(|name| name == path)), "every example is used");
        assert!(named.iter().all(|name| there.contains(&name.as_str())), "{named:?}");
    }
}
