//! The endpoints of files (docs/protocol/endpoints.md#files, docs/protocol/objects.md#file). Contents are streamed
//! between the connection and the disk, so that memory does not depend on their size.

use super::crud::{self, run_to_completion};
use super::upload_form::{FormFile, UploadForm};
use crate::api::Kind;
use crate::api::check::{self, InvalidRequest, Rules};
use crate::api::files::{DeleteFile, FileContent, GetFile, ListFiles, UploadFile};
use crate::api::objects::{FileObject, FilePurpose, JsonObject, OpenEnum};
use crate::json;
use crate::serve::dialect::RequestDialect;
use crate::serve::documents::file;
use crate::serve::error::ErrorResponse;
use crate::serve::request::ApiRequest;
use crate::serve::response::JsonResponse;
use crate::serve::router::MountEndpoint;
use crate::serve::state::AppState;
use crate::serve::store::{Batch, CommitOutcome, Incoming, ListWindow, MAX_ATTEMPTS, NewObject, Outgoing};
use axum::{Router, body::Body, extract::Request, http::header, response::Response};
use futures_util::stream;
use serde_json::Value;

/// The default number of files in a page.
const DEFAULT_LIMIT: u32 = 10_000;

/// The form field with the file.
const FILE: FormFile = FormFile { member: "file", max_bytes: 512 * 1024 * 1024, needs_name: true };

/// Adds the endpoints of files to a router.
pub(super) fn mount(router: Router<AppState>) -> Router<AppState> {
    router.on(list).on_raw::<UploadFile, _, _>(upload).on(get).on(delete).on(content)
}

async fn list(state: AppState, request: ApiRequest<ListFiles>) -> Result<JsonResponse, ErrorResponse> {
    let query = request.query;
    let window =
        ListWindow { limit: query.limit, order: query.order, after: query.after, before: None, label: query.purpose };
    crud::list_with_limit::<FileObject>(&state, "", window, DEFAULT_LIMIT).await
}

async fn get(state: AppState, request: ApiRequest<GetFile>) -> Result<JsonResponse, ErrorResponse> {
    crud::get::<FileObject>(&state, "", request.ids.file_id.as_str()).await
}

async fn delete(state: AppState, request: ApiRequest<DeleteFile>) -> Result<JsonResponse, ErrorResponse> {
    let id = request.ids.file_id.as_str();
    // An expired file counts as missing, even before the engine removes it.
    let exists = state.store.has(Kind::File, "", id).await?;
    let (store, file) = (state.store.clone(), id.to_owned());
    if run_to_completion(async move { Ok(store.remove_file(&file).await?) }).await? && exists {
        Ok(crud::deleted(Kind::File, id))
    } else {
        Err(ErrorResponse::not_found(Kind::File, id))
    }
}

async fn upload(state: AppState, request: Request) -> Result<JsonResponse, ErrorResponse> {
    let dialect = RequestDialect::of(&request).dialect;
    let UploadForm { members, file, .. } = UploadForm::read(&state.store, request, dialect, &FILE).await?;
    check::body::<UploadFile>(&members, Rules::incoming(dialect))?;
    let upload = file.ok_or_else(|| InvalidRequest::missing("file"))?;
    let name = upload.name(members.get("filename").and_then(Value::as_str));
    let purpose = members.get("purpose").and_then(Value::as_str).unwrap_or_default().to_owned();
    let lifetime = members.get("expires_after").and_then(|after| after["seconds"].as_i64());
    run_to_completion(async move { create(&state, &name, &purpose, lifetime, upload.contents).await }).await
}

/// Creates a file for uploaded contents. `lifetime` is the number of seconds until it expires.
async fn create(
    state: &AppState,
    name: &str,
    purpose: &str,
    lifetime: Option<i64>,
    contents: Incoming,
) -> Result<JsonResponse, ErrorResponse> {
    let bytes = contents.length();
    let (blob, _guard) = state.store.blobs.keep(contents).await?;
    for _ in 0..MAX_ATTEMPTS {
        let file = file::create(name, purpose, bytes, lifetime);
        let new = NewObject { label: Some(purpose), ..NewObject::top(&file) };
        let batch = Batch::default().insert_file(&new, &blob, file.member("expires_at").valid());
        if state.store.commit(batch).await? == CommitOutcome::Committed {
            return Ok(JsonResponse::of(&file));
        }
    }
    Err(ErrorResponse::contended())
}

async fn content(state: AppState, request: ApiRequest<FileContent>) -> Result<Response, ErrorResponse> {
    let id = request.ids.file_id.as_str();
    let missing = || ErrorResponse::not_found(Kind::File, id);
    let stored = state.store.get(Kind::File, "", id).await?.ok_or_else(missing)?;
    let file = FileObject::from_map(json::stored(&stored).and_then(json::into_object)?);
    if let Some(purpose @ (FilePurpose::Assistants | FilePurpose::UserData)) = file.purpose().known() {
        let message = format!("Not allowed to download files of purpose: {}", purpose.name());
        return Err(ErrorResponse::bad_request(message));
    }
    let blob = state.store.blob(id).await?.ok_or_else(missing)?;
    let Some((contents, length)) = state.store.blobs.read(&blob).await? else {
        // The file may have been deleted in the meantime.
        let exists = state.store.has(Kind::File, "", id).await?;
        let lost = || ErrorResponse::internal(format!("the contents of file {id} are missing"));
        return Err(if exists { lost() } else { missing() });
    };
    let body = Body::from_stream(stream::try_unfold(contents, Outgoing::next));
    Response::builder()
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .header(header::CONTENT_LENGTH, length)
        .body(body)
        .map_err(|error| ErrorResponse::internal(error.to_string()))
}
