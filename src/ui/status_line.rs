//! The status line on a terminal. It shows what a command waits for, so that the command does not seem to hang.

use super::{StreamKind, Ui, sanitize};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The minimum duration of a wait before it is shown.
const SHOWN_AFTER: Duration = Duration::from_millis(400);
/// The interval at which the line is drawn again.
const REDRAW: Duration = Duration::from_millis(100);

/// The number of columns for the spinner and the time.
const MARGIN: usize = 16;

/// The status line of a command, with all its waits. If there are several waits at once, it shows one of them. Clones
/// share the line.
///
/// Nothing is shown if stderr is a pipe or in JSON Lines, or with `--quiet`.
#[derive(Clone, Default)]
pub struct StatusLine(Option<Arc<SharedStatus>>);

/// The priority of a wait. The status line shows the wait with the highest priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WaitPriority {
    /// A slow response.
    Response,
    /// A wait of interest to the user: a retry, a run.
    Notable,
}

/// A guard for a wait on the status line. The wait ends when the guard is dropped.
pub struct StatusGuard(Option<(Arc<SharedStatus>, u64)>);

struct SharedStatus {
    ui: Arc<Ui>,
    state: Mutex<StatusState>,
}

#[derive(Default)]
struct StatusState {
    /// The waits in progress.
    waits: Vec<StatusEntry>,
    /// The number of all waits so far, which is also the ID of the newest one.
    started: u64,
    /// The ID of the wait that is shown, and its bar.
    shown: Option<(u64, ProgressBar)>,
}

struct StatusEntry {
    id: u64,
    rank: WaitPriority,
    text: String,
    since: Instant,
}

impl StatusLine {
    /// Creates the status line of a user interface.
    pub fn new(ui: Arc<Ui>) -> Self {
        Self(ui.shows_progress().then(|| Arc::new(SharedStatus { ui, state: Mutex::default() })))
    }

    /// Starts a wait and shows it immediately, with the time since `since`.
    pub fn begin(&self, rank: WaitPriority, text: &str, since: Instant) -> StatusGuard {
        StatusGuard(self.0.as_ref().map(|line| {
            let mut state = line.state();
            state.started += 1;
            let id = state.started;
            state.waits.push(StatusEntry { id, rank, text: line.fit_to_width(text), since });
            state.draw(&line.ui);
            (Arc::clone(line), id)
        }))
    }

    /// Hides the status line while `work` runs. For work that may write to the terminal itself, such as a credential
    /// command.
    pub fn while_hidden<T>(&self, work: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some(line) => line.ui.with_hidden_bars(work),
            None => work(),
        }
    }

    /// Runs work, and shows the text if it takes longer than 400 ms.
    pub async fn during<T>(
        &self,
        rank: WaitPriority,
        text: impl FnOnce() -> String,
        work: impl Future<Output = T>,
    ) -> T {
        if self.0.is_none() {
            return work.await;
        }
        let since = Instant::now();
        let mut work = pin!(work);
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = tokio::time::sleep(SHOWN_AFTER) => {}
        }
        let _waiting = self.begin(rank, &text(), since);
        work.await
    }
}

impl StatusGuard {
    /// Replaces the text.
    pub fn set_text(&self, text: &str) {
        let Some((line, id)) = &self.0 else { return };
        let mut state = line.state();
        let text = line.fit_to_width(text);
        if let Some(wait) = state.waits.iter_mut().find(|wait| wait.id == *id) {
            wait.text.clone_from(&text);
        }
        if let Some((_, bar)) = state.shown.as_ref().filter(|(shown, _)| shown == id) {
            bar.set_message(text);
        }
    }
}

impl Drop for StatusGuard {
    fn drop(&mut self) {
        if let Some((line, id)) = &self.0 {
            let mut state = line.state();
            state.waits.retain(|wait| wait.id != *id);
            state.draw(&line.ui);
        }
    }
}

impl SharedStatus {
    /// Locks the state and ignores poisoning, because no statement leaves it inconsistent.
    fn state(&self) -> MutexGuard<'_, StatusState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the text as one line that fits the terminal. A line that the terminal wraps could not be erased.
    fn fit_to_width(&self, text: &str) -> String {
        sanitize(text).chars().take(self.ui.terminal.width.saturating_sub(MARGIN).max(MARGIN)).collect()
    }
}

impl StatusState {
    /// Shows the wait with the highest priority. Among several of them, shows the newest.
    fn draw(&mut self, ui: &Ui) {
        let top = self.waits.iter().max_by_key(|wait| (wait.rank, wait.id));
        if self.shown.as_ref().map(|(id, _)| *id) == top.map(|wait| wait.id) {
            return;
        }
        if let Some((_, bar)) = self.shown.take() {
            bar.finish_and_clear();
        }
        // A bar is drawn from the start of the line, so it would overwrite an incomplete line of output.
        let is_line_free = ui.terminal.stdout == StreamKind::Pipe || !ui.line_is_open.load(Ordering::Relaxed);
        if let Some(wait) = top.filter(|_| is_line_free) {
            self.shown = Some((wait.id, bar(ui, wait)));
        }
    }
}

fn bar(ui: &Ui, wait: &StatusEntry) -> ProgressBar {
    let bars = ui.bars.get_or_init(indicatif::MultiProgress::new);
    let hidden = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    let bar = bars.add(hidden.with_elapsed(wait.since.elapsed()));
    bar.set_style(
        ProgressStyle::with_template("{spinner} {msg} ({elapsed})")
            .unwrap_or_else(|_| ProgressStyle::default_spinner()),
    );
    bar.set_message(wait.text.clone());
    bar.enable_steady_tick(REDRAW);
    bar
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::ui::testing::ui;
    use crate::ui::{MessageFormat, TerminalInfo, UiSettings, Verbosity};

    const TERMINALS: TerminalInfo = TerminalInfo {
        stdin: StreamKind::Terminal,
        stdout: StreamKind::Terminal,
        stderr: StreamKind::Terminal,
        width: 80,
        environment: None,
    };

    fn waits(settings: UiSettings, facts: TerminalInfo) -> StatusLine {
        StatusLine::new(Arc::new(ui(settings, facts, "").0))
    }

    fn shown(waits: &StatusLine) -> Option<String> {
        let state = waits.0.as_ref().unwrap().state();
        let id = state.shown.as_ref()?.0;
        state.waits.iter().find(|wait| wait.id == id).map(|wait| wait.text.clone())
    }

    #[test]
    fn waits_are_shown_on_a_terminal_as_text_only() {
        let normal = UiSettings::default();
        assert!(waits(normal, TERMINALS).0.is_some());
        assert!(waits(normal, TerminalInfo { stderr: StreamKind::Pipe, ..TERMINALS }).0.is_none());
        assert!(waits(UiSettings { verbosity: Verbosity::Quiet, ..normal }, TERMINALS).0.is_none());
        assert!(waits(UiSettings { message_format: MessageFormat::JsonLines, ..normal }, TERMINALS).0.is_none());
    }

    #[test]
    fn the_newest_wait_of_the_highest_priority_is_shown() {
        let waits = waits(UiSettings::default(), TERMINALS);
        let begin = |rank, text| waits.begin(rank, text, Instant::now());
        let answer = begin(WaitPriority::Response, "answer");
        assert_eq!(shown(&waits).as_deref(), Some("answer"));
        let run = begin(WaitPriority::Notable, "run\u{1b}[2J\nqueued");
        let other = begin(WaitPriority::Response, "another answer");
        assert_eq!(shown(&waits).as_deref(), Some("run[2J queued"));
        run.set_text("run in progress");
        assert_eq!(shown(&waits).as_deref(), Some("run in progress"));
        drop(run);
        assert_eq!(shown(&waits).as_deref(), Some("another answer"));
        drop((answer, other));
        assert_eq!(shown(&waits), None);
        let _long = begin(WaitPriority::Response, &"x".repeat(200));
        assert_eq!(shown(&waits).unwrap().len(), 80 - MARGIN);
    }

    #[test]
    fn nothing_is_drawn_over_an_incomplete_line_of_output() {
        let waits = waits(UiSettings::default(), TERMINALS);
        let ui = Arc::clone(&waits.0.as_ref().unwrap().ui);
        ui.out("half a line").unwrap();
        drop(waits.begin(WaitPriority::Notable, "run", Instant::now()));
        let waiting = waits.begin(WaitPriority::Notable, "run", Instant::now());
        assert_eq!(shown(&waits), None);
        drop(waiting);
        ui.out(" and its end\n").unwrap();
        let _waiting = waits.begin(WaitPriority::Notable, "run", Instant::now());
        assert_eq!(shown(&waits).as_deref(), Some("run"));
    }
}
