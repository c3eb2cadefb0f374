//! The line on a terminal that names what is waited for, so that a wait is not taken for a hang.

use super::{Stream, Ui, sanitize};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A wait shorter than this is not shown.
const PATIENCE: Duration = Duration::from_millis(400);
const REDRAW: Duration = Duration::from_millis(100);

/// Columns that spinner and time need beside the text.
const MARGIN: usize = 16;

/// The waits of a command. Of several at once one is shown. Clones share the line.
///
/// Nothing is shown in a pipe, with `--quiet`, or where standard error is JSON.
#[derive(Clone, Default)]
pub struct Waits(Option<Arc<Line>>);

/// Which wait is shown in place of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// An answer that takes its time.
    Answer,
    /// What a person may want to know of: a retry, a run.
    Notable,
}

/// A wait that goes on. Dropped, it is over.
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
    /// Returns the waits that are shown on this terminal.
    pub fn new(ui: Arc<Ui>) -> Self {
        Self(ui.shows_progress().then(|| Arc::new(Line { ui, state: Mutex::default() })))
    }

    /// Shows a wait at once, with the time since it began.
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

    /// Runs what may ask something on the terminal itself, such as a credential command, while nothing is drawn there.
    pub fn aside<T>(&self, work: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some(line) => line.ui.beside_bars(work),
            None => work(),
        }
    }

    /// Does work that may take its time, and shows the text if it does.
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
    /// Changes the text.
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
    /// The state is whole between any two statements, so a poisoned lock serves as well.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the text as one line that fits the terminal: a line that wraps could not be taken away.
    fn fitting(&self, text: &str) -> String {
        sanitize(text).chars().take(self.ui.facts.width.saturating_sub(MARGIN).max(MARGIN)).collect()
    }
}

impl State {
    /// Shows the wait that matters most.
    fn draw(&mut self, ui: &Ui) {
        let top = self.waits.iter().max_by_key(|wait| (wait.rank, wait.id));
        if self.shown.as_ref().map(|(id, _)| *id) == top.map(|wait| wait.id) {
            return;
        }
        if let Some((_, bar)) = self.shown.take() {
            bar.finish_and_clear();
        }
        // A bar is drawn from the beginning of the line, over what was written there.
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
