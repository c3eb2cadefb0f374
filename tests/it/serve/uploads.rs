//! Uploads in parts to the embedded server, with the commands of the client.

use super::{ask, text};
use crate::support::raw_http::{self, RawResponse, call};
use crate::support::test_env::{Asst, Ran, eventually};
use serde_json::{Value, json};
use std::fs::File;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Creates an upload of a file with this size in bytes.
fn create(asst: &Asst, bytes: u64) -> String {
    let bytes = bytes.to_string();
    let flags = ["--filename", "whole.txt", "--purpose", "vision", "--mime-type", "text/plain", "--bytes", &bytes];
    asst.local(&[&["uploads", "create", "-o", "id"], &flags[..]].concat()).ok().id()
}

fn add_part(asst: &Asst, upload: &str, content: &str) -> String {
    asst.file("part", content);
    asst.local(&["uploads", "add-part", upload, "part", "-o", "id"]).ok().id()
}

fn complete(asst: &Asst, upload: &str, parts: &[&str], more: &[&str]) -> Ran {
    let parts = parts.join(",");
    asst.local(&[&["uploads", "complete", upload, "--part-ids", &parts, "-o", "json"], more].concat())
}

#[test]
fn parts_become_a_file_in_the_given_order() {
    let asst = Asst::new();
    let upload = create(&asst, 11);
    let (world, hello) = (add_part(&asst, &upload, "world"), add_part(&asst, &upload, "hello "));
    let wrong = complete(&asst, &upload, &[&world, &hello], &["--md5", "5eb63bbbe01eeed093cb22bb8f5acdc3"]);
    wrong.code(5).says("Invalid 'md5': the parts have the checksum");
    let done = complete(&asst, &upload, &[&hello, &world], &["--md5", "5eb63bbbe01eeed093cb22bb8f5acdc3"]).ok().json();
    assert_eq!(done["status"], "completed");
    let file = text(&done["file"]["id"]);
    assert_eq!(asst.local(&["files", "content", &file]).ok().stdout, "hello world");
    let known = asst.local(&["ledger", "list", "--state", "any", "--columns", "kind,id"]).ok().stdout;
    assert!(known.contains(&upload) && known.contains(&file), "{known}");
}

#[test]
fn parts_that_do_not_add_up_are_refused() {
    let asst = Asst::new();
    let upload = create(&asst, 11);
    let part = add_part(&asst, &upload, "hello ");
    for (parts, message) in [
        (vec![part.as_str()], "the parts have 6 bytes in total, but the upload was created with 11 bytes."),
        (vec![&part, &part], "is repeated."),
        (vec![&part, "part_unknown"], "has no part 'part_unknown'."),
    ] {
        complete(&asst, &upload, &parts, &[]).code(5).says(message);
    }
    let large = File::create(asst.work().join("large")).unwrap();
    large.set_len((64 << 20) + 1).unwrap();
    asst.local(&["uploads", "add-part", &upload, "large"]).code(5).says("At most 67108864 bytes are accepted.");
}

#[test]
fn an_upload_that_was_cancelled_or_has_expired_cannot_be_completed() {
    let asst = Asst::new();
    let (cancelled, expired) = (create(&asst, 1), create(&asst, 1));
    let parts = [add_part(&asst, &cancelled, "x"), add_part(&asst, &expired, "x")];
    asst.local(&["uploads", "cancel", &cancelled]).ok();
    complete(&asst, &cancelled, &[&parts[0]], &[]).code(5).says("Cannot complete upload with status 'cancelled'.");
    let later = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + 3_700;
    let asst = asst.env("ASST_NOW", later.to_string());
    complete(&asst, &expired, &[&parts[1]], &[]).code(5).says("Cannot complete upload with status 'expired'.");
}

/// Returns how many contents a store has, including those that arrive.
fn contents(store: &Path) -> usize {
    let folders = std::fs::read_dir(store.join("files")).unwrap().flatten().filter(|entry| entry.path().is_dir());
    folders.map(|folder| std::fs::read_dir(folder.path()).unwrap().count()).sum()
}

/// Adds a part without the client. Returns its ID.
fn post_part(url: &str, upload: &str, bytes: &[u8]) -> String {
    let body = [b"--x\r\ncontent-disposition: form-data; name=\"data\"\r\n\r\n", bytes, b"\r\n--x--\r\n"].concat();
    let host = raw_http::host(url);
    let head = format!(
        "POST /v1/uploads/{upload}/parts HTTP/1.1\nhost: {host}\ncontent-type: multipart/form-data; boundary=x\n\
         content-length: {}\nconnection: close",
        body.len()
    );
    let mut response = RawResponse::read(raw_http::send(host, &head, &body).unwrap()).unwrap();
    let answer = response.body().unwrap();
    assert_eq!(response.status, 200, "{}", String::from_utf8_lossy(&answer));
    text(&serde_json::from_slice::<Value>(&answer).unwrap()["id"])
}

#[test]
fn uploads_survive_kills_and_leave_no_contents_behind() {
    const PART: usize = 400_000;
    let asst = Asst::new();
    let store = asst.work().join("store");
    let args = ["--store", store.to_str().unwrap()];
    let (mut completed, mut pending) = (0, 0);
    for round in 0..12 {
        let server = asst.serve(&args);
        let whole = json!({ "filename": "a", "purpose": "vision", "bytes": 3 * PART, "mime_type": "text/plain" });
        let upload = text(&ask(&server.url, "POST", "/uploads", Some(whole))["id"]);
        let part = |byte: u8| post_part(&server.url, &upload, &[round * 4 + byte; PART]);
        let parts = json!({ "part_ids": [part(0), part(1), part(2)] });
        let path = format!("/uploads/{upload}/complete");
        let url = server.url.clone();
        let answer = std::thread::scope(|scope| {
            let answer = scope.spawn(|| call(&url, "POST", &path, Some(&parts)));
            std::thread::sleep(Duration::from_millis(u64::from(round) * 6));
            server.kill();
            answer.join().unwrap()
        });
        let server = asst.serve(&args);
        let (status, again) = call(&server.url, "POST", &path, Some(&parts)).unwrap();
        match (answer, status) {
            (Ok((200, _)), status) => assert_eq!(status, 400, "a completed upload was completed again"),
            (_, 200) => pending += 1,
            // The server was killed between its commit and its answer.
            (_, status) => assert_eq!(status, 400, "{}", String::from_utf8_lossy(&again)),
        }
        completed += 1;
        server.kill();
    }
    assert!(pending > 0, "no kill came before the commit");
    std::fs::remove_file(store.join("files/swept")).unwrap(); // The next search is due tomorrow.
    let server = asst.serve(&args);
    eventually("only the files", || (contents(&store) == completed).then_some(()));
    let files = ask(&server.url, "GET", "/files", None);
    let files = files["data"].as_array().unwrap();
    assert_eq!(files.len(), completed);
    for file in files {
        let (_, bytes) = call(&server.url, "GET", &format!("/files/{}/content", text(&file["id"])), None).unwrap();
        let whole = bytes.len() == 3 * PART && bytes[PART - 1] + 1 == bytes[PART] && bytes[2 * PART] == bytes[0] + 2;
        assert!(whole, "{file}");
    }
}
