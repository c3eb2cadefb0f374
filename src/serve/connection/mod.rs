//! Connections and request bodies: limits on their number, their memory, and the time that a peer may keep them
//! waiting. The module must not depend on the meaning of requests.

mod allowance;
pub(super) mod body;
pub(super) mod connections;
pub(super) mod json_body;
pub(super) mod write_timeout;
