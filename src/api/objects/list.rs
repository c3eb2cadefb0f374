//! Lists and deletion results (docs/protocol/endpoints.md#lists-and-paging, docs/protocol/objects.md#deletion-result).

use super::object::object;
use super::{Field, FromValue, JsonObject, List};
use serde_json::Value;

object! {
    /// The envelope of a page.
    ListEnvelope {
        object: &str,
        /// The objects of the page. [`ListEnvelope::items`] reads them as a type.
        data: List<'_, &Value>,
        /// The ID of the first object. Servers send `null` for an empty page.
        first_id: &str,
        /// The ID of the last object, which is the cursor of the next page.
        last_id: &str,
        has_more: bool,
    }
}

impl ListEnvelope {
    /// Returns the objects of the page as a type.
    pub fn items<'a, T: FromValue<'a>>(&'a self) -> Field<'a, List<'a, T>> {
        self.member("data")
    }
}

object! {
    /// The response to a deletion.
    DeletionResult {
        id: &str,
        object: &str,
        deleted: bool,
    }
}
