//! The state of pipes between a test and a command.

use super::test_env::eventually;
use std::os::fd::AsFd;

/// Waits until the reader of a pipe has taken everything.
pub(crate) fn until_empty(pipe: &impl AsFd) {
    eventually("an empty pipe", || (rustix::io::ioctl_fionread(pipe).unwrap() == 0).then_some(()));
}

/// Waits until a pipe is so full that its writer blocks.
#[cfg(target_os = "linux")]
pub(crate) fn until_full(pipe: &impl AsFd) {
    // A pipe consists of pages, and a short write does not fill the rest of a page.
    let full = rustix::pipe::fcntl_getpipe_size(pipe).unwrap() as u64 / 10 * 9;
    eventually("a full pipe", || (rustix::io::ioctl_fionread(pipe).unwrap() >= full).then_some(()));
}

/// Waits for a moment, because the capacity of the pipe is unknown.
#[cfg(not(target_os = "linux"))]
pub(crate) fn until_full(_: &impl AsFd) {
    std::thread::sleep(crate::streams::WHILE);
}
