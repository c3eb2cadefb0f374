//! Measures the peak memory of a command.

use crate::support::test_env::{Asst, PATIENCE, Ran};
use std::ffi::OsStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Runs a command. Returns its result and the peak memory of its process in MiB.
///
/// The peak is `None` if the process ended before the first sample, and on systems other than Linux.
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
    assert!(!cfg!(target_os = "linux") || high_water("self").is_some(), "/proc/PID/status has no VmHWM");
    (asst.ran(output), peak.max(first))
}

/// Samples the memory until the process ends, and kills it after a timeout. The kernel's mark only rises, so the last
/// sample misses only the last moment.
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

/// Returns the peak memory of a child in MiB, once it runs its own program. A child starts with the memory of this
/// process, and keeps it for a moment after `spawn` returns. Its `exe` link changes together with the memory.
fn of_child(id: &str) -> Option<u64> {
    let program = |id: &str| std::fs::read_link(format!("/proc/{id}/exe")).ok();
    let own = program(id)?;
    (Some(own) != program("self")).then(|| high_water(id))?
}

/// Returns the peak memory of a process in MiB.
fn high_water(id: &str) -> Option<u64> {
    most_kib(id).map(|kib| kib.div_ceil(1024))
}

/// Returns the peak memory of a process in KiB. Systems add it up from parts, so a later value may be a few pages
/// lower.
pub(crate) fn most_kib(id: impl std::fmt::Display) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

#[test]
fn the_memory_of_the_test_itself_is_not_measured() {
    let (ours, asst) = (std::hint::black_box(vec![1_u8; 100 << 20]), Asst::new());
    for _ in 0..40 {
        let (ran, peak) = measured(&asst, ["--version"]);
        ran.code(0);
        assert!(peak.is_none_or(|peak| peak < 64), "{peak:?} MiB");
    }
    drop(ours);
}
