//! How much memory a command takes.

use crate::test_env::{Asst, PATIENCE, Ran, skipped};
use std::ffi::OsStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Runs and returns also the most memory that the process had at once, in MiB; `None` where it ended before anybody
/// could look, and, said aloud, where the system does not tell.
pub(crate) fn measured<S: AsRef<OsStr>>(asst: &Asst, args: impl IntoIterator<Item = S>) -> (Ran, Option<u64>) {
    let child = asst.command(args).spawn().unwrap();
    let (id, over) = (child.id().to_string(), AtomicBool::new(false));
    let first = of_child(&id);
    let (output, peak) = std::thread::scope(|scope| {
        let watch = scope.spawn(|| watch(&id, &over));
        let output = child.wait_with_output().unwrap();
        over.store(true, Ordering::SeqCst);
        (output, watch.join().unwrap())
    });
    if high_water("self").is_none() {
        skipped("the measure of memory", "there is no /proc/PID/status with VmHWM");
    }
    (asst.ran(output), peak.max(first))
}

/// Looks until the process is over; what does not end is ended. The mark only rises, so that the last look has all but
/// the last moment in it.
fn watch(id: &str, over: &AtomicBool) -> Option<u64> {
    let (mut peak, start) = (None, Instant::now());
    while !over.load(Ordering::SeqCst) {
        peak = peak.max(of_child(id));
        if start.elapsed() > 2 * PATIENCE {
            let _ = std::process::Command::new("kill").args(["-KILL", id]).status();
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    peak
}

/// Returns the most memory that a child had, in MiB, once it is a program of its own: it is born with our memory, and has
/// it for a moment after `spawn` returned. The link goes over to the new program together with the memory.
fn of_child(id: &str) -> Option<u64> {
    let program = |id: &str| std::fs::read_link(format!("/proc/{id}/exe")).ok();
    let own = program(id)?;
    (Some(own) != program("self")).then(|| high_water(id))?
}

/// Returns the most memory that a process had, in MiB.
fn high_water(id: &str) -> Option<u64> {
    most_kib(id).map(|kib| kib.div_ceil(1024))
}

/// Returns the most memory that a process had, in KiB. Systems add it up from parts, and a later answer may be less by
/// some pages.
pub(crate) fn most_kib(id: impl std::fmt::Display) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

#[test]
fn what_is_measured_is_the_command_and_not_the_test() {
    let (ours, asst) = (std::hint::black_box(vec![1_u8; 100 << 20]), Asst::new());
    for _ in 0..40 {
        let (ran, peak) = measured(&asst, ["--version"]);
        ran.code(0);
        assert!(peak.is_none_or(|peak| peak < 64), "{peak:?} MiB");
    }
    drop(ours);
}
