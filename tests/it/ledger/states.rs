//! The state of a row after a deletion or a 404.

use crate::support::mock_server::{MockServer, Response, mint};
use crate::support::test_env::{Asst, minting, shows};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[test]
fn a_deleted_thread_stays_deleted() {
    let (_listener, asst) = minting();
    let id = asst.run(["threads", "create"]).ok().id();
    asst.run(["threads", "delete", &id]).ok();
    assert_eq!(asst.run(["threads", "list", "-o", "id"]).ok().stdout, "");
    assert_eq!(asst.run(["threads", "list", "--state", "deleted"]).ok().id(), id);
    // An import does not revive a deleted object.
    asst.fed(format!("{id}\n"), &["ledger", "import", "-"]).ok();
    assert_eq!(asst.run(["threads", "list", "-o", "id"]).ok().stdout, "");
    let row = asst.run(["ledger", "list", "--state", "any", "-o", "json"]).ok().json()[0].clone();
    assert_eq!((&row["state"], &row["raw"]), (&json!("deleted"), &json!(null)));
}

#[test]
fn a_404_that_names_the_object_marks_it_gone() {
    let gone = Arc::new(AtomicBool::new(false));
    let named = Arc::clone(&gone);
    let listener = MockServer::new(move |request, before| match request.method.as_str() {
        "GET" if named.load(Ordering::SeqCst) => {
            let id = request.target.rsplit('/').next().unwrap_or_default();
            Response::error(404, &format!("No thread found with id '{id}'."), None)
        }
        "GET" => Response::text(404, "404 page not found"),
        _ => mint(request, before),
    });
    let asst = Asst::with_backend(&listener.url());
    let id = asst.run(["threads", "create"]).ok().id();
    // A 404 without the ID may come from a wrong backend.
    asst.run(["threads", "get", &id]).code(3);
    assert_eq!(asst.run(["threads", "list"]).ok().id(), id);
    gone.store(true, Ordering::SeqCst);
    asst.run(["threads", "get", &id]).code(3);
    assert_eq!(asst.run(["threads", "list", "-o", "id"]).ok().stdout, "");
    assert_eq!(asst.run(["threads", "list", "--state", "gone"]).ok().id(), id);
}

#[test]
fn a_404_for_an_id_of_another_origin_has_a_hint() {
    let (_listener, asst) = minting();
    let id = asst.run(["threads", "create"]).ok().id();
    let elsewhere = MockServer::new(|_, _| Response::error(404, "No thread found with id 'x'.", None));
    let mut command = asst.command(["threads", "get", &id]);
    let ran = asst.ran(command.env("OPENAI_BASE_URL", elsewhere.url()).output().unwrap());
    shows!(ran, @r"
    --- stderr ---
    error: could not get thread [thread]: not found (404)
      caused by: No thread found with id 'x'.
      hint: the ledger has this ID for [origin], but this backend is [origin]
    exit 3
    ");
}
