//! Tests of uploads in parts over HTTP.

use super::files::Form;
use super::*;
use futures_util::future::join_all;

/// The checksum of `hello world`.
const HELLO_WORLD: &str = "5eb63bbbe01eeed093cb22bb8f5acdc3";

impl World {
    async fn begin_upload(&self, bytes: usize) -> String {
        let body = json!({"filename": "a.txt", "purpose": "vision", "bytes": bytes, "mime_type": "text/plain"});
        id(&self.post("/uploads", body).await)
    }

    async fn try_part(&self, upload: &str, bytes: &[u8]) -> (u16, Value) {
        self.send_to(&format!("/v1/uploads/{upload}/parts"), Form::new().part("name=\"data\"", bytes)).await
    }

    async fn part(&self, upload: &str, bytes: &[u8]) -> String {
        let (status, part) = self.try_part(upload, bytes).await;
        assert_eq!(status, 200, "{part}");
        assert_eq!((&part["object"], &part["upload_id"]), (&json!("upload.part"), &json!(upload)));
        id(&part)
    }

    /// Sends a request that is rejected. Returns the status code, the message, and `param`.
    async fn rejection(&self, path: &str, body: Value) -> (u16, String, Value) {
        let (status, value) = self.try_post(path, body).await;
        assert!(status >= 400, "{path}: {value}");
        let error = &value["error"];
        (status, error["message"].as_str().unwrap().to_owned(), error["param"].clone())
    }

    async fn content(&self, file: &Value) -> Vec<u8> {
        let path = format!("/v1/files/{}/content", id(file));
        self.request(Method::GET, &path).send().await.unwrap().bytes().await.unwrap().to_vec()
    }
}

/// Returns the number of files with contents in the folder of a store, including unfinished uploads.
fn contents(folder: &std::path::Path) -> usize {
    let folders = std::fs::read_dir(folder.join("files")).unwrap().flatten().filter(|entry| entry.path().is_dir());
    folders.map(|folder| std::fs::read_dir(folder.path()).unwrap().count()).sum()
}

#[tokio::test]
async fn parts_make_a_file_in_the_order_of_the_request() {
    let dir = tempfile::tempdir().unwrap();
    for (store, on_disk) in [(StoreLocation::Memory, false), (StoreLocation::Folder(dir.path().into()), true)] {
        let world = World::with(ServerSettings { store, ..ServerSettings::default() });
        let body = json!({
            "filename": "dir/a.txt", "purpose": "vision", "bytes": 11, "mime_type": "text/plain",
            "expires_after": {"anchor": "created_at", "seconds": 7200},
        });
        let upload = world.post("/uploads", body).await;
        assert_eq!(upload["expires_at"].as_i64().unwrap(), upload["created_at"].as_i64().unwrap() + 3_600);
        assert_eq!((&upload["status"], &upload["file"]), (&json!("pending"), &Value::Null));
        let name = id(&upload);
        let (world_, hello, unused) =
            (world.part(&name, b"world").await, world.part(&name, b"hello ").await, world.part(&name, b"unused").await);
        assert_ne!(hello, unused);
        let body = json!({"part_ids": [hello, world_], "md5": HELLO_WORLD.to_uppercase()});
        let done = world.post(&format!("/uploads/{name}/complete"), body).await;
        assert_eq!((&done["status"], &done["id"]), (&json!("completed"), &upload["id"]));
        let file = &done["file"];
        assert_eq!(&world.get(&format!("/files/{}", id(file))).await, file);
        assert_eq!(
            (&file["bytes"], &file["filename"], &file["purpose"]),
            (&json!(11), &json!("a.txt"), &json!("vision"))
        );
        assert_eq!(file["expires_at"].as_i64().unwrap(), file["created_at"].as_i64().unwrap() + 7_200);
        assert_eq!(world.content(file).await, b"hello world");
        assert_eq!(world.list("/files").await.len(), 1, "parts are no files");
        if on_disk {
            assert_eq!(contents(dir.path()), 1, "the contents of the parts are removed");
        }
        world.end().await;
    }
}

#[tokio::test]
async fn a_large_file_is_assembled_from_its_parts() {
    let dir = tempfile::tempdir().unwrap();
    let settings = ServerSettings { store: StoreLocation::Folder(dir.path().into()), ..ServerSettings::default() };
    let world = World::with(settings);
    let bytes: Vec<u8> = (0..3 << 20).map(|at: u32| (at % 251) as u8 ^ (at >> 16) as u8).collect();
    let upload = world.begin_upload(bytes.len()).await;
    let parts = join_all(bytes.chunks(700_001).map(|part| world.part(&upload, part))).await;
    let done = world.post(&format!("/uploads/{upload}/complete"), json!({"part_ids": parts})).await;
    assert!(world.content(&done["file"]).await == bytes, "the bytes differ");
    let (status, _) = world.delete(&format!("/files/{}", id(&done["file"]))).await;
    assert_eq!((status, contents(dir.path())), (200, 0));
    world.end().await;
}

#[tokio::test]
async fn a_file_without_bytes_needs_no_part() {
    let world = World::new();
    let upload = world.begin_upload(0).await;
    let done = world.post(&format!("/uploads/{upload}/complete"), json!({"part_ids": []})).await;
    assert_eq!((&done["file"]["bytes"], world.content(&done["file"]).await.len()), (&json!(0), 0));
    world.end().await;
}

#[tokio::test]
async fn invalid_parts_are_rejected_and_the_upload_stays_pending() {
    let world = World::new();
    let upload = world.begin_upload(11).await;
    let other = world.begin_upload(1).await;
    let foreign = world.part(&other, b"x").await;
    let (hello, rest) = (world.part(&upload, b"hello ").await, world.part(&upload, b"world").await);
    let unknown = |n: usize, part: &str| format!("Invalid 'part_ids[{n}]': upload '{upload}' has no part '{part}'.");
    let sum = |total: usize| {
        format!("Invalid 'part_ids': the parts have {total} bytes in total, but the upload was created with 11 bytes.")
    };
    let table = [
        (json!({"part_ids": [hello, "part_x"]}), unknown(1, "part_x"), "part_ids[1]"),
        (json!({"part_ids": [foreign]}), unknown(0, &foreign), "part_ids[0]"),
        (
            json!({"part_ids": [hello, rest, hello]}),
            format!("Invalid 'part_ids[2]': part '{hello}' is repeated."),
            "part_ids[2]",
        ),
        (json!({"part_ids": [hello]}), sum(6), "part_ids"),
        (json!({"part_ids": []}), sum(0), "part_ids"),
        (
            json!({"part_ids": [rest, hello], "md5": HELLO_WORLD}),
            format!(
                "Invalid 'md5': the parts have the checksum 'f133a26c48639f644e2295e11548f9b9', not '{HELLO_WORLD}'."
            ),
            "md5",
        ),
        (
            json!({"part_ids": [hello, rest], "md5": "beef"}),
            "Invalid 'md5': expected 32 hexadecimal digits.".to_owned(),
            "md5",
        ),
        (json!({}), "Missing required parameter: 'part_ids'.".to_owned(), "part_ids"),
    ];
    for (body, message, param) in table {
        let found = world.rejection(&format!("/uploads/{upload}/complete"), body.clone()).await;
        assert_eq!(found, (400, message, json!(param)), "{body}");
    }
    let done = world.post(&format!("/uploads/{upload}/complete"), json!({"part_ids": [hello, rest]})).await;
    assert_eq!(world.content(&done["file"]).await, b"hello world");
    world.end().await;
}

#[tokio::test]
async fn an_upload_that_has_ended_rejects_requests() {
    let dir = tempfile::tempdir().unwrap();
    let settings = ServerSettings { store: StoreLocation::Folder(dir.path().into()), ..ServerSettings::default() };
    let world = World::with(settings);
    for (end, status) in [("cancel", "cancelled"), ("complete", "completed")] {
        let upload = world.begin_upload(1).await;
        let part = world.part(&upload, b"x").await;
        let body = if end == "complete" { json!({"part_ids": [part]}) } else { json!({}) };
        let ended = world.post(&format!("/uploads/{upload}/{end}"), body).await;
        assert_eq!((&ended["status"], ended["file"].is_null()), (&json!(status), end == "cancel"));
        for (action, body) in [("complete", json!({"part_ids": [part]})), ("cancel", json!({}))] {
            let found = world.rejection(&format!("/uploads/{upload}/{action}"), body).await;
            let message = format!("Cannot {action} upload with status '{status}'.");
            assert_eq!(found, (400, message, json!("upload_id")));
        }
        let (code, value) = world.try_part(&upload, b"y").await;
        let message = format!("Cannot add a part to an upload with status '{status}'.");
        assert_eq!((code, &value["error"]["message"]), (400, &json!(message)));
        assert_eq!(contents(dir.path()), usize::from(end == "complete"), "after {end}");
    }
    let found = world.rejection("/uploads/upload_x/cancel", json!({})).await;
    assert_eq!((found.0, found.1.as_str()), (404, "No upload found with id 'upload_x'."));
    assert_eq!(world.try_part("upload_x", b"y").await.0, 404);
    assert_eq!(world.try_part("file-x", b"y").await.0, 400);
    world.end().await;
}

#[tokio::test]
async fn uploads_and_parts_that_violate_the_protocol_are_rejected() {
    let world = World::new();
    let body = |change: Value| {
        let mut body = json!({"filename": "a.txt", "purpose": "vision", "bytes": 1, "mime_type": "text/plain"});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    let table = [
        (json!({"bytes": -1}), "bytes", "integer_below_min_value"),
        (json!({"bytes": (8_i64 << 30) + 1}), "bytes", "integer_above_max_value"),
        (json!({"bytes": "1"}), "bytes", "invalid_type"),
        (json!({"purpose": "fun"}), "purpose", "invalid_value"),
        (json!({"filename": ".."}), "filename", "invalid_value"),
        (json!({"filename": "a/"}), "filename", "invalid_value"),
        (
            json!({"expires_after": {"anchor": "created_at", "seconds": 1}}),
            "expires_after.seconds",
            "integer_below_min_value",
        ),
        (json!({"x": 1}), "x", "unknown_parameter"),
    ];
    for (change, param, code) in table {
        let (status, value) = world.try_post("/uploads", body(change.clone())).await;
        assert_eq!(
            (status, &value["error"]["param"], &value["error"]["code"]),
            (400, &json!(param), &json!(code)),
            "{change}"
        );
    }
    let upload = world.begin_upload(1).await;
    let path = format!("/v1/uploads/{upload}/parts");
    let table =
        [(Form::new(), "Missing required parameter: 'data'."), (Form::new().text("x", "1"), "Unknown parameter: 'x'.")];
    for (form, message) in table {
        let (status, value) = world.send_to(&path, form).await;
        assert_eq!((status, &value["error"]["message"]), (400, &json!(message)));
    }
    let named = Form::new().part("name=\"data\"; filename=\"blob\"", b"x");
    assert_eq!(world.send_to(&path, named).await.0, 200, "SDKs send a file name");
    assert_eq!(World::status_and_json(as_json(world.request(Method::POST, &path), &json!({}))).await.0, 400);
    world.end().await;
}

#[tokio::test]
async fn a_part_has_at_most_64_megabytes() {
    let world = World::new();
    let upload = world.begin_upload(64 << 20).await;
    let bytes = vec![b'x'; (64 << 20) + 1];
    let (status, value) = world.try_part(&upload, &bytes).await;
    let message = "File is too large. At most 67108864 bytes are accepted.";
    assert_eq!((status, &value["error"]["message"], &value["error"]["param"]), (413, &json!(message), &json!("data")));
    world.part(&upload, &bytes[1..]).await;
    world.end().await;
}

#[tokio::test]
async fn the_parts_of_an_upload_have_at_most_8_gibibytes_in_total() {
    let world = World::new();
    let upload = world.begin_upload(8 << 30).await;
    world.server.state.store.pretend_part(&upload, (8 << 30) - 3).await;
    world.part(&upload, b"abc").await;
    let (status, value) = world.try_part(&upload, b"d").await;
    let message = "Invalid 'data': the parts of an upload have at most 8589934592 bytes in total.";
    assert_eq!((status, &value["error"]["message"], &value["error"]["param"]), (400, &json!(message), &json!("data")));
    assert_eq!(world.server.state.store.parts(&upload).await.unwrap().len(), 2);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_completions_make_one_file() {
    let shared = SharedStore::new();
    let (one, two) = (shared.world(), shared.world());
    let upload = one.begin_upload(2_000_000).await;
    let parts = [one.part(&upload, &vec![1; 1_000_000]).await, two.part(&upload, &vec![2; 1_000_000]).await];
    let path = format!("/uploads/{upload}/complete");
    let all = (0..10).map(|n| [&one, &two][n % 2].try_post(&path, json!({"part_ids": parts})));
    let responses = join_all(all).await;
    let done: Vec<&Value> = responses.iter().filter(|(status, _)| *status == 200).map(|(_, value)| value).collect();
    assert_eq!(done.len(), 1, "{responses:?}");
    for (_, value) in responses.iter().filter(|(status, _)| *status != 200) {
        assert_eq!(value["error"]["message"], "Cannot complete upload with status 'completed'.", "{value}");
    }
    assert_eq!(one.list("/files").await, [done[0]["file"].clone()]);
    let bytes = two.content(&done[0]["file"]).await;
    assert!(bytes.len() == 2_000_000 && bytes[999_999] == 1 && bytes[1_000_000] == 2);
    for world in [one, two] {
        world.end().await;
    }
}

#[tokio::test]
async fn parts_and_the_end_of_an_upload_exclude_each_other() {
    let shared = SharedStore::new();
    let (one, two) = (shared.world(), shared.world());
    let rows = &one.server.state.store;
    for n in 0..10 {
        let (end, status) = [("complete", "completed"), ("cancel", "cancelled")][n % 2];
        let upload = one.begin_upload(1).await;
        let part = one.part(&upload, b"x").await;
        let body = if end == "complete" { json!({"part_ids": [part]}) } else { json!({}) };
        let path = format!("/uploads/{upload}/{end}");
        let parts = join_all((0..4).map(|_| two.try_part(&upload, b"late")));
        let (added, done) = tokio::join!(parts, one.try_post(&path, body));
        assert_eq!((done.0, &done.1["status"]), (200, &json!(status)), "{done:?}");
        for (code, response) in added {
            let message = format!("Cannot add a part to an upload with status '{status}'.");
            assert!(code == 200 || code == 400 && response["error"]["message"] == json!(message), "{end}: {response}");
        }
        assert_eq!(rows.parts(&upload).await.unwrap(), [], "{end}: a part was added after the end");
        if end == "complete" {
            assert_eq!(one.content(&done.1["file"]).await, b"x");
        }
    }
    assert_eq!(one.list("/files").await.len(), 5);
    for world in [one, two] {
        world.end().await;
    }
}
