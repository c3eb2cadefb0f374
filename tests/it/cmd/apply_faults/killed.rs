//! An apply that is killed at any instant.

use super::{apply_and_check, counts, write};
use crate::support::test_env::{eventually, served};
use std::time::{Duration, Instant};

/// A generator of numbers that a seed determines (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit.max(1)
    }
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// `ASST_TEST_KILLS` is the number of kills.
#[test]
fn a_killed_apply_is_completed_by_the_next_one() {
    let kills = variable("ASST_TEST_KILLS").unwrap_or(6);
    let seed = variable("ASST_TEST_SEED").unwrap_or_else(|| u64::from(std::process::id()) << 20 | 1);
    let mut numbers = Numbers(seed);
    let (_server, asst) = served(&["--fault", "latency=3ms..12ms"]);
    write(&asst, 0, 6);
    let start = Instant::now();
    apply_and_check(&asst, 0, 6, "the first apply");
    // An apply and the checks after it take about this long, so that kills hit the whole of it.
    let longest = u64::try_from(start.elapsed().as_millis()).unwrap() / 3;
    let mut was_killed = 0;
    for number in 1..=usize::try_from(kills).unwrap() {
        // Every third apply creates all objects, and the others change them. The number of assistants changes too.
        if number % 3 == 0 {
            asst.run(["destroy", "--yes"]).ok();
        }
        let assistants = 4 + number % 4;
        write(&asst, number, assistants);
        let flags = ["apply", "--prune", "--yes", "--on-drift", "overwrite", "--concurrency", "3"];
        let mut child = asst.command(flags).spawn().unwrap();
        let after = numbers.below(longest);
        std::thread::sleep(Duration::from_millis(after));
        was_killed += u64::from(child.try_wait().unwrap().is_none());
        let _ = child.kill();
        child.wait().unwrap();
        // A request may still be on its way when its sender is killed.
        let mut before = counts(&asst);
        eventually("the server is idle", || {
            std::thread::sleep(Duration::from_millis(40));
            let now = counts(&asst);
            (std::mem::replace(&mut before, now) == now).then_some(())
        });
        apply_and_check(&asst, number, assistants, &format!("seed {seed}, kill {number} after {after} ms"));
    }
    assert!(was_killed > 0, "seed {seed}: no apply was killed in time");
}
