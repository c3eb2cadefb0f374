//! `asst demo`: a demonstration on the embedded server.
//!
//! Runs `examples/demo.sh` line by line in a temporary folder (`sandbox.rs`). Each command of the script runs this
//! program as a separate process. `script.rs` parses the script. Nothing here depends on which commands the script
//! contains.

mod sandbox;
mod script;

use crate::app::App;
use crate::exit::{AlreadyReported, FAILED, USAGE};
use crate::ui::ErrorReport;
use anyhow::{Context, Result, anyhow};
use sandbox::Sandbox;
use script::{DemoAction, ScriptLine, Variables};
use std::process::Output;
use std::time::{Duration, Instant};

const SCRIPT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/demo.sh"));

/// The maximum time that an `until` command of the script may take.
const UNTIL_TIMEOUT: Duration = Duration::from_secs(30);
/// The pause between two checks of an `until` command.
const UNTIL_PAUSE: Duration = Duration::from_millis(200);

/// The arguments of `asst demo`, which has none.
#[derive(Debug, clap::Args)]
pub struct Demo {}

impl Demo {
    pub(crate) fn run(self, app: &App) -> Result<()> {
        let sandbox = Sandbox::create()?;
        app.wait(async { play(app, &sandbox).await })
    }
}

async fn play(app: &App, sandbox: &Sandbox) -> Result<()> {
    let unsupported = |line| anyhow!("the script of the demo has a line with unsupported syntax: {line}");
    let lines = script::parse_lines(SCRIPT).map_err(unsupported)?;
    let mut variables = Variables::new();
    for line in lines {
        match line {
            ScriptLine::Comment(text) => app.ui().out_lines(&format!("{text}\n"))?,
            ScriptLine::Command { shown, action } => {
                app.ui().out_lines(&format!("$ {}\n", shown.replace('\n', "\n> ")))?;
                perform(app, sandbox, &mut variables, action).await?;
            }
        }
    }
    Ok(())
}

async fn perform(app: &App, sandbox: &Sandbox, variables: &mut Variables, action: DemoAction<'_>) -> Result<()> {
    match action {
        DemoAction::Run(command) => {
            let output = run(app, sandbox, variables, command).await?;
            app.ui().out_lines(&text(&output.stdout))?;
            app.ui().out_lines(&text(&output.stderr))?;
        }
        DemoAction::Assign { name, command } => {
            let output = run(app, sandbox, variables, command).await?;
            app.ui().out_lines(&text(&output.stderr))?;
            variables.insert(name.to_owned(), text(&output.stdout).trim_end().to_owned());
        }
        DemoAction::Until { command, word } => {
            let start = Instant::now();
            while text(&run(app, sandbox, variables, command).await?.stdout).trim_end() != word {
                if start.elapsed() > UNTIL_TIMEOUT {
                    return Err(anyhow!("`{command}` did not print `{word}` within {} s", UNTIL_TIMEOUT.as_secs()));
                }
                tokio::time::sleep(UNTIL_PAUSE).await;
            }
        }
        DemoAction::Show(path) => {
            let content = std::fs::read_to_string(sandbox.folder().join(path));
            app.ui().out_lines(&content.with_context(|| format!("could not read {path}"))?)?;
        }
    }
    Ok(())
}

/// Runs a command that must succeed. If it fails, the demo ends with its exit code.
async fn run(app: &App, sandbox: &Sandbox, variables: &Variables, command: &str) -> Result<Output> {
    let words = script::words(command, variables).map_err(|reason| anyhow!(reason))?;
    let output = sandbox.run(&words).await?;
    if output.status.success() {
        return Ok(output);
    }
    app.ui().out_lines(&text(&output.stdout))?;
    app.ui().print_line(&text(&output.stderr));
    let code = output.status.code().and_then(|code| u8::try_from(code).ok());
    let exit_code = code.unwrap_or(FAILED);
    app.ui().error(&ErrorReport {
        exit_code,
        kind: "failed".to_owned(),
        message: format!("a step of the demo failed: {command}"),
        // A child process that a signal ended has printed no error.
        causes: if code.is_none() { vec![output.status.to_string()] } else { Vec::new() },
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
    fn the_script_parses_and_uses_exactly_the_embedded_example_files() {
        let lines = script::parse_lines(SCRIPT).unwrap();
        let mut variables = Variables::new();
        let mut named = Vec::new();
        for line in lines {
            let ScriptLine::Command { action, .. } = line else { continue };
            let command = match action {
                DemoAction::Assign { name, command } => {
                    variables.insert(name.to_owned(), "x".to_owned());
                    command
                }
                DemoAction::Run(text) | DemoAction::Show(text) | DemoAction::Until { command: text, .. } => text,
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
        let embedded: Vec<_> = sandbox::EXAMPLES.iter().map(|(path, _)| *path).collect();
        assert!(embedded.iter().all(|path| named.iter().any(|name| name == path)), "every example is used");
        assert!(named.iter().all(|name| embedded.contains(&name.as_str())), "{named:?}");
    }
}
