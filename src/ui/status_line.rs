//! The status line on a terminal. It names the reason of a wait, so that the command does not seem to hang.

use super::{Stream, Ui, sanitize};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The minimum duration of a wait before it is shown.
const PATIENCE: Duration = Duration::from_millis(400);
const REDRAW: Duration = Duration::from_millis(100);

/// The columns for the spinner and the time.
const MARGIN: usize = 16;

/// The waits of a command. If there are several at once, one is shown. Clones share the status line.
///
/// Nothing is shown in a pipe, with `--quiet`, or if stderr is JSON Lines.
#[derive(Clone, Default)]
pub struct Waits(Option<Arc<Line>>);

/// The priority of a wait. The highest one is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A slow response.
    Answer,
    /// A wait of interest to the user: a retry, a run.
    Notable,
}

/// A wait in progress. It ends when this value is dropped.
pub struct Waiting(Option<(Arc<Line>, u64)>);

struct Line {
    ui: Arc<Ui>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waits: Vec<Wait>,
    made: u64,
    shown: Option<(u64, ProgressBar)>,
}

struct Wait {
    id: u64,
    rank: Rank,
    text: String,
    since: Instant,
}

impl Waits {
    /// Creates the waits of a user interface.
    pub fn new(ui: Arc<Ui>) -> Self {
        Self(ui.shows_progress().then(|| Arc::new(Line { ui, state: Mutex::default() })))
    }

    /// Shows a wait immediately, with the time since `since`.
    pub fn begin(&self, rank: Rank, text: &str, since: Instant) -> Waiting {
        Waiting(self.0.as_ref().map(|line| {
            let mut state = line.state();
            state.made += 1;
            let id = state.made;
            state.waits.push(Wait { id, rank, text: line.fitting(text), since });
            state.draw(&line.ui);
            (Arc::clone(line), id)
        }))
    }

    /// Runs work that may use the terminal itself, such as a credential command, while the status line is hidden.
    pub fn aside<T>(&self, work: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some(line) => line.ui.beside_bars(work),
            None => work(),
        }
    }

    /// Runs work, and shows the text if it takes longer than 400 ms.
    pub async fn during<T>(&self, rank: Rank, text: impl FnOnce() -> String, work: impl Future<Output = T>) -> T {
        if self.0.is_none() {
            return work.await;
        }
        let since = Instant::now();
        let mut work = pin!(work);
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = tokio::time::sleep(PATIENCE) => {}
        }
        let _waiting = self.begin(rank, &text(), since);
        work.await
    }
}

impl Waiting {
    /// Replaces the text.
    pub fn say(&self, text: &str) {
        let Some((line, id)) = &self.0 else { return };
        let mut state = line.state();
        let text = line.fitting(text);
        if let Some(wait) = state.waits.iter_mut().find(|wait| wait.id == *id) {
            wait.text.clone_from(&text);
        }
        if let Some((_, bar)) = state.shown.as_ref().filter(|(shown, _)| shown == id) {
            bar.set_message(text);
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some((line, id)) = &self.0 {
            let mut state = line.state();
            state.waits.retain(|wait| wait.id != *id);
            state.draw(&line.ui);
        }
    }
}

impl Line {
    /// Locks the state and ignores poisoning, because no statement leaves it inconsistent.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the text as one line that fits the terminal. A wrapped line could not be removed.
    fn fitting(&self, text: &str) -> String {
        sanitize(text).chars().take(self.ui.facts.width.saturating_sub(MARGIN).max(MARGIN)).collect()
    }
}

impl State {
    /// Shows the wait with the highest rank, and among equals the newest.
    fn draw(&mut self, ui: &Ui) {
        let top = self.waits.iter().max_by_key(|wait| (wait.rank, wait.id));
        if self.shown.as_ref().map(|(id, _)| *id) == top.map(|wait| wait.id) {
            return;
        }
        if let Some((_, bar)) = self.shown.take() {
            bar.finish_and_clear();
        }
        // A bar is drawn from the start of the line, and would overwrite an incomplete one.
        let free = ui.facts.stdout == Stream::Pipe || !ui.mid_line.load(Ordering::Relaxed);
        if let Some(wait) = top.filter(|_| free) {
            self.shown = Some((wait.id, bar(ui, wait)));
        }
    }
}

fn bar(ui: &Ui, wait: &Wait) -> ProgressBar {
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
    use crate::ui::{Facts, Settings, Talk, Verbosity};

    const TERMINALS: Facts = Facts {
        stdin: Stream::Terminal,
        stdout: Stream::Terminal,
        stderr: Stream::Terminal,
        width: 80,
        environment: None,
    };

    fn waits(settings: Settings, facts: Facts) -> Waits {
        Waits::new(Arc::new(ui(settings, facts, "").0))
    }

    fn shown(waits: &Waits) -> Option<String> {
        let state = waits.0.as_ref().unwrap().state();
        let id = state.shown.as_ref()?.0;
        state.waits.iter().find(|wait| wait.id == id).map(|wait| wait.text.clone())
    }

    #[test]
    fn waits_are_shown_on_a_terminal_as_text_only() {
        let normal = Settings::default();
        assert!(waits(normal, TERMINALS).0.is_some());
        assert!(waits(normal, Facts { stderr: Stream::Pipe, ..TERMINALS }).0.is_none());
        assert!(waits(Settings { verbosity: Verbosity::Quiet, ..normal }, TERMINALS).0.is_none());
        assert!(waits(Settings { talk: Talk::JsonLines, ..normal }, TERMINALS).0.is_none());
    }

    #[test]
    fn the_wait_that_matters_most_is_shown() {
        let waits = waits(Settings::default(), TERMINALS);
        let begin = |rank, text| waits.begin(rank, text, Instant::now());
        let answer = begin(Rank::Answer, "answer");
        assert_eq!(shown(&waits).as_deref(), Some("answer"));
        let run = begin(Rank::Notable, "run\u{1b}[2J\nqueued");
        let other = begin(Rank::Answer, "another answer");
        assert_eq!(shown(&waits).as_deref(), Some("run[2J queued"));
        run.say("run in progress");
        assert_eq!(shown(&waits).as_deref(), Some("run in progress"));
        drop(run);
        assert_eq!(shown(&waits).as_deref(), Some("another answer"));
        drop((answer, other));
        assert_eq!(shown(&waits), None);
        let _long = begin(Rank::Answer, &"x".repeat(200));
        assert_eq!(shown(&waits).unwrap().len(), 80 - MARGIN);
    }

    #[test]
    fn nothing_is_drawn_over_a_line_that_is_not_ended() {
        let waits = waits(Settings::default(), TERMINALS);
        let ui = Arc::clone(&waits.0.as_ref().unwrap().ui);
        ui.out("half a line").unwrap();
        drop(waits.begin(Rank::Notable, "run", Instant::now()));
        let waiting = waits.begin(Rank::Notable, "run", Instant::now());
        assert_eq!(shown(&waits), None);
        drop(waiting);
        ui.out(" and its end\n").unwrap();
        let _waiting = waits.begin(Rank::Notable, "run", Instant::now());
        assert_eq!(shown(&waits).as_deref(), Some("run"));
    }
}
