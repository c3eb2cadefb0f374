//! Uploads of large files in parts (docs/protocol/uploads.md).
//!
//! The parts are sent in parallel. A failed part is sent again on its own, because the server discards parts that the
//! completion does not name. The ledger keeps the parts that were sent, so that a later command can continue after a
//! crash.

mod checksums;
mod parts;
mod progress;
mod source;

pub use parts::{PartOptions, dry_run, upload_in_parts};
pub use source::LargeFile;

use crate::http::ProgressCallback;
use crate::ui::Progress;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The largest size of a file that one request can upload (docs/protocol/objects.md#limits-and-defaults).
pub const LARGEST_FILE: u64 = 512 << 20;

/// The largest size of a part, and the default (docs/protocol/uploads.md#endpoints).
pub const LARGEST_PART: u64 = 64 << 20;

/// The maximum number of parts of an upload. The ledger stores all of them again after each one, and asst sends their
/// IDs in one request.
const MAX_PARTS: u64 = 2_000;

/// Returns a callback that advances a progress bar. The transport reports the total bytes sent and restarts at zero for
/// a retry, but the bar expects increments.
pub fn advance(bar: &Progress) -> ProgressCallback {
    let (tick, highest) = (bar.counter(), AtomicU64::new(0));
    Arc::new(move |now| tick(now.saturating_sub(highest.fetch_max(now, Ordering::Relaxed))))
}

/// Parses the size of a part: a number of bytes, or a number with K or M, up to 64 MiB.
pub fn part_size(text: &str) -> Result<u64, String> {
    let (number, factor) = match text.strip_suffix("iB").or_else(|| text.strip_suffix('B')).unwrap_or(text) {
        text if text.ends_with(['K', 'k']) => (text.trim_end_matches(['K', 'k']), 1 << 10),
        text if text.ends_with(['M', 'm']) => (text.trim_end_matches(['M', 'm']), 1 << 20),
        text => (text, 1),
    };
    let size = number.trim().parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
    size.filter(|size| (1..=LARGEST_PART).contains(size))
        .ok_or_else(|| format!("expected a size up to 64M, such as 16M or 500K, got `{text}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_parts_have_units_and_a_limit() {
        for (text, size) in [("1", 1), ("500K", 500 << 10), ("16MiB", 16 << 20), ("64M", 64 << 20), ("8mB", 8 << 20)] {
            assert_eq!(part_size(text), Ok(size), "{text}");
        }
        for wrong in ["0", "65M", "", "M", "-1", "1G", "99999999999999999999M", "1.5M"] {
            assert!(part_size(wrong).is_err(), "{wrong}");
        }
    }
}
