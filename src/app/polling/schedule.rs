//! The timing of polls.

use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// The pauses before the first polls, in milliseconds. The last one repeats. Short first pauses suit short runs and
/// small files.
const PAUSES: [u64; 8] = [100, 250, 400, 550, 800, 1_200, 1_600, 2_000];

/// The maximum number of polls per second, whatever interval the user or the server requests.
const MAX_PER_SECOND: usize = 3;
const SECOND: Duration = Duration::from_secs(1);

/// The maximum pause that a server may request. With a longer pause, the command would seem to hang
/// (docs/protocol/runs.md#sdk-helpers has 1 to 5 seconds).
const MAX_PAUSE: Duration = Duration::from_secs(60);

/// The polling schedule of one object.
#[derive(Debug)]
pub(crate) struct PollSchedule {
    /// The pause that the user requested.
    user_pause: Option<Duration>,
    /// The first pause that the server requested, which is kept for all later polls
    /// (docs/protocol/runs.md#sdk-helpers).
    server_pause: Option<Duration>,
    /// The number of pauses since the schedule started or restarted.
    pauses: usize,
    /// The times of the last polls, at most [`MAX_PER_SECOND`].
    recent: VecDeque<Instant>,
}

impl PollSchedule {
    /// Creates a schedule. A pause that the user requested takes precedence, then one that the server requested.
    /// Without either, the pauses grow.
    pub(crate) fn new(user_pause: Option<Duration>) -> Self {
        Self { user_pause, server_pause: None, pauses: 0, recent: VecDeque::new() }
    }

    /// Starts with short pauses again. For an object that begins to change again, such as a run after a submission of
    /// tool outputs.
    pub(crate) fn restart(&mut self) {
        self.pauses = 0;
    }

    /// Stores the pause that a server requests in its response.
    pub(crate) fn set_server_pause(&mut self, pause: Option<Duration>) {
        self.server_pause = self.server_pause.or(pause.map(|pause| pause.min(MAX_PAUSE)));
    }

    /// Records a poll at the time `now`.
    pub(crate) fn polled(&mut self, now: Instant) {
        self.recent.push_back(now);
        if self.recent.len() > MAX_PER_SECOND {
            self.recent.pop_front();
        }
    }

    /// Returns the time to wait from `now` until the next poll.
    pub(crate) fn next_pause(&mut self, now: Instant) -> Duration {
        let [.., last] = PAUSES;
        let growing = Duration::from_millis(PAUSES.get(self.pauses).copied().unwrap_or(last));
        self.pauses += 1;
        let pause = self.user_pause.or(self.server_pause).unwrap_or(growing);
        match self.recent.front() {
            Some(first) if self.recent.len() == MAX_PER_SECOND => {
                pause.max((*first + SECOND).saturating_duration_since(now))
            }
            _ => pause,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the times of the next polls, in simulated time.
    fn polls(mut schedule: PollSchedule, count: usize) -> Vec<Instant> {
        let mut now = Instant::now();
        let mut times = Vec::new();
        for _ in 0..count {
            schedule.polled(now);
            times.push(now);
            now += schedule.next_pause(now);
        }
        times
    }

    #[test]
    fn no_second_has_more_than_three_polls() {
        for (user, server) in [(None, None), (Some(1), None), (None, Some(0)), (None, Some(200)), (Some(500), None)] {
            let mut schedule = PollSchedule::new(user.map(Duration::from_millis));
            schedule.set_server_pause(server.map(Duration::from_millis));
            for four in polls(schedule, 40).windows(4) {
                assert!(four[3] - four[0] >= SECOND, "{user:?} {server:?}: {four:?}");
            }
        }
    }

    #[test]
    fn pauses_grow_from_a_tenth_of_a_second_to_two_seconds() {
        let mut schedule = PollSchedule::new(None);
        let pauses: Vec<u128> = (0..10).map(|_| schedule.next_pause(Instant::now()).as_millis()).collect();
        assert_eq!((pauses[0], pauses[9]), (100, 2_000));
        assert!(pauses.windows(2).all(|two| two[0] <= two[1]));
        schedule.restart();
        assert_eq!(schedule.next_pause(Instant::now()).as_millis(), 100);
    }

    #[test]
    fn first_pause_of_the_server_is_kept_unless_the_user_sets_one() {
        let mut schedule = PollSchedule::new(None);
        let pauses = [None, Some(700), Some(5)].map(|pause| pause.map(Duration::from_millis));
        pauses.into_iter().for_each(|pause| schedule.set_server_pause(pause));
        assert_eq!(schedule.next_pause(Instant::now()).as_millis(), 700);
        let mut schedule = PollSchedule::new(Some(Duration::from_secs(4)));
        schedule.set_server_pause(Some(Duration::from_millis(700)));
        assert_eq!(schedule.next_pause(Instant::now()).as_secs(), 4);
        let mut schedule = PollSchedule::new(None);
        schedule.set_server_pause(Some(Duration::MAX));
        assert_eq!(schedule.next_pause(Instant::now()), MAX_PAUSE);
    }
}
