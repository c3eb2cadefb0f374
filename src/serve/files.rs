//! File endpoints (docs/protocol/endpoints.md#files, docs/protocol/objects.md#file). Contents are streamed between
//! connection and disk, whatever their size.

use super::body::{Gauge, gauged, has_flooded, has_stalled};
use super::error::Refused;
use super::json::Json;
use super::request::Call;
use super::response;
use super::router::{self, On};
use super::store::{Batch, Incoming, New, Outcome, Outgoing, StoreError, TRIES, Window};
use super::{App, ids};
use crate::api::Dialect;
use crate::api::Kind::File;
use crate::api::check::{self, Refusal, Rules};
use crate::api::files::{DeleteFile, FileContent, GetFile, ListFiles, UploadFile};
use crate::json;
use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request, multipart::Field},
    http::{StatusCode, header},
    response::Response,
};
use futures_util::stream;
use serde_json::{Map, Value, json};

/// The default number of objects in a page.
const PAGE: u32 = 10_000;
/// The maximum size of a file in bytes.
const LARGEST: u64 = 512 * 1024 * 1024;
/// The maximum size in bytes of the form parts other than the file.
const LONGEST_FORM: usize = 64 * 1024;

/// Adds the file endpoints to a router.
pub(super) fn mount(router: Router<App>) -> Router<App> {
    router.on(list).on_stream::<UploadFile, _, _>(upload).on(get).on(delete).on(content)
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Db(error) => error.into(),
            StoreError::Files(error) => error.into(),
        }
    }
}

/// The contents of an upload form.
#[derive(Debug, Default)]
struct Form {
    members: Map<String, Value>,
    file: Option<(String, Incoming)>,
    /// The size in bytes of the parts other than the file, including their names.
    length: usize,
    gauge: Gauge,
}

async fn list(app: App, call: Call<ListFiles>) -> Result<Json, Refused> {
    let query = call.query;
    let window =
        Window { limit: query.limit, order: query.order, after: query.after, before: None, label: query.purpose };
    response::page_of(&app, File, "", window, PAGE).await
}

async fn get(app: App, call: Call<GetFile>) -> Result<Json, Refused> {
    response::one(&app, File, "", call.ids.file_id.as_str()).await
}

async fn delete(app: App, call: Call<DeleteFile>) -> Result<Json, Refused> {
    let id = call.ids.file_id.as_str();
    // An expired file is missing for callers, even before the sweep removes it.
    let there = app.store.has(File, "", id).await?;
    let (store, file) = (app.store.clone(), id.to_owned());
    if whole(async move { Ok(store.remove_file(&file).await?) }).await? && there {
        Ok(response::deleted(File, id))
    } else {
        Err(Refused::missing(File, id))
    }
}

async fn upload(app: App, request: Request) -> Result<Json, Refused> {
    let dialect = router::spoken(&request).dialect;
    let rules = Rules::incoming(dialect);
    let Form { members, file, .. } = Form::read(&app, request, dialect).await?;
    check::body::<UploadFile>(&members, rules)?;
    let (name, incoming) = file.ok_or_else(|| Refusal::missing("file"))?;
    let beside = members.get("filename").and_then(Value::as_str).map(last_component);
    let name = beside.filter(|name| is_name(name)).unwrap_or(name);
    let purpose = members.get("purpose").and_then(Value::as_str).unwrap_or_default();
    let seconds = members.get("expires_after").and_then(|after| after["seconds"].as_i64());
    let purpose = purpose.to_owned();
    whole(async move { keep(&app, &name, &purpose, seconds, incoming).await }).await
}

/// Creates the file object for contents that have arrived.
async fn keep(app: &App, name: &str, purpose: &str, life: Option<i64>, incoming: Incoming) -> Result<Json, Refused> {
    let now = ids::now();
    let expires_at = life.map(|life| now + life);
    let bytes = incoming.length();
    let (hash, _kept) = app.store.blobs.keep(incoming).await?;
    for _ in 0..TRIES {
        let id = ids::new(File);
        let mut doc = json!({
            "id": id,
            "object": "file",
            "bytes": bytes,
            "created_at": now,
            "filename": name,
            "purpose": purpose,
            "status": "processed",
        });
        if let Some(expires_at) = expires_at {
            doc["expires_at"] = expires_at.into();
        }
        let new = New { label: Some(purpose), ..New::top(File, &id, &doc) };
        let batch = Batch::default().insert_file(new, &hash, expires_at);
        if app.store.commit(batch).await? == Outcome::Done {
            return Ok(doc.into());
        }
    }
    Err(super::lifecycle::contended())
}

/// Runs `work`, which changes both rows and contents, to its end, even if the caller disconnects.
async fn whole<T: Send + 'static>(
    work: impl Future<Output = Result<T, Refused>> + Send + 'static,
) -> Result<T, Refused> {
    tokio::spawn(work).await.unwrap_or_else(|error| Err(Refused::internal(error.to_string())))
}

impl Form {
    async fn read(app: &App, request: Request, dialect: Dialect) -> Result<Self, Refused> {
        let mut form = Self::default();
        let gauge = form.gauge.clone();
        let mut request = request.map(|body| gauged(body, gauge));
        DefaultBodyLimit::disable().apply(&mut request); // Files have their own size limit.
        let mut multipart = Multipart::from_request(request, &()).await.map_err(|error| {
            Refused::bad(format!("The request must be multipart/form-data: {}.", error.body_text()))
        })?;
        while let Some(field) = multipart.next_field().await.map_err(|error| broken(&error))? {
            form.gauge.reset();
            let name = field.name().unwrap_or_default().to_owned();
            match (name.as_str(), field.file_name().map(last_component)) {
                ("file", Some(file)) if is_name(&file) => {
                    form.file = Some((file, form.receive(app, field).await?));
                    form.members.insert(name, "".into());
                }
                ("file", _) => {
                    let message = "Invalid 'file': expected a part with a file name.";
                    return Err(Refused::bad(message).code("invalid_value").param("file"));
                }
                // Foundry accepts the file name as a part of its own. In other dialects, some clients send it
                // redundantly.
                ("filename", _) if dialect != Dialect::Foundry => drop(form.text(field).await?),
                _ => {
                    let text = form.text(field).await?;
                    form.set(&name, text);
                }
            }
        }
        Ok(form)
    }

    /// Writes the contents of a file to disk as they arrive.
    async fn receive(&self, app: &App, mut field: Field<'_>) -> Result<Incoming, Refused> {
        let mut incoming = app.store.blobs.begin().await?;
        while let Some(bytes) = field.chunk().await.map_err(|error| broken(&error))? {
            self.gauge.reset();
            if incoming.length() + bytes.len() as u64 > LARGEST {
                let message = format!("File is too large. At most {LARGEST} bytes are accepted.");
                return Err(Refused::new(StatusCode::PAYLOAD_TOO_LARGE, message).param("file"));
            }
            incoming.write(&bytes).await?;
        }
        Ok(incoming)
    }

    async fn text(&mut self, mut field: Field<'_>) -> Result<String, Refused> {
        let mut text = Vec::new();
        self.length += field.name().unwrap_or_default().len();
        while let Some(bytes) = field.chunk().await.map_err(|error| broken(&error))? {
            self.gauge.reset();
            self.length += bytes.len();
            if self.length > LONGEST_FORM {
                return Err(Refused::bad("The parts of the form beside the file are too long."));
            }
            text.extend_from_slice(&bytes);
        }
        String::from_utf8(text).map_err(|_| Refused::bad("A part of the form is not UTF-8."))
    }

    /// Stores a part of the form. The name `a[b]` is member `b` of `a`.
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

/// Returns the last component of a file name, so that the name cannot leave the folder where a caller saves the file.
fn last_component(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
}

fn is_name(name: &str) -> bool {
    !["", ".", ".."].contains(&name)
}

fn broken(error: &axum::extract::multipart::MultipartError) -> Refused {
    if has_stalled(error) {
        return Refused::stalled();
    }
    if has_flooded(error) {
        return Refused::bad("What stands between the parts of the form is too long.");
    }
    Refused::bad(format!("The multipart body of your request could not be read: {}.", error.body_text()))
}

async fn content(app: App, call: Call<FileContent>) -> Result<Response, Refused> {
    let id = call.ids.file_id.as_str();
    let doc = app.store.get(File, "", id).await?.ok_or_else(|| Refused::missing(File, id))?;
    let doc = json::stored(&doc)?;
    if let Some(purpose @ ("assistants" | "user_data")) = doc["purpose"].as_str() {
        return Err(Refused::bad(format!("Not allowed to download files of purpose: {purpose}")));
    }
    let missing = || Refused::missing(File, id);
    let hash = app.store.blob(id).await?.ok_or_else(missing)?;
    let Some((bytes, length)) = app.store.blobs.read(&hash).await? else {
        // The file was most likely deleted just now.
        let lost = app.store.has(File, "", id).await?;
        return Err(if lost { Refused::internal(format!("the bytes of {id} are gone")) } else { missing() });
    };
    let body = Body::from_stream(stream::try_unfold(bytes, Outgoing::next));
    Response::builder()
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .header(header::CONTENT_LENGTH, length)
        .body(body)
        .map_err(|error| Refused::internal(error.to_string()))
}
