//! Protection of the memory of this process, which holds credentials.

/// Hides the memory and the environment (`/proc/PID/environ`) of this process from other processes of the same user. An
/// administrator can still read them.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn hide() {
    // If the kernel refuses, the process continues unprotected.
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// Does nothing: this platform has no such setting.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn hide() {}
