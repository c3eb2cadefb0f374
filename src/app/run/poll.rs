//! When a run is asked for again.

use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// The pauses before the first polls; the last one stays. A short run is waited for shortly.
const PAUSES: [u64; 8] = [100, 250, 400, 550, 800, 1_200, 1_600, 2_000];

/// Most polls within a second, whatever anybody asks for.
const MOST: usize = 3;
const SECOND: Duration = Duration::from_secs(1);

/// No server may ask for so long a pause that a run seems to hang (PROTOCOL.md 8 has 1 to 5 seconds).
const LONGEST: Duration = Duration::from_secs(60);

/// The polls of one run.
#[derive(Debug)]
pub(super) struct Poller {
    asked: Option<Duration>,
    /// What the server said first, which is kept from then on (PROTOCOL.md 8).
    told: Option<Duration>,
    made: usize,
    recent: VecDeque<Instant>,
}

impl Poller {
    /// Polls with these pauses, or with those of the server, or with growing ones.
    pub(super) fn new(asked: Option<Duration>) -> Self {
        Self { asked, told: None, made: 0, recent: VecDeque::new() }
    }

    /// Begins with short pauses again, since the run goes on.
    pub(super) fn begin_again(&mut self) {
        self.made = 0;
    }

    /// Takes what a server says of its own accord.
    pub(super) fn heard(&mut self, poll_after: Option<Duration>) {
        self.told = self.told.or(poll_after.map(|pause| pause.min(LONGEST)));
    }

    /// Counts a poll that is made now.
    pub(super) fn polled(&mut self, now: Instant) {
        self.recent.push_back(now);
        if self.recent.len() > MOST {
            self.recent.pop_front();
        }
    }

    /// Returns how long to wait from now before the next poll.
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

    /// Returns when the next polls happen, in a made-up time.
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
