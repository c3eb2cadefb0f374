//! The endpoints of uploads (docs/protocol/uploads.md). Parts are streamed to the store, and a file is assembled from
//! them in constant memory.

use super::crud::run_to_completion;
use super::upload_form::{FormFile, UploadForm, file_name};
use crate::api::Kind;
use crate::api::check::{self, InvalidRequest, Rules};
use crate::api::objects::{JsonObject, OpenEnum, Upload, UploadPart, UploadStatus};
use crate::api::uploads::{AddUploadPart, CancelUpload, CompleteUpload, CreateUpload};
use crate::serve::dialect::RequestDialect;
use crate::serve::documents::{file, upload};
use crate::serve::error::ErrorResponse;
use crate::serve::request::{self, ApiRequest};
use crate::serve::response::JsonResponse;
use crate::serve::router::MountEndpoint;
use crate::serve::state::AppState;
use crate::serve::store::{Batch, CommitOutcome, Incoming, MAX_ATTEMPTS, NewObject, Store, Stored, StoredPart};
use axum::{Router, extract::Request};
use md5::{Digest, Md5};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// The maximum size in bytes of a file, and of all parts of an upload together.
const MAX_FILE_BYTES: i64 = 8 << 30;
/// The form field with a part. Unlike a file, it needs no file name.
const PART: FormFile = FormFile { member: "data", max_bytes: 64 << 20, needs_name: false };

/// Adds the endpoints of uploads to a router.
pub(super) fn mount(router: Router<AppState>) -> Router<AppState> {
    router.on(create).on_raw::<AddUploadPart, _, _>(add_part).on(complete).on(cancel)
}

async fn create(state: AppState, request: ApiRequest<CreateUpload>) -> Result<JsonResponse, ErrorResponse> {
    let text = |name: &str| request.body.get(name).and_then(Value::as_str).unwrap_or_default();
    if let Some(bytes) = request.body.get("bytes")
        && let Some(rejection) = InvalidRequest::out_of_range("bytes", bytes, Some(0.0), Some(MAX_FILE_BYTES as f64))
    {
        return Err(rejection.into());
    }
    let name = file_name(text("filename"));
    let name = name.ok_or_else(|| InvalidRequest::wrong_value("filename", "expected the name of a file."))?;
    let bytes = request.body.get("bytes").and_then(Value::as_i64).unwrap_or_default();
    let lifetime = request.body.get("expires_after").and_then(|after| after["seconds"].as_i64());
    let lifetime = lifetime.map(|seconds| seconds.to_string());
    for _ in 0..MAX_ATTEMPTS {
        let upload = upload::create(&name, text("purpose"), bytes);
        let new = NewObject { label: lifetime.as_deref(), ..NewObject::top(&upload) };
        let expires_at = upload.member("expires_at").or_default();
        let batch = Batch::default().insert(&new).expires_at(upload.id().or_default(), expires_at);
        if state.store.commit(batch).await? == CommitOutcome::Committed {
            return Ok(JsonResponse::of(&upload));
        }
    }
    Err(ErrorResponse::contended())
}

async fn add_part(state: AppState, request: Request) -> Result<JsonResponse, ErrorResponse> {
    let dialect = RequestDialect::of(&request).dialect;
    let (ids, request) = request::decode_path::<AddUploadPart>(request).await?;
    let id = ids.upload_id.as_str().to_owned();
    load_pending(&state.store, &id, "add a part to").await?; // Fails before the bytes are read.
    let UploadForm { members, file, .. } = UploadForm::read(&state.store, request, dialect, &PART).await?;
    check::body::<AddUploadPart>(&members, Rules::incoming(dialect))?;
    let data = file.ok_or_else(|| InvalidRequest::missing("data"))?;
    run_to_completion(async move { store_part(&state.store, &id, data.contents).await }).await
}

/// Stores the contents of a part and inserts the part. If this fails, removes the contents.
async fn store_part(store: &Store, id: &str, contents: Incoming) -> Result<JsonResponse, ErrorResponse> {
    let length = contents.length();
    let (blob, guard) = store.blobs.keep(contents).await?;
    let inserted = insert_part(store, id, length, &blob).await;
    drop(guard); // The guard would block the removal.
    if inserted.is_err() {
        let _ = store.remove_contents(&[blob]).await; // On failure, the next sweep removes the contents.
    }
    inserted.map(|part| JsonResponse::of(&part))
}

async fn insert_part(store: &Store, id: &str, length: u64, blob: &str) -> Result<UploadPart, ErrorResponse> {
    let size = length.to_string();
    for _ in 0..MAX_ATTEMPTS {
        let upload = load_pending(store, id, "add a part to").await?;
        let part = upload::part(id);
        let new = NewObject { parent: id, label: Some(&size), ..NewObject::top(&part) };
        let batch = Batch::default().unchanged(&upload).insert_file(&new, blob, None).parts_within(id, MAX_FILE_BYTES);
        if store.commit(batch).await? == CommitOutcome::Committed {
            return Ok(part);
        }
        // Either another request changed the upload, or its parts would be too large together.
        let total: u64 = store.parts(id).await?.iter().map(|part| part.length).sum();
        if total + length > MAX_FILE_BYTES.unsigned_abs() {
            let rule = format!("the parts of an upload have at most {MAX_FILE_BYTES} bytes in total.");
            return Err(InvalidRequest::wrong_value("data", rule).into());
        }
    }
    Err(ErrorResponse::contended())
}

async fn complete(state: AppState, request: ApiRequest<CompleteUpload>) -> Result<JsonResponse, ErrorResponse> {
    let md5 = request.body.get("md5").and_then(Value::as_str).map(str::to_ascii_lowercase);
    if let Some(given) = &md5
        && (given.len() != 32 || !given.bytes().all(|byte| byte.is_ascii_hexdigit()))
    {
        return Err(InvalidRequest::wrong_value("md5", "expected 32 hexadecimal digits.").into());
    }
    run_to_completion(async move {
        let id = request.ids.upload_id.as_str();
        for _ in 0..MAX_ATTEMPTS {
            let upload = load_pending(&state.store, id, "complete").await?;
            let parts = chosen_parts(&state.store.parts(id).await?, &request.body, &upload.object)?;
            let contents = match assemble(&state.store, &parts, md5.as_deref()).await {
                // Another request ended the upload and removed the parts. The next iteration returns the error for
                // that.
                Err(_) if state.store.version(id).await? != Some(upload.version) => continue,
                assembled => assembled?,
            };
            if let Some(upload) = create_file(&state.store, upload, contents).await? {
                return Ok(JsonResponse::of(&upload));
            }
        }
        Err(ErrorResponse::contended())
    })
    .await
}

async fn cancel(state: AppState, request: ApiRequest<CancelUpload>) -> Result<JsonResponse, ErrorResponse> {
    run_to_completion(async move {
        for _ in 0..MAX_ATTEMPTS {
            let mut upload = load_pending(&state.store, request.ids.upload_id.as_str(), "cancel").await?;
            upload.object.set("status", UploadStatus::Cancelled.name());
            if let Some(contents) = state.store.end_upload(&upload, Batch::default()).await? {
                let _ = state.store.remove_contents(&contents).await; // On failure, the next sweep removes the contents.
                return Ok(JsonResponse::of(&upload.object));
            }
        }
        Err(ErrorResponse::contended())
    })
    .await
}

/// Loads an upload that has not ended. `action` is used in the error message, such as `cancel`.
async fn load_pending(store: &Store, id: &str, action: &str) -> Result<Stored<Upload>, ErrorResponse> {
    let upload = store.load::<Upload>("", id).await?.ok_or_else(|| ErrorResponse::not_found(Kind::Upload, id))?;
    let status = upload::status(&upload.object);
    if status == UploadStatus::Pending.name() {
        return Ok(upload);
    }
    let message = match action {
        "add a part to" => format!("Cannot add a part to an upload with status '{status}'."),
        action => format!("Cannot {action} upload with status '{status}'."),
    };
    Err(ErrorResponse::bad_request(message).code("invalid_value").param("upload_id"))
}

/// Returns the parts that a request names, in its order.
///
/// # Errors
/// Returns an error if a part is unknown or repeated, or if the parts together have another size than the upload.
fn chosen_parts(
    parts: &[StoredPart],
    body: &Map<String, Value>,
    upload: &Upload,
) -> Result<Vec<StoredPart>, ErrorResponse> {
    let given = body.get("part_ids").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let (mut chosen, mut seen) = (Vec::new(), HashSet::new());
    let id = upload.id().or_default();
    for (n, given) in given.enumerate() {
        let rejection = |rule: String| InvalidRequest::wrong_value(&format!("part_ids[{n}]"), rule);
        let shown: String = given.chars().take(64).collect();
        let part = parts.iter().find(|part| part.id == given);
        let part = part.ok_or_else(|| rejection(format!("upload '{id}' has no part '{shown}'.")))?;
        if !seen.insert(given) {
            return Err(rejection(format!("part '{shown}' is repeated.")).into());
        }
        chosen.push(part.clone());
    }
    let (total, bytes) = (chosen.iter().map(|part| part.length).sum::<u64>(), upload.bytes().or_default());
    if total != bytes.unsigned_abs() {
        let rule = format!("the parts have {total} bytes in total, but the upload was created with {bytes} bytes.");
        return Err(InvalidRequest::wrong_value("part_ids", rule).into());
    }
    Ok(chosen)
}

/// Copies the contents of the parts one after the other, one chunk at a time. Compares their checksum with `md5`, if it
/// is given.
async fn assemble(store: &Store, parts: &[StoredPart], md5: Option<&str>) -> Result<Incoming, ErrorResponse> {
    let (mut assembled, mut checksum) = (store.blobs.begin().await?, Md5::new());
    for part in parts {
        let lost = || ErrorResponse::internal(format!("the contents of part {} are missing", part.id));
        let (mut contents, length) = store.blobs.read(&part.blob).await?.ok_or_else(lost)?;
        if length != part.length {
            return Err(lost());
        }
        while let Some((bytes, rest)) = contents.next().await? {
            if md5.is_some() {
                checksum.update(&bytes);
            }
            assembled.write(&bytes).await?;
            contents = rest;
        }
    }
    let found = || checksum.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    match md5.map(|given| (given, found())) {
        Some((given, found)) if given != found => {
            let rule = format!("the parts have the checksum '{found}', not '{given}'.");
            Err(InvalidRequest::wrong_value("md5", rule).into())
        }
        _ => Ok(assembled),
    }
}

/// Creates the file of an upload and completes the upload. Returns `None` if another request changed the upload first.
async fn create_file(
    store: &Store,
    mut upload: Stored<Upload>,
    contents: Incoming,
) -> Result<Option<Upload>, ErrorResponse> {
    let bytes = contents.length();
    let (blob, guard) = store.blobs.keep(contents).await?;
    let purpose = upload.object.purpose().or_default().to_owned();
    let lifetime = upload.label.as_deref().and_then(|seconds| seconds.parse().ok());
    let file = file::create(upload.object.filename().or_default(), &purpose, bytes, lifetime);
    upload.object.set("status", UploadStatus::Completed.name());
    upload.object.set("file", file.clone());
    let new = NewObject { label: Some(&purpose), ..NewObject::top(&file) };
    let batch = Batch::default().insert_file(&new, &blob, file.member("expires_at").valid());
    let ended = store.end_upload(&upload, batch).await;
    drop(guard); // The guard would block the removal.
    let unused = match &ended {
        Ok(Some(parts)) => parts.as_slice(),
        _ => std::slice::from_ref(&blob),
    };
    let _ = store.remove_contents(unused).await; // On failure, the next sweep removes the contents.
    Ok(ended?.map(|_| upload.object))
}
