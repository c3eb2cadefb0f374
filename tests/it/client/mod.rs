//! What the client does with backends that no good server is: they fail, cut, stall, lie, repeat themselves.

mod answers;
mod lists;
mod requests;
mod retries;

use crate::listener::{Deed, Listener};
use crate::world::Asst;
use serde_json::json;

const KEY: &str = "sk-test-0123456789";

fn thread() -> Deed {
    Deed::json(200, &json!({ "id": "thread_1", "object": "thread", "created_at": 1_700_000_000, "metadata": {} }))
}

fn failed(status: u16) -> Deed {
    Deed::error(status, "The server had an error", Some("server_error"))
}

fn deleted(id: &str, deleted: bool) -> Deed {
    Deed::json(200, &json!({ "id": id, "object": "thread.deleted", "deleted": deleted }))
}

/// Returns the listener, and a user whose backend it is.
fn hostile(deeds: impl IntoIterator<Item = Deed>) -> (Listener, Asst) {
    let listener = Listener::scripted(deeds);
    let asst = Asst::with_backend(&listener.url());
    (listener, asst)
}
