//! Tokens from a command: cached between processes until they expire, and fetched again after a refusal.

use super::{api_key, bearer, configure, hushed, private, shown_to, traced, user};
use crate::support::mock_server::{MockServer, Request, Response, mint};
use crate::support::test_env::Asst;
use serde_json::json;
use std::path::PathBuf;

/// The clock at the start of all these tests.
const NOON: i64 = 1_700_000_000;

/// Returns a command that prints a token with the number of its runs. `rest` is the remainder of the JSON.
fn counting(rest: &str) -> String {
    format!(
        "token_command = '''echo x >> runs; echo \"{{\\\"access_token\\\": \\\"hush-token-$(grep -c x runs)\\\"{rest}}}\"'''"
    )
}

/// Returns a command whose token lasts an hour.
fn hourly() -> String {
    counting(", \\\"expires_in\\\": 3600")
}

fn runs(asst: &Asst) -> usize {
    std::fs::read_to_string(asst.work().join("runs")).unwrap_or_default().lines().count()
}

fn kept(asst: &Asst) -> Vec<PathBuf> {
    let folder = std::fs::read_dir(asst.home().join("cache/asst/tokens")).into_iter().flatten();
    folder.map(|entry| entry.unwrap().path()).collect()
}

/// Refuses every token but one.
fn accepting(token: &'static str) -> MockServer {
    MockServer::new(move |request: &Request, before| match request.header("authorization") {
        Some(header) if header == format!("Bearer {token}") => mint(request, before),
        header => Response::error(401, &format!("expired: {header:?}"), None),
    })
}

#[test]
fn a_token_is_kept_for_the_next_process() {
    let listener = MockServer::minting();
    let asst = user(&listener, "foundry", &hourly());
    for _ in 0..3 {
        traced(&asst, &["assistants", "list"]).ok();
    }
    assert_eq!(runs(&asst), 1);
    assert_eq!(shown_to(&listener), vec![bearer("hush-token-1"); 3]);
    // Another profile is another identity, even with the same command.
    configure(&asst, &listener, "foundry", &format!("{}\n[profiles.other]\nbackend = \"compatible\"", hourly()));
    let other = format!("\nbase_url = \"{}\"\n{}\n", listener.url(), hourly());
    let path = asst.home().join("config/asst/config.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.trim_end().to_owned() + &other).unwrap();
    traced(&asst, &["--profile", "other", "assistants", "list"]).ok();
    assert_eq!((runs(&asst), kept(&asst).len()), (2, 2));
}

#[cfg(unix)]
#[test]
fn cached_token_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let listener = MockServer::minting();
    let asst = user(&listener, "foundry", &hourly());
    asst.run(["assistants", "list"]).ok();
    let file = kept(&asst).pop().unwrap();
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    assert!(!file.to_string_lossy().contains("work"), "the name of the file tells the profile");
    // A file that others can read may also have been written by others, so it is ignored.
    private(&file, 0o644);
    asst.run(["assistants", "list"]).ok();
    assert_eq!(runs(&asst), 2);
}

#[test]
fn a_token_is_kept_until_it_expires() {
    let jwt = |exp: i64| {
        // Encodes {"exp":…} without a library. Ten digits need no padding.
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let text = format!("{{\"exp\":{exp}}}");
        let letters = text.as_bytes().chunks(3).flat_map(|three| {
            let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
            (0..=three.len()).map(move |n| char::from(ALPHABET[(bits >> (18 - 6 * n) & 63) as usize]))
        });
        format!("eyJhbGciOiJub25lIn0.{}.hush", letters.collect::<String>())
    };
    let end = NOON + 3600;
    let zoned = "2023-11-14T23:13:20Z";
    for (source, lasts) in [
        (counting(", \\\"expires_in\\\": 3600"), true),
        (counting(", \\\"expires_in\\\": \\\"3600\\\""), true),
        (
            counting(&format!(", \\\"expires_on\\\": {end}, \\\"expiresOn\\\": \\\"2023-11-14 23:13:20.000000\\\"")),
            true,
        ),
        (counting(&format!(", \\\"expiresOn\\\": \\\"{zoned}\\\"")), true),
        (format!("token_command = \"echo x >> runs; echo {}\"", jwt(end)), true),
        // The lifetime of these tokens is unknown.
        (counting(""), false),
        ("token_command = \"echo x >> runs; echo hush-opaque\"".to_owned(), false),
        // This token expires too soon to be used.
        (counting(", \\\"expires_in\\\": 30"), false),
    ] {
        let listener = MockServer::minting();
        let asst = user(&listener, "foundry", &source);
        let at = |seconds: i64| {
            let mut command = asst.command(["--trace", "assistants", "list"]);
            hushed(asst.ran(command.env("ASST_NOW", seconds.to_string()).output().unwrap())).ok();
            runs(&asst)
        };
        let seen = [at(NOON), at(NOON + 3500), at(NOON + 3550), at(NOON + 3600)];
        assert_eq!(
            seen,
            if lasts { [1, 1, 2, if source.contains("in\\\"") { 2 } else { 3 }] } else { [1, 2, 3, 4] },
            "{source}"
        );
    }
}

#[test]
fn a_refused_token_is_fetched_again_once() {
    let listener = accepting("hush-token-2");
    let asst = user(&listener, "foundry", &hourly());
    traced(&asst, &["assistants", "list"]).ok();
    assert_eq!(shown_to(&listener), [bearer("hush-token-1"), bearer("hush-token-2")]);
    traced(&asst, &["assistants", "list"]).ok();
    assert_eq!(runs(&asst), 2, "the second token was not kept");
}

#[test]
fn token_refused_twice_exits_4() {
    let listener = accepting("none");
    let asst = user(&listener, "foundry", &hourly());
    for args in [&["assistants", "list"][..], &["threads", "create"], &["files", "content", "file-1"]] {
        let (requests, ran) = (listener.lines().len(), runs(&asst));
        traced(&asst, args).code(4);
        assert_eq!(listener.lines().len() - requests, 2, "{args:?}");
        assert!(runs(&asst) - ran <= 2, "{args:?}");
    }
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn uncached_token_is_not_fetched_twice() {
    let listener = accepting("none");
    let asst = user(&listener, "foundry", &counting(""));
    traced(&asst, &["assistants", "list"]).code(4);
    assert_eq!((listener.lines().len(), runs(&asst)), (1, 1), "the same command gives the same token");
    // A key is not fetched twice either, since its command may ask a person to unlock it.
    let lines = "api_key_command = \"echo x >> asked; echo hush-key-01\"";
    configure(&asst, &listener, "azure-openai", lines);
    traced(&asst, &["assistants", "list"]).code(4);
    assert_eq!(shown_to(&listener)[1..], [api_key("hush-key-01")]);
    assert_eq!(std::fs::read_to_string(asst.work().join("asked")).unwrap(), "x\n");
}

#[test]
fn uploads_and_downloads_are_retried_with_the_new_token() {
    let listener = MockServer::new(|request, _| match request.header("authorization") {
        Some(header) if header.ends_with('1') => Response::error(401, "expired", None),
        _ if request.method == "GET" => Response::text(200, "content"),
        _ => Response::json(200, &json!({ "id": "file-1", "object": "file", "filename": "a.txt", "bytes": 5 })),
    });
    let asst = user(&listener, "foundry", &hourly());
    asst.file("a.txt", "whole");
    traced(&asst, &["files", "upload", "a.txt"]).ok();
    for request in listener.requests() {
        assert!(String::from_utf8_lossy(&request.body).contains("\r\n\r\nwhole\r\n"), "half a body went out");
    }
    let asst = user(&listener, "foundry", &hourly());
    assert_eq!(traced(&asst, &["files", "content", "file-1"]).ok().stdout, "content");
    assert_eq!(listener.lines().len(), 4);
}

#[test]
fn piped_upload_is_sent_once_and_its_refusal_is_definite() {
    let listener = MockServer::new(|request, _| match request.header("authorization") {
        Some(header) if header.ends_with('1') => Response::error(401, "expired", None),
        _ => Response::json(200, &json!({ "id": "file-1", "object": "file", "filename": "a.txt", "bytes": 5 })),
    });
    let asst = user(&listener, "foundry", &hourly());
    let upload = || hushed(asst.fed("whole", &["--trace=full", "files", "upload", "-", "--filename", "a.txt"]));
    upload().code(4);
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
    assert_eq!((listener.lines().len(), runs(&asst)), (1, 2));
    // The refused token was removed from the cache.
    upload().ok();
    assert_eq!(shown_to(&listener), [bearer("hush-token-1"), bearer("hush-token-2")]);
}

#[test]
fn concurrent_refusals_fetch_one_token() {
    let listener = accepting("hush-token-2");
    let asst = user(&listener, "foundry", &hourly());
    let ids: Vec<String> = (0..12).map(|n| format!("thread_{n}")).collect();
    let args: Vec<&str> = ["threads", "delete"].into_iter().chain(ids.iter().map(String::as_str)).collect();
    traced(&asst, &args).ok();
    assert_eq!(runs(&asst), 2, "each of them ran the command");
}
