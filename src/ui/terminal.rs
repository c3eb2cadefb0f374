//! The properties of the three standard streams: whether each is a terminal, its width, and its colour.

/// The width if the terminal does not report one.
const FALLBACK_WIDTH: usize = 80;

/// The kind of a standard stream. A file counts as a pipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamKind {
    Terminal,
    Pipe,
}

impl StreamKind {
    fn of(stream: &impl std::io::IsTerminal) -> Self {
        if stream.is_terminal() { Self::Terminal } else { Self::Pipe }
    }
}

/// The setting of `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum ColorChoice {
    /// On terminals, unless an environment variable such as NO_COLOR selects otherwise
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Whether text is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coloring {
    Plain,
    Colored,
}

/// The destination of output, which determines its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputTarget {
    Terminal { width: usize, paint: Coloring },
    Pipe,
}

/// The properties of the standard streams, determined before anything is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalInfo {
    pub stdin: StreamKind,
    pub stdout: StreamKind,
    pub stderr: StreamKind,
    pub width: usize,
    /// The colour setting of the environment, or `None` to decide by the stream.
    pub environment: Option<Coloring>,
}

impl TerminalInfo {
    /// Determines the properties from the streams and the environment of this process.
    pub fn detect() -> Self {
        let variable = |name: &str| std::env::var(name).ok();
        let stdout = StreamKind::of(&std::io::stdout());
        Self {
            stdin: StreamKind::of(&std::io::stdin()),
            stdout,
            stderr: StreamKind::of(&std::io::stderr()),
            width: match stdout {
                StreamKind::Terminal => width(variable, || Some(terminal_size::terminal_size()?.0.0.into())),
                StreamKind::Pipe => FALLBACK_WIDTH,
            },
            environment: environment_coloring(variable),
        }
    }

    /// Returns whether a stream of this kind is coloured.
    pub fn coloring(&self, color: ColorChoice, stream: StreamKind) -> Coloring {
        match (color, self.environment, stream) {
            (ColorChoice::Always, ..) => Coloring::Colored,
            (ColorChoice::Never, ..) => Coloring::Plain,
            (ColorChoice::Auto, Some(wanted), _) => wanted,
            (ColorChoice::Auto, None, StreamKind::Terminal) => Coloring::Colored,
            (ColorChoice::Auto, None, StreamKind::Pipe) => Coloring::Plain,
        }
    }
}

/// Returns the width of the terminal: that of the variable `COLUMNS`, else the measured one, else the default.
fn width(variable: impl Fn(&str) -> Option<String>, measured: impl Fn() -> Option<usize>) -> usize {
    let requested = variable("COLUMNS").and_then(|columns| columns.trim().parse().ok());
    requested
        .filter(|columns| *columns > 0)
        .or_else(|| measured().filter(|columns| *columns > 0))
        .unwrap_or(FALLBACK_WIDTH)
}

/// Returns the colour setting of the environment. `NO_COLOR` takes precedence over `CLICOLOR_FORCE`, as both
/// conventions demand.
fn environment_coloring(variable: impl Fn(&str) -> Option<String>) -> Option<Coloring> {
    if variable("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        return Some(Coloring::Plain);
    }
    if variable("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0") {
        return Some(Coloring::Colored);
    }
    let is_plain =
        variable("TERM").is_some_and(|term| term == "dumb") || variable("CLICOLOR").is_some_and(|on| on == "0");
    is_plain.then_some(Coloring::Plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paint(variables: &[(&str, &str)], color: ColorChoice, stream: StreamKind) -> Coloring {
        let variable =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let environment = environment_coloring(variable);
        TerminalInfo { stdin: stream, stdout: stream, stderr: stream, width: 80, environment }.coloring(color, stream)
    }

    #[test]
    fn the_flag_overrides_the_environment_and_the_environment_overrides_the_stream() {
        use {ColorChoice::*, Coloring::*, StreamKind::*};
        assert_eq!(paint(&[], Auto, Terminal), Colored);
        assert_eq!(paint(&[], Auto, Pipe), Plain);
        assert_eq!(paint(&[("NO_COLOR", "")], Auto, Terminal), Colored);
        assert_eq!(paint(&[("NO_COLOR", "1")], Auto, Terminal), Plain);
        assert_eq!(paint(&[("NO_COLOR", "1")], Always, Pipe), Colored);
        assert_eq!(paint(&[("CLICOLOR_FORCE", "1")], Auto, Pipe), Colored);
        assert_eq!(paint(&[("CLICOLOR_FORCE", "0")], Auto, Pipe), Plain);
        assert_eq!(paint(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], Auto, Terminal), Plain);
        assert_eq!(paint(&[("CLICOLOR_FORCE", "1")], Never, Terminal), Plain);
        assert_eq!(paint(&[("TERM", "dumb")], Auto, Terminal), Plain);
    }

    #[test]
    fn a_valid_columns_variable_overrides_the_measured_width() {
        let with = |columns: &str| width(|_| Some(columns.to_owned()), || Some(120));
        assert_eq!((with("40"), with("0"), with("wide")), (40, 120, 120));
        assert_eq!(width(|_| None, || None), FALLBACK_WIDTH);
    }
}
