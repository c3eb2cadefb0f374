//! Request bodies that stream in constant memory: a file or a reader in a multipart form.
//!
//! A thread reads 64 or 256 KiB at a time and sends the chunks (`chunk_reader`). `Part::file` of reqwest takes 21 times as
//! long (docs/decisions/upload_streams.md).

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};

use super::chunk_reader::{self, ByteStream, LARGE_CHUNK, ProgressCallback, SMALL_CHUNK};
use super::error::ReadFailed;
use super::mime;
use crate::env::random;

type Opener = Arc<dyn Fn() -> io::Result<ByteStream> + Send + Sync>;

/// A function that opens a reader.
pub type OpenReader = Arc<dyn Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync>;

/// The source of the bytes of an upload.
#[derive(Clone)]
pub enum UploadSource {
    /// A file, which is opened again for each attempt.
    File(PathBuf),
    /// Bytes in memory.
    Bytes(Bytes),
    /// Bytes of a known length: a part of a file, or a file of a folder. A function opens them for each attempt. They are
    /// read in small chunks, because several of them are sent at once.
    Opened { length: u64, open: OpenReader },
    /// A reader such as standard input, which can be sent only once.
    Reader(Arc<Mutex<Option<Box<dyn Read + Send>>>>),
}

impl UploadSource {
    /// Creates a source from a reader of unknown length.
    pub fn reader(reader: impl Read + Send + 'static) -> Self {
        Self::Reader(Arc::new(Mutex::new(Some(Box::new(reader)))))
    }

    fn length(&self) -> io::Result<Option<u64>> {
        match self {
            Self::File(path) => {
                let metadata = std::fs::metadata(path)?;
                if metadata.is_dir() {
                    return Err(io::Error::from(io::ErrorKind::IsADirectory));
                }
                // A pipe or a device has no known length and is sent with chunked encoding.
                Ok(metadata.is_file().then_some(metadata.len()))
            }
            Self::Bytes(bytes) => Ok(Some(bytes.len() as u64)),
            Self::Opened { length, .. } => Ok(Some(*length)),
            Self::Reader(_) => Ok(None),
        }
    }

    fn open(&self, length: Option<u64>, progress: Option<ProgressCallback>) -> io::Result<ByteStream> {
        match self {
            Self::Bytes(bytes) => {
                let bytes = bytes.clone();
                Ok(Box::pin(stream::once(async move { Ok(bytes) })))
            }
            Self::File(path) => Ok(chunk_reader::read_in_thread(File::open(path)?, length, LARGE_CHUNK, progress)),
            Self::Opened { length, open } => {
                Ok(chunk_reader::read_in_thread(open()?, Some(*length), SMALL_CHUNK, progress))
            }
            Self::Reader(_) if self.was_taken() => Err(sent_once()),
            Self::Reader(slot) => {
                // The reader is taken when the first chunk is requested, so that an attempt that fails to connect does
                // not consume it.
                let slot = Arc::clone(slot);
                let opened = async move {
                    match slot.lock().unwrap_or_else(PoisonError::into_inner).take() {
                        Some(reader) => chunk_reader::read_in_thread(reader, length, LARGE_CHUNK, progress),
                        None => Box::pin(stream::once(async { Err(ReadFailed(sent_once())) })),
                    }
                };
                Ok(Box::pin(stream::once(opened).flatten()))
            }
        }
    }

    fn was_taken(&self) -> bool {
        match self {
            Self::Reader(slot) => slot.lock().unwrap_or_else(PoisonError::into_inner).is_none(),
            Self::File(_) | Self::Bytes(_) | Self::Opened { .. } => false,
        }
    }
}

fn sent_once() -> io::Error {
    io::Error::other("standard input can be sent only once")
}

/// A body that is read while it is sent.
#[derive(Clone)]
pub struct StreamBody {
    content_type: String,
    length: Option<u64>,
    source: UploadSource,
    form: FormContents,
    open: Opener,
}

/// The contents of a form, for display.
#[derive(Clone)]
pub struct FormContents {
    pub fields: Vec<(String, String)>,
    /// The name of the part that contains the file.
    pub part: String,
    pub file_name: String,
    /// The path of the file, or `None` for a reader.
    pub path: Option<PathBuf>,
}

impl fmt::Debug for StreamBody {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("StreamBody").field("content_type", &self.content_type).field("length", &self.length).finish()
    }
}

impl StreamBody {
    /// Returns the length in bytes, if it is known in advance.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Returns the contents of the form.
    pub fn form(&self) -> &FormContents {
        &self.form
    }

    /// Returns `true` if the body can be sent, for the first time or again.
    pub fn can_be_sent(&self) -> bool {
        !self.source.was_taken()
    }

    /// Returns the text that a trace or a dry run shows in place of the bytes.
    pub fn summary(&self) -> String {
        let kind = self.content_type.split(';').next().unwrap_or_default();
        match self.length {
            Some(length) => format!("[{kind}, {length} bytes]"),
            None => format!("[{kind}, of unknown length]"),
        }
    }

    pub(super) fn add_headers(&self, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::from_str(&self.content_type) {
            headers.insert(CONTENT_TYPE, value);
        }
        if let Some(length) = self.length {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
    }

    pub(super) fn open(&self) -> io::Result<ByteStream> {
        (self.open)()
    }
}

/// Builds a multipart form: text fields, then one file, whose media type follows from its name.
///
/// # Errors
/// Returns an error if the file does not exist or is a directory.
pub fn upload(
    fields: &[(&str, &str)],
    part: &str,
    file_name: &str,
    source: UploadSource,
    progress: Option<ProgressCallback>,
) -> io::Result<StreamBody> {
    let boundary = format!("asst-{}", random::alphanumeric(32));
    let mut head = String::new();
    for (name, value) in fields {
        let name = quoted(name);
        head.push_str(&format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    }
    head.push_str(&format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\n\
         Content-Type: {}\r\n\r\n",
        quoted(part),
        quoted(file_name),
        mime::type_of(file_name)
    ));
    let tail = format!("\r\n--{boundary}--\r\n");
    let file_length = source.length()?;
    let length = file_length.map(|file_length| file_length + (head.len() + tail.len()) as u64);
    let (head, tail) = (Bytes::from(head), Bytes::from(tail));
    let reopened = source.clone();
    let open = move || {
        let file = reopened.open(file_length, progress.clone())?;
        let (head, tail) = (head.clone(), tail.clone());
        let whole = stream::once(async { Ok(head) }).chain(file).chain(stream::once(async { Ok(tail) }));
        Ok(Box::pin(whole) as ByteStream)
    };
    let form = FormContents {
        fields: fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        part: part.to_owned(),
        file_name: file_name.to_owned(),
        path: match &source {
            UploadSource::File(path) => Some(path.clone()),
            UploadSource::Bytes(_) | UploadSource::Opened { .. } | UploadSource::Reader(_) => None,
        },
    };
    Ok(StreamBody {
        content_type: format!("multipart/form-data; boundary={boundary}"),
        length,
        source,
        form,
        open: Arc::new(open),
    })
}

/// Escapes a name as browsers do in forms.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}
