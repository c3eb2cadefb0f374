//! How much memory a command takes.

use crate::world::{Asst, PATIENCE, Ran, skipped};
use std::ffi::OsStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Runs and returns also the most memory that the process had at once, in MiB; `None` where it ended before anybody
/// could look, and, said aloud, where the system does not tell.
pub(crate) fn measured<S: AsRef<OsStr>>(asst: &Asst, args: impl IntoIterator<Item = S>) -> (Ran, Option<u64>) {
    let child = asst.command(args).spawn().unwrap();
    let (id, over) = (child.id().to_string(), AtomicBool::new(false));
    let first = high_water(&format!("/proc/{id}/status"));
    let (output, peak) = std::thread::scope(|scope| {
        let watch = scope.spawn(|| watch(&id, &over));
        let output = child.wait_with_output().unwrap();
        over.store(true, Ordering::SeqCst);
        (output, watch.join().unwrap())
    });
    if high_water("/proc/self/status").is_none() {
        skipped("the measure of memory", "there is no /proc/PID/status with VmHWM");
    }
    (asst.ran(output), peak.max(first))
}

/// Looks until the process is over; what does not end is ended. The mark only rises, so that the last look has all but
/// the last moment in it.
fn watch(id: &str, over: &AtomicBool) -> Option<u64> {
    let (mut peak, start, status) = (None, Instant::now(), format!("/proc/{id}/status"));
    while !over.load(Ordering::SeqCst) {
        peak = peak.max(high_water(&status));
        if start.elapsed() > 2 * PATIENCE {
            let _ = std::process::Command::new("kill").args(["-KILL", id]).status();
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    peak
}

/// Returns the most memory that a process had, in MiB.
fn high_water(status: &str) -> Option<u64> {
    let text = std::fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok().map(|kib: u64| kib.div_ceil(1024))
}
