//! Progress bars for work that takes longer than half a second. A caller only counts the completed items. This module
//! decides whether a bar is shown, and draws it.

use super::{MessageFormat, StreamKind, Ui, Verbosity, sanitize};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// The minimum duration of work before a bar is shown.
const SHOWN_AFTER: Duration = Duration::from_millis(500);
/// The interval at which a bar is drawn again.
const REDRAW: Duration = Duration::from_millis(100);

/// The unit of the count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Bytes,
    Items,
}

/// The progress of one piece of work. Clones share the count. The bar is removed when the last one is dropped.
#[derive(Clone)]
pub struct Progress(Option<Arc<ProgressState>>);

struct ProgressState {
    bars: MultiProgress,
    label: String,
    unit: Unit,
    total: Option<u64>,
    started: Instant,
    done: AtomicU64,
    bar: OnceLock<ProgressBar>,
}

impl Ui {
    /// Starts a piece of work. `total` is `None` if the amount is not known.
    pub fn progress(&self, label: &str, unit: Unit, total: Option<u64>) -> Progress {
        Progress(self.shows_progress().then(|| {
            Arc::new(ProgressState {
                bars: self.bars.get_or_init(MultiProgress::new).clone(),
                label: sanitize(label).into_owned(),
                unit,
                total,
                started: Instant::now(),
                done: AtomicU64::new(0),
                bar: OnceLock::new(),
            })
        }))
    }

    /// Returns `true` if progress and waits are shown: only as text, on a terminal, and without `--quiet`.
    pub(super) fn shows_progress(&self) -> bool {
        self.terminal.stderr == StreamKind::Terminal
            && self.settings.verbosity == Verbosity::Normal
            && self.message_format() == MessageFormat::Text
    }

    /// Hides the bars, calls `write`, which writes to the terminal, and shows the bars again.
    pub(super) fn with_hidden_bars<R>(&self, write: impl FnOnce() -> R) -> R {
        match self.bars.get() {
            Some(bars) => bars.suspend(write),
            None => write(),
        }
    }
}

impl Progress {
    /// Adds `more` to the count.
    pub fn tick(&self, more: u64) {
        if let Some(work) = &self.0 {
            work.tick(more);
        }
    }

    /// Returns a function that adds to the count.
    pub fn counter(&self) -> impl Fn(u64) + Clone + Send + Sync + 'static {
        let progress = self.clone();
        move |more| progress.tick(more)
    }

    /// Removes the bar.
    pub fn finish(&self) {
        if let Some(work) = &self.0 {
            work.clear();
        }
    }
}

impl ProgressState {
    fn tick(&self, more: u64) {
        let done = self.done.fetch_add(more, Ordering::Relaxed) + more;
        match self.bar.get() {
            Some(bar) => bar.set_position(done),
            None if self.started.elapsed() >= SHOWN_AFTER => {
                self.bar.get_or_init(|| self.draw(done)).set_position(done);
            }
            None => {}
        }
    }

    fn draw(&self, done: u64) -> ProgressBar {
        let bar = self.bars.add(
            ProgressBar::with_draw_target(self.total, indicatif::ProgressDrawTarget::hidden())
                .with_position(done)
                .with_elapsed(self.started.elapsed()),
        );
        bar.set_style(
            ProgressStyle::with_template(template(self.unit, self.total))
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar.set_message(self.label.clone());
        // The bar was created after a part of the work was done. Without this call, the estimate of the remaining time
        // would assume that this part took no time.
        bar.reset_eta();
        bar.enable_steady_tick(REDRAW);
        bar
    }

    fn clear(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

impl Drop for ProgressState {
    fn drop(&mut self) {
        self.clear();
    }
}

const fn template(unit: Unit, total: Option<u64>) -> &'static str {
    match (unit, total) {
        (Unit::Bytes, Some(_)) => "{msg} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec} {eta}",
        (Unit::Items, Some(_)) => "{msg} [{bar:30}] {pos}/{len} {eta}",
        (Unit::Bytes, None) => "{spinner} {msg} {bytes} {bytes_per_sec}",
        (Unit::Items, None) => "{spinner} {msg} {pos} {elapsed}",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::ui;
    use crate::ui::{TerminalInfo, UiSettings};

    const TERMINALS: TerminalInfo = TerminalInfo {
        stdin: StreamKind::Terminal,
        stdout: StreamKind::Terminal,
        stderr: StreamKind::Terminal,
        width: 80,
        environment: None,
    };

    fn begun(settings: UiSettings, facts: TerminalInfo) -> Progress {
        ui(settings, facts, "").0.progress("work", Unit::Items, Some(10))
    }

    #[test]
    fn bars_are_shown_only_as_text_on_a_terminal_without_quiet() {
        let normal = UiSettings::default();
        assert!(begun(normal, TERMINALS).0.is_some());
        assert!(begun(normal, TerminalInfo { stderr: StreamKind::Pipe, ..TERMINALS }).0.is_none());
        assert!(begun(UiSettings { verbosity: Verbosity::Quiet, ..normal }, TERMINALS).0.is_none());
        assert!(begun(UiSettings { message_format: MessageFormat::JsonLines, ..normal }, TERMINALS).0.is_none());
    }

    #[test]
    fn short_work_shows_no_bar_and_counters_add_up() {
        let progress = begun(UiSettings::default(), TERMINALS);
        let (one, other) = (progress.counter(), progress.counter());
        one(3);
        other(4);
        let work = progress.0.expect("a terminal");
        assert_eq!(work.done.load(Ordering::Relaxed), 7);
        assert!(work.bar.get().is_none());
    }

    #[test]
    fn every_template_is_valid() {
        for unit in [Unit::Bytes, Unit::Items] {
            for total in [None, Some(1)] {
                assert!(ProgressStyle::with_template(template(unit, total)).is_ok(), "{total:?}");
            }
        }
    }
}
