//! What a model says while it speaks. Must not know who listens.

use tokio::sync::mpsc;

/// A piece of what a model says. All pieces of a round together are its reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::serve) enum Piece {
    /// More of the text.
    Text(String),
    /// A call begins; calls are numbered from 0 in the order of the reply.
    Call { index: usize, name: String },
    /// More of the arguments of a call that has begun.
    Arguments { index: usize, text: String },
}

/// Where a model tells what it says. A model that tells nothing, or not all, is right too: whoever listens gets the rest
/// from the [`Round`](super::Round).
#[derive(Debug, Clone)]
pub(in crate::serve) struct Speech(mpsc::UnboundedSender<Piece>);

impl Speech {
    /// Returns where to tell and where to listen.
    pub(in crate::serve) fn new() -> (Self, mpsc::UnboundedReceiver<Piece>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    /// Tells a piece; never waits, and does not mind that nobody listens.
    pub(in crate::serve) fn tell(&self, piece: Piece) {
        let _ = self.0.send(piece);
    }
}
