//! `asst conversations create`: the note that OpenAI keeps conversations.

use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::Asst;
use serde_json::json;

const NOTE: &str = "note: OpenAI keeps conversations until they are deleted";

#[test]
fn the_first_conversation_at_openai_is_noted_once() {
    let server = MockServer::new(|_, before| Response::json(200, &json!({ "id": format!("conv_{before}") })));
    let asst = Asst::new().env("K", "sk-test-0123456789");
    asst.config(&format!(
        "[profiles.openai]\nbackend = \"openai\"\nbase_url = \"{0}\"\napi_key_env = \"K\"\n\
         [profiles.other]\nbackend = \"compatible\"\nbase_url = \"{0}\"\napi_key_env = \"K\"\n",
        server.url()
    ));
    let create = |args: &[&str]| asst.run([&["conversations", "create"][..], args].concat()).ok().stderr;
    assert!(!create(&["-p", "openai", "-q", "--no-ledger"]).contains(NOTE), "-q silences it");
    assert!(!create(&["-p", "other"]).contains(NOTE), "other backends have their own rules");
    assert!(create(&["-p", "openai"]).contains(NOTE));
    assert!(!create(&["-p", "openai"]).contains(NOTE), "it was printed before");
}
