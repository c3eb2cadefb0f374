//! The events of an extraction: pieces of text, then the end or a failure. Workers write them to a pipe.

use super::failure::{ExtractionFailure, FailureCode};
use super::pieces::PIECE;
use std::io::{self, ErrorKind, Write};
use tokio::io::{AsyncRead, AsyncReadExt};

/// An event of an extraction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WorkerEvent {
    Piece(String),
    /// All pieces were sent.
    Complete,
    Failed(ExtractionFailure),
}

/// The maximum length of the texts of a failure in bytes. Longer ones are cut.
const MAX_FAILURE_TEXT: usize = 4 << 10;

impl WorkerEvent {
    /// Writes the event: one byte for its kind, four for the length of its text, and the text.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let texts;
        let (kind, text) = match self {
            Self::Piece(piece) => (b'P', piece.as_str()),
            Self::Complete => (b'C', ""),
            Self::Failed(failure) => {
                let detail = failure.detail.as_deref().unwrap_or_default();
                texts = format!("{}\0{}", cut(&failure.message), cut(detail));
                let kind = match failure.code {
                    FailureCode::ServerError => b's',
                    FailureCode::UnsupportedFile => b'u',
                    FailureCode::InvalidFile => b'i',
                };
                (kind, texts.as_str())
            }
        };
        let length = u32::try_from(text.len()).map_err(io::Error::other)?;
        out.write_all(&[kind])?;
        out.write_all(&length.to_be_bytes())?;
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    /// Reads an event, or `None` at the end of the input.
    ///
    /// # Errors
    /// Returns an error if the input cannot be read, ends within an event, or is not an event. The size of an event is
    /// limited.
    pub(super) async fn read(input: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Self>> {
        let mut kind = [0];
        if input.read(&mut kind).await? == 0 {
            return Ok(None);
        }
        let length = input.read_u32().await? as usize;
        if length > PIECE {
            return Err(ErrorKind::InvalidData.into());
        }
        let mut text = vec![0; length];
        input.read_exact(&mut text).await?;
        let text = String::from_utf8(text).map_err(|_| ErrorKind::InvalidData)?;
        let code = match kind {
            [b'P'] => return Ok(Some(Self::Piece(text))),
            [b'C'] => return Ok(Some(Self::Complete)),
            [b's'] => FailureCode::ServerError,
            [b'u'] => FailureCode::UnsupportedFile,
            [b'i'] => FailureCode::InvalidFile,
            _ => return Err(ErrorKind::InvalidData.into()),
        };
        let (message, detail) = text.split_once('\0').unwrap_or((&text, ""));
        let detail = Some(detail.to_owned()).filter(|detail| !detail.is_empty());
        Ok(Some(Self::Failed(ExtractionFailure { code, message: message.to_owned(), detail })))
    }
}

fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MAX_FAILURE_TEXT)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn events_survive_the_pipe() {
        let events = [
            WorkerEvent::Piece("Ünïcödé\0".to_owned()),
            WorkerEvent::Failed(ExtractionFailure::invalid("damaged").with_detail("at byte 7")),
            WorkerEvent::Failed(ExtractionFailure::unsupported("a type")),
            WorkerEvent::Failed(ExtractionFailure::server("disk")),
            WorkerEvent::Complete,
        ];
        let mut bytes = Vec::new();
        events.iter().for_each(|event| event.write(&mut bytes).unwrap());
        let mut input = &bytes[..];
        for event in events {
            assert_eq!(WorkerEvent::read(&mut input).await.unwrap(), Some(event));
        }
        assert_eq!(WorkerEvent::read(&mut input).await.unwrap(), None);
    }

    #[tokio::test]
    async fn long_failure_texts_are_cut_and_long_events_refused() {
        let mut bytes = Vec::new();
        WorkerEvent::Failed(ExtractionFailure::invalid("ä".repeat(PIECE))).write(&mut bytes).unwrap();
        assert!(bytes.len() < PIECE, "{}", bytes.len());
        for wrong in [&b"P\xFF\xFF\xFF\xFF"[..], b"P\0\0\0\x02a", b"P\0\0", b"X\0\0\0\0", b"P\0\0\0\x01\xFF"] {
            assert!(WorkerEvent::read(&mut &*wrong).await.is_err(), "{wrong:?}");
        }
    }
}
