//! The properties of the three standard streams: kind, width and colour. Must not depend on the output.

/// The width if the terminal does not report one.
const FALLBACK_WIDTH: usize = 80;

/// The kind of a standard stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    Terminal,
    Pipe,
}

impl Stream {
    fn of(stream: &impl std::io::IsTerminal) -> Self {
        if stream.is_terminal() { Self::Terminal } else { Self::Pipe }
    }
}

/// The setting of `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Color {
    /// On terminals, unless the environment says otherwise
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Whether text is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    Plain,
    Colored,
}

/// The destination of a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    Terminal { width: usize, paint: Paint },
    Pipe,
}

/// The properties of the standard streams, determined before anything is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    pub stdin: Stream,
    pub stdout: Stream,
    pub stderr: Stream,
    pub width: usize,
    /// The colour setting of the environment, or `None` to decide by the stream.
    pub environment: Option<Paint>,
}

impl Facts {
    /// Determines the properties from the streams and the environment of this process.
    pub fn gather() -> Self {
        let variable = |name: &str| std::env::var(name).ok();
        let stdout = Stream::of(&std::io::stdout());
        Self {
            stdin: Stream::of(&std::io::stdin()),
            stdout,
            stderr: Stream::of(&std::io::stderr()),
            width: match stdout {
                Stream::Terminal => width(variable, || Some(terminal_size::terminal_size()?.0.0.into())),
                Stream::Pipe => FALLBACK_WIDTH,
            },
            environment: wanted_paint(variable),
        }
    }

    /// Returns whether a stream of this kind is coloured.
    pub fn paint(&self, color: Color, stream: Stream) -> Paint {
        match (color, self.environment, stream) {
            (Color::Always, ..) => Paint::Colored,
            (Color::Never, ..) => Paint::Plain,
            (Color::Auto, Some(wanted), _) => wanted,
            (Color::Auto, None, Stream::Terminal) => Paint::Colored,
            (Color::Auto, None, Stream::Pipe) => Paint::Plain,
        }
    }
}

fn width(variable: impl Fn(&str) -> Option<String>, measured: impl Fn() -> Option<usize>) -> usize {
    let asked = variable("COLUMNS").and_then(|columns| columns.trim().parse().ok());
    asked.filter(|columns| *columns > 0).or_else(|| measured().filter(|columns| *columns > 0)).unwrap_or(FALLBACK_WIDTH)
}

/// Returns the colour setting of the environment. `NO_COLOR` takes precedence over `CLICOLOR_FORCE`, as both
/// conventions demand.
fn wanted_paint(variable: impl Fn(&str) -> Option<String>) -> Option<Paint> {
    if variable("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        return Some(Paint::Plain);
    }
    if variable("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0") {
        return Some(Paint::Colored);
    }
    let dull = variable("TERM").is_some_and(|term| term == "dumb") || variable("CLICOLOR").is_some_and(|on| on == "0");
    dull.then_some(Paint::Plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paint(variables: &[(&str, &str)], color: Color, stream: Stream) -> Paint {
        let variable =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let environment = wanted_paint(variable);
        Facts { stdin: stream, stdout: stream, stderr: stream, width: 80, environment }.paint(color, stream)
    }

    #[test]
    fn the_flag_beats_the_environment_and_the_environment_beats_the_stream() {
        use {Color::*, Paint::*, Stream::*};
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
    fn columns_that_make_sense_beat_the_measured_width() {
        let with = |columns: &str| width(|_| Some(columns.to_owned()), || Some(120));
        assert_eq!((with("40"), with("0"), with("wide")), (40, 120, 120));
        assert_eq!(width(|_| None, || None), FALLBACK_WIDTH);
    }
}
