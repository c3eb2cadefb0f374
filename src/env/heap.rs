//! The memory that the allocator keeps although nothing is in it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

/// For how long more may be freed before the allocator is asked.
const PAUSE: Duration = Duration::from_millis(100);

static PLANNED: AtomicBool = AtomicBool::new(false);

/// Gives the free memory of this process back to the system, a moment later. To be called when something large was freed:
/// glibc keeps freed memory below anything that is still in use, for as long as the process lives.
pub fn give_back_soon() {
    let Ok(runtime) = Handle::try_current() else { return };
    if !PLANNED.swap(true, Ordering::Relaxed) {
        runtime.spawn(async {
            sleep(PAUSE).await;
            PLANNED.store(false, Ordering::Relaxed);
            let _ = spawn_blocking(give_back).await;
        });
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code)] // The declaration of a function of glibc, which may be called at any time with any number.
fn give_back() {
    unsafe extern "C" {
        safe fn malloc_trim(pad: usize) -> std::ffi::c_int;
    }
    malloc_trim(0);
}

/// Other allocators give back by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn give_back() {}
