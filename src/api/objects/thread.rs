//! Threads (docs/protocol/objects.md#thread).

use super::ToolResources;
use super::object::object;
use serde_json::{Map, Value};

object! {
    /// A thread.
    Thread {
        id: &str,
        object: &str,
        /// The time of creation in seconds since 1970.
        created_at: f64,
        tool_resources: &ToolResources,
        metadata: &Map<String, Value>,
    }
}
