//! Tests of file uploads and downloads over HTTP.

use super::*;

const BOUNDARY: &str = "a-boundary-that-no-part-holds";

/// A builder for a multipart body.
#[derive(Default)]
pub(super) struct Form(Vec<u8>);

impl Form {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn part(mut self, disposition: &str, bytes: &[u8]) -> Self {
        let head = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; {disposition}\r\n\r\n");
        self.0.extend_from_slice(head.as_bytes());
        self.0.extend_from_slice(bytes);
        self.0.extend_from_slice(b"\r\n");
        self
    }

    pub(super) fn text(self, name: &str, text: &str) -> Self {
        self.part(&format!("name=\"{name}\""), text.as_bytes())
    }

    fn file(self, name: &str, bytes: &[u8]) -> Self {
        self.part(&format!("name=\"file\"; filename=\"{name}\""), bytes)
    }
}

impl World {
    pub(super) async fn upload(&self, purpose: &str, bytes: &[u8]) -> String {
        let (status, file) = self.send(Form::new().text("purpose", purpose).file("f.txt", bytes)).await;
        assert_eq!(status, 200, "{file}");
        id(&file)
    }

    /// Uploads a file with this name for assistants.
    pub(super) async fn upload_as(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let (status, file) = self.send(Form::new().text("purpose", "assistants").file(name, bytes.as_ref())).await;
        assert_eq!(status, 200, "{file}");
        id(&file)
    }

    async fn send(&self, form: Form) -> (u16, Value) {
        self.send_to("/v1/files", form).await
    }

    pub(super) async fn send_to(&self, path: &str, form: Form) -> (u16, Value) {
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let request = self.request(Method::POST, path).header("content-type", kind);
        Self::status_and_json(request.body([form.0, format!("--{BOUNDARY}--\r\n").into_bytes()].concat())).await
    }
}

#[tokio::test]
async fn twenty_megabytes_come_back_byte_for_byte() {
    let dir = tempfile::tempdir().unwrap();
    let world =
        World::with(ServerSettings { store: StoreLocation::Folder(dir.path().into()), ..ServerSettings::default() });
    let mut state = 1_u32;
    let bytes: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(20 << 20)
    .collect();
    let form =
        Form::new().file("dir/big.bin", &bytes).text("purpose", "vision").text("expires_after[anchor]", "created_at");
    let (status, file) = world.send(form.text("expires_after[seconds]", "3600")).await;
    assert_eq!(status, 200, "{file}");
    assert_eq!((&file["bytes"], &file["filename"]), (&json!(20 << 20), &json!("big.bin")));
    assert_eq!(file["expires_at"].as_i64().unwrap(), file["created_at"].as_i64().unwrap() + 3_600);
    let path = format!("/v1/files/{}", id(&file));
    world.end().await;

    let world =
        World::with(ServerSettings { store: StoreLocation::Folder(dir.path().into()), ..ServerSettings::default() });
    assert_eq!(World::status_and_json(world.request(Method::GET, &path)).await, (200, file.clone()));
    let response = world.request(Method::GET, &format!("{path}/content")).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/octet-stream");
    assert_eq!(response.content_length(), Some(20 << 20));
    assert!(response.bytes().await.unwrap() == bytes, "the bytes differ");
    let stub = json!({"id": file["id"], "object": "file", "deleted": true});
    assert_eq!(World::status_and_json(world.request(Method::DELETE, &path)).await, (200, stub));
    assert_eq!(World::status_and_json(world.request(Method::GET, &format!("{path}/content"))).await.0, 404);
    let left = std::fs::read_dir(dir.path().join("files")).unwrap().flatten().filter(|entry| entry.path().is_dir());
    let left: usize = left.map(|folder| std::fs::read_dir(folder.path()).unwrap().count()).sum();
    assert_eq!(left, 0, "neither bytes nor half an upload remain");
    world.end().await;
}

#[tokio::test]
async fn foundry_takes_the_file_name_from_a_form_field() {
    let world = World::new();
    let foundry = "/api/projects/p/files?api-version=v1";
    let form = |beside: &str| {
        let form = Form::new().text("purpose", "assistants").file("blob", b"x");
        if beside.is_empty() { form } else { form.text("filename", beside) }
    };
    let table = [
        (foundry, "report.pdf", "report.pdf"),
        (foundry, "../a/report.pdf", "report.pdf"),
        (foundry, "/", "blob"),
        (foundry, "", "blob"),
        ("/v1/files", "report.pdf", "blob"),
        ("/openai/files?api-version=2024-05-01-preview", "report.pdf", "blob"),
    ];
    for (path, beside, expected) in table {
        let (status, file) = world.send_to(path, form(beside)).await;
        assert_eq!((status, file["filename"].as_str()), (200, Some(expected)), "{path} {beside}: {file}");
    }
    world.end().await;
}

#[tokio::test]
async fn uploads_that_violate_the_protocol_are_rejected() {
    let world = World::new();
    let file = || Form::new().file("f.txt", b"x");
    let table = [
        (file(), "Missing required parameter: 'purpose'."),
        (Form::new().text("purpose", "vision"), "Missing required parameter: 'file'."),
        (Form::new().text("purpose", "vision").text("file", "x"), "Invalid 'file': expected a part with a file name."),
        (
            file().text("purpose", "fun"),
            "Invalid value: 'fun'. Supported values are: 'assistants', 'batch', 'fine-tune', 'vision', 'user_data', and \
             'evals'.",
        ),
        (
            file().text("purpose", "vision").text("expires_after[seconds]", "1"),
            "Missing required parameter: 'expires_after.anchor'.",
        ),
        (file().text("purpose", "vision").text("x", "1"), "Unknown parameter: 'x'."),
    ];
    for (form, message) in table {
        let (status, value) = world.send(form).await;
        assert_eq!((status, value["error"]["message"].as_str().unwrap()), (400, message));
    }
    let json = as_json(world.request(Method::POST, "/v1/files"), &json!({}));
    assert_eq!(World::status_and_json(json).await.0, 400);
    let id = world.upload("assistants", b"").await;
    let (status, value) = World::status_and_json(world.request(Method::GET, &format!("/v1/files/{id}/content"))).await;
    assert_eq!(
        (status, &value["error"]["message"]),
        (400, &json!("Not allowed to download files of purpose: assistants"))
    );
    world.upload("vision", b"x").await;
    assert_eq!(world.list("/files?purpose=vision").await.len(), 1);
    assert_eq!(world.list("/files").await.len(), 2);
    world.end().await;
}
