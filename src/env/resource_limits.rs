//! Limits on the resources of this process, for workers that process untrusted input.

use std::time::Duration;

/// Limits the address space of this process to `bytes`. A lower limit of the system stays. An allocation beyond the limit
/// aborts the process, without a core file.
///
/// If the system refuses, the process continues without the limit.
#[cfg(unix)]
pub fn limit_memory(bytes: u64) {
    use rustix::process::Resource;
    set(Resource::Core, 0);
    set(Resource::As, bytes);
}

/// Limits the processor time of this process. Beyond it, a signal ends the process.
///
/// If the system refuses, the process continues without the limit.
#[cfg(unix)]
pub fn limit_processor_time(time: Duration) {
    set(rustix::process::Resource::Cpu, time.as_secs().saturating_add(1));
}

#[cfg(unix)]
fn set(resource: rustix::process::Resource, wanted: u64) {
    use rustix::process::{Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(resource).maximum;
    let current = Some(maximum.map_or(wanted, |most| most.min(wanted)));
    let _ = setrlimit(resource, Rlimit { current, maximum });
}

/// Does nothing: this platform has no such limit.
#[cfg(not(unix))]
pub fn limit_memory(_: u64) {}

/// Does nothing: this platform has no such limit.
#[cfg(not(unix))]
pub fn limit_processor_time(_: Duration) {}
