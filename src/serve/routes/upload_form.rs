//! The multipart form of a file upload. The contents of the file are written to the store as they arrive.

use crate::api::Dialect;
use crate::serve::connection::body::{UnparsedBytes, has_stalled, has_too_many_unparsed_bytes, limit_unparsed};
use crate::serve::error::ErrorResponse;
use crate::serve::store::{Incoming, Store};
use axum::{
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request, multipart::Field, multipart::MultipartError},
    http::StatusCode,
};
use serde_json::{Map, Value, json};

/// The maximum size in bytes of the form fields other than the file.
const MAX_FIELD_BYTES: usize = 64 * 1024;

/// The field of a form that contains a file.
#[derive(Debug)]
pub(super) struct FormFile {
    /// The name of the field.
    pub(super) member: &'static str,
    /// The maximum size of the file in bytes.
    pub(super) max_bytes: u64,
    /// `true` if the field must have a file name.
    pub(super) needs_name: bool,
}

/// The contents of an upload form.
#[derive(Debug, Default)]
pub(super) struct UploadForm {
    /// The fields by name. The field with the file has an empty text, so that checks of the members find it.
    pub(super) members: Map<String, Value>,
    pub(super) file: Option<UploadedFile>,
    /// The size in bytes of the fields other than the file, including their names.
    length: usize,
    unparsed: UnparsedBytes,
}

/// A file of an upload form.
#[derive(Debug)]
pub(super) struct UploadedFile {
    /// The file name of the form field.
    name: String,
    pub(super) contents: Incoming,
}

impl UploadedFile {
    /// Returns the name of the file: `preferred` if it is a valid file name, or else the file name of the form field.
    pub(super) fn name(&self, preferred: Option<&str>) -> String {
        preferred.and_then(file_name).unwrap_or_else(|| self.name.clone())
    }
}

impl UploadForm {
    /// Reads the form of a request.
    ///
    /// # Errors
    /// Returns an error if the request is not a form, if it exceeds a limit, or if its body stops arriving.
    pub(super) async fn read(
        store: &Store,
        request: Request,
        dialect: Dialect,
        expected: &FormFile,
    ) -> Result<Self, ErrorResponse> {
        let mut form = Self::default();
        let unparsed = form.unparsed.clone();
        let mut request = request.map(|body| limit_unparsed(body, unparsed));
        DefaultBodyLimit::disable().apply(&mut request); // Files have their own size limit.
        let mut multipart = Multipart::from_request(request, &()).await.map_err(|error| {
            ErrorResponse::bad_request(format!("The request must be multipart/form-data: {}.", error.body_text()))
        })?;
        while let Some(field) = multipart.next_field().await.map_err(|error| unreadable(&error))? {
            form.unparsed.reset();
            let name = field.name().unwrap_or_default().to_owned();
            let file = field.file_name().and_then(file_name);
            match name.as_str() {
                name if name == expected.member => {
                    let file = match file {
                        None if expected.needs_name => {
                            let message = format!("Invalid '{name}': expected a part with a file name.");
                            return Err(ErrorResponse::bad_request(message).code("invalid_value").param(name));
                        }
                        file => file.unwrap_or_default(),
                    };
                    let contents = form.receive(store, field, expected).await?;
                    form.file = Some(UploadedFile { name: file, contents });
                    form.members.insert(expected.member.to_owned(), "".into());
                }
                // Foundry accepts the file name as a field of its own. In the other dialects, some clients send this
                // field too, and it is ignored.
                "filename" if dialect != Dialect::Foundry => drop(form.text(field).await?),
                _ => {
                    let text = form.text(field).await?;
                    form.set(&name, text);
                }
            }
        }
        Ok(form)
    }

    /// Writes the contents of a file to the store as they arrive.
    async fn receive(
        &self,
        store: &Store,
        mut field: Field<'_>,
        expected: &FormFile,
    ) -> Result<Incoming, ErrorResponse> {
        let FormFile { member, max_bytes, .. } = expected;
        let mut incoming = store.blobs.begin().await?;
        while let Some(bytes) = field.chunk().await.map_err(|error| unreadable(&error))? {
            self.unparsed.reset();
            if incoming.length() + bytes.len() as u64 > *max_bytes {
                let message = format!("File is too large. At most {max_bytes} bytes are accepted.");
                return Err(ErrorResponse::new(StatusCode::PAYLOAD_TOO_LARGE, message).param(*member));
            }
            incoming.write(&bytes).await?;
        }
        Ok(incoming)
    }

    /// Reads a field that is not the file.
    async fn text(&mut self, mut field: Field<'_>) -> Result<String, ErrorResponse> {
        let mut text = Vec::new();
        self.length += field.name().unwrap_or_default().len();
        while let Some(bytes) = field.chunk().await.map_err(|error| unreadable(&error))? {
            self.unparsed.reset();
            self.length += bytes.len();
            if self.length > MAX_FIELD_BYTES {
                let message = format!("The form fields other than the file exceed {MAX_FIELD_BYTES} bytes.");
                return Err(ErrorResponse::bad_request(message));
            }
            text.extend_from_slice(&bytes);
        }
        String::from_utf8(text).map_err(|_| ErrorResponse::bad_request("A form field is not valid UTF-8."))
    }

    /// Adds a field. A field with the name `a[b]` becomes the member `b` of the object `a`.
    fn set(&mut self, name: &str, text: String) {
        let nested = name.strip_suffix(']').and_then(|name| name.split_once('['));
        let Some((outer, inner)) = nested else {
            self.members.insert(name.to_owned(), text.into());
            return;
        };
        let value = match text.parse::<i64>() {
            Ok(number) if inner == "seconds" => number.into(),
            _ => text.into(),
        };
        let object = self.members.entry(outer).or_insert_with(|| json!({}));
        if let Some(object) = object.as_object_mut() {
            object.insert(inner.to_owned(), value);
        }
    }
}

/// Returns the last component of a path. A caller that saves the file under this name cannot write outside of the
/// chosen folder. Returns `None` if the component is not a file name.
pub(super) fn file_name(name: &str) -> Option<String> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    (!["", ".", ".."].contains(&name)).then(|| name.to_owned())
}

fn unreadable(error: &MultipartError) -> ErrorResponse {
    if has_stalled(error) {
        return ErrorResponse::body_timeout();
    }
    if has_too_many_unparsed_bytes(error) {
        return ErrorResponse::bad_request("The form has too many bytes outside of its parts.");
    }
    ErrorResponse::bad_request(format!("The multipart body of your request could not be read: {}.", error.body_text()))
}
