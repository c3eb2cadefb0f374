//! The channel through which a model publishes its output. The module must not depend on the receiver.

use tokio::sync::mpsc;

/// A part of a model's output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::serve) enum ModelDelta {
    /// More text.
    Text(String),
    /// The start of a tool call. Calls are numbered from 0 in the order of the reply.
    Call { index: usize, name: String },
    /// More of the arguments of a tool call that has started.
    Arguments { index: usize, text: String },
}

/// The sender of a model's output. A model may send all of its output, only the beginning, or nothing.
/// [`Round`](super::Round) contains the whole output.
#[derive(Debug, Clone)]
pub(in crate::serve) struct TokenSink(mpsc::UnboundedSender<ModelDelta>);

impl TokenSink {
    /// Returns a sender and its receiver.
    pub(in crate::serve) fn new() -> (Self, mpsc::UnboundedReceiver<ModelDelta>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    /// Sends a part without blocking. A closed receiver is ignored.
    pub(in crate::serve) fn send(&self, delta: ModelDelta) {
        let _ = self.0.send(delta);
    }
}
