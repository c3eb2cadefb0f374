//! Reads the text of a file without blocking the async runtime.

use super::decode::decode;
use super::event::WorkerEvent;
use super::failure::ExtractionFailure;
use super::html::Html;
use super::kind::{DocumentKind, HEAD};
use super::limits::ExtractionLimits;
use super::pieces::Pieces;
use super::supervisor;
use std::fs::File;
use std::io::{self, Read, Seek};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::{AbortHandle, spawn_blocking};

/// The number of events that the channel holds.
const CHANNEL_CAPACITY: usize = 2;

/// A file whose text is to be read.
#[derive(Debug)]
pub struct Input {
    /// The open file. It is read from its beginning; its position changes.
    pub file: File,
    /// The name under which the file was uploaded. Its extension states the type.
    pub name: String,
    /// The declared media type, which is used if the extension is unknown.
    pub media_type: Option<String>,
}

/// The text of a file, in pieces of at most [`PIECE`](super::PIECE) bytes.
///
/// Dropping the value ends the extraction.
#[derive(Debug)]
pub struct Extraction {
    events: Receiver<WorkerEvent>,
    task: AbortHandle,
    is_over: bool,
}

impl Extraction {
    /// Starts to read a file. Must be called within a tokio runtime.
    pub fn start(input: Input, limits: ExtractionLimits) -> Self {
        let (send, events) = channel(CHANNEL_CAPACITY);
        let task = tokio::spawn(async move {
            let last = match read(input, &limits, &send).await {
                Ok(()) => WorkerEvent::Complete,
                Err(failure) => WorkerEvent::Failed(failure),
            };
            let _ = send.send(last).await; // An error means that the receiver was dropped.
        });
        Self { events, task: task.abort_handle(), is_over: false }
    }

    /// Returns the next piece, or `None` after the last one. Pieces end at character boundaries, and the text is
    /// complete only if `None` was returned without a failure before.
    ///
    /// # Errors
    /// Returns an error if the file has no readable text, or a limit is exceeded. The pieces before must be discarded.
    /// Further calls return `None`.
    pub async fn next(&mut self) -> Option<Result<String, ExtractionFailure>> {
        if self.is_over {
            return None;
        }
        let event = self.events.recv().await;
        self.is_over = !matches!(event, Some(WorkerEvent::Piece(_)));
        match event {
            Some(WorkerEvent::Piece(piece)) => Some(Ok(piece)),
            Some(WorkerEvent::Complete) => None,
            Some(WorkerEvent::Failed(failure)) => Some(Err(failure)),
            None => Some(Err(ExtractionFailure::server("the task that read the file ended early"))),
        }
    }
}

impl Drop for Extraction {
    fn drop(&mut self) {
        // This ends a worker. A blocking task ends when it sends its next piece.
        self.task.abort();
    }
}

async fn read(
    mut input: Input,
    limits: &ExtractionLimits,
    send: &Sender<WorkerEvent>,
) -> Result<(), ExtractionFailure> {
    let detected = blocking(move || {
        let kind = detect(&mut input).map_err(ExtractionFailure::server)??;
        Ok((kind, input.file))
    });
    let (kind, file) = detected.await?;
    match kind {
        DocumentKind::Office | DocumentKind::Pdf => {
            for piece in supervisor::read(file, kind, limits).await? {
                send.send(WorkerEvent::Piece(piece)).await.map_err(ExtractionFailure::server)?;
            }
            Ok(())
        }
        DocumentKind::Text | DocumentKind::Html => {
            let send = send.clone();
            blocking(move || text(file, kind, &send)).await
        }
    }
}

/// Runs blocking work on a thread of the runtime that may block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ExtractionFailure> + Send + 'static,
) -> Result<T, ExtractionFailure> {
    spawn_blocking(work).await.map_err(ExtractionFailure::server)?
}

fn text(file: File, kind: DocumentKind, send: &Sender<WorkerEvent>) -> Result<(), ExtractionFailure> {
    let mut emit = |piece| {
        let sent = send.blocking_send(WorkerEvent::Piece(piece));
        sent.map_err(|_| ExtractionFailure::server("the receiver of the text was dropped"))
    };
    let mut pieces = Pieces::new(u64::MAX, &mut emit);
    if kind == DocumentKind::Html {
        let mut html = Html::new(&mut pieces);
        decode(file, &mut |text| html.feed(text))?;
        html.finish()?;
    } else {
        decode(file, &mut |text| pieces.push(text))?;
    }
    pieces.finish("The file contains no text.")
}

/// Determines the type of a file. Leaves the file at its beginning.
fn detect(input: &mut Input) -> io::Result<Result<DocumentKind, ExtractionFailure>> {
    input.file.rewind()?;
    let mut head = Vec::with_capacity(HEAD);
    (&input.file).take(HEAD as u64).read_to_end(&mut head)?;
    input.file.rewind()?;
    Ok(DocumentKind::detect(&input.name, input.media_type.as_deref(), &head))
}
