//! Returns free memory of the allocator to the system.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

/// The delay before the memory is returned, so that one call covers several deallocations.
const PAUSE: Duration = Duration::from_millis(100);

static PLANNED: AtomicBool = AtomicBool::new(false);

/// Returns the free memory of this process to the system after a short delay. Call this after freeing something large:
/// glibc keeps freed memory that lies below memory in use.
pub fn trim_soon() {
    let Ok(runtime) = Handle::try_current() else { return };
    if !PLANNED.swap(true, Ordering::Relaxed) {
        runtime.spawn(async {
            sleep(PAUSE).await;
            PLANNED.store(false, Ordering::Relaxed);
            let _ = spawn_blocking(trim).await;
        });
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code)] // Declares a glibc function that is safe to call at any time with any argument.
fn trim() {
    unsafe extern "C" {
        safe fn malloc_trim(pad: usize) -> std::ffi::c_int;
    }
    malloc_trim(0);
}

/// Does nothing: other allocators return memory on their own.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn trim() {}
