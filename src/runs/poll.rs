//! The timing of polls for a run.

use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// The pauses before the first polls, in milliseconds. The last one repeats. Short first pauses suit short runs.
const PAUSES: [u64; 8] = [100, 250, 400, 550, 800, 1_200, 1_600, 2_000];

/// The maximum number of polls per second, whatever interval the user or the server requests.
const MOST: usize = 3;
const SECOND: Duration = Duration::from_secs(1);

/// The maximum pause that a server may request. Longer pauses would make a run seem to hang
/// (docs/protocol/runs.md#sdk-helpers has 1 to 5 seconds).
const LONGEST: Duration = Duration::from_secs(60);

/// The polling schedule of one run.
#[derive(Debug)]
pub(super) struct Poller {
    asked: Option<Duration>,
    /// The first pause that the server requested, which is kept for all later polls
    /// (docs/protocol/runs.md#sdk-helpers).
    told: Option<Duration>,
    made: usize,
    recent: VecDeque<Instant>,
}

impl Poller {
    /// Creates a schedule. The pause is `asked`, else the server's, else one that grows.
    pub(super) fn new(asked: Option<Duration>) -> Self {
        Self { asked, told: None, made: 0, recent: VecDeque::new() }
    }

    /// Starts with short pauses again, because the run has continued.
    pub(super) fn begin_again(&mut self) {
        self.made = 0;
    }

    /// Records the pause that a server requests in its response.
    pub(super) fn heard(&mut self, poll_after: Option<Duration>) {
        self.told = self.told.or(poll_after.map(|pause| pause.min(LONGEST)));
    }

    /// Records a poll that is made now.
    pub(super) fn polled(&mut self, now: Instant) {
        self.recent.push_back(now);
        if self.recent.len() > MOST {
            self.recent.pop_front();
        }
    }

    /// Returns the time to wait from `now` until the next poll.
    pub(super) fn pause(&mut self, now: Instant) -> Duration {
        let own = Duration::from_millis(PAUSES[self.made.min(PAUSES.len() - 1)]);
        self.made += 1;
        let pause = self.asked.or(self.told).unwrap_or(own);
        match self.recent.front() {
            Some(first) if self.recent.len() == MOST => pause.max((*first + SECOND).saturating_duration_since(now)),
            _ => pause,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the times of the next polls, in simulated time.
    fn polls(mut poller: Poller, count: usize) -> Vec<Instant> {
        let mut now = Instant::now();
        let mut times = Vec::new();
        for _ in 0..count {
            poller.polled(now);
            times.push(now);
            now += poller.pause(now);
        }
        times
    }

    #[test]
    fn no_second_has_more_than_three_polls() {
        for (asked, told) in [(None, None), (Some(1), None), (None, Some(0)), (None, Some(200)), (Some(500), None)] {
            let mut poller = Poller::new(asked.map(Duration::from_millis));
            poller.heard(told.map(Duration::from_millis));
            for four in polls(poller, 40).windows(4) {
                assert!(four[3] - four[0] >= SECOND, "{asked:?} {told:?}: {four:?}");
            }
        }
    }

    #[test]
    fn pauses_grow_from_a_tenth_of_a_second_to_two_seconds() {
        let mut poller = Poller::new(None);
        let pauses: Vec<u128> = (0..10).map(|_| poller.pause(Instant::now()).as_millis()).collect();
        assert_eq!((pauses[0], pauses[9]), (100, 2_000));
        assert!(pauses.windows(2).all(|two| two[0] <= two[1]));
        poller.begin_again();
        assert_eq!(poller.pause(Instant::now()).as_millis(), 100);
    }

    #[test]
    fn the_first_word_of_the_server_is_kept_and_the_users_counts_more() {
        let mut poller = Poller::new(None);
        [None, Some(700), Some(5)].into_iter().for_each(|told| poller.heard(told.map(Duration::from_millis)));
        assert_eq!(poller.pause(Instant::now()).as_millis(), 700);
        let mut poller = Poller::new(Some(Duration::from_secs(4)));
        poller.heard(Some(Duration::from_millis(700)));
        assert_eq!(poller.pause(Instant::now()).as_secs(), 4);
        let mut poller = Poller::new(None);
        poller.heard(Some(Duration::MAX));
        assert_eq!(poller.pause(Instant::now()), LONGEST);
    }
}
