//! The limits on documents.

/// The limits on a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonLimits {
    /// The nesting depth of arrays and objects.
    pub depth: usize,
    /// The number of values, including arrays and objects. Each takes up to 320 bytes of memory.
    pub values: usize,
    /// The size of the text in bytes.
    pub bytes: usize,
}

impl JsonLimits {
    /// The default limits. They are wider than [`JsonLimits::REQUEST`], so that the client can read every response about an
    /// object that the server accepted.
    pub const READ: Self = Self { depth: 160, values: 250_000, bytes: 64 << 20 };

    /// The limits for a request to the embedded server. They leave room because an object can combine members of
    /// several requests, and a run also contains members of its assistant.
    pub const REQUEST: Self = Self { depth: 100, values: 60_000, bytes: 16 << 20 };
}
