//! Documents that reset the depth limit of serde's reader. An object with one of serde's private keys holds a text that
//! is parsed again, with a new depth limit. Nested documents of this kind once crashed the process with a stack
//! overflow.

mod inputs;
mod requests;
mod responses;

use serde_json::{Value, json};

const RAW: &str = "$serde_json::private::RawValue";
const NUMBER: &str = "$serde_json::private::Number";

/// Returns a document with `levels` levels, each of which holds the next one as a text behind a private key.
fn nested(levels: usize, texts: usize) -> Value {
    let mut inner = "1".to_owned();
    for _ in 0..texts {
        let member = json!({ RAW: inner }).to_string();
        inner = format!("{}{member}{}", "[".repeat(levels), "]".repeat(levels));
    }
    // The program's own reader takes the private keys as ordinary members.
    asst::json::read(inner).unwrap()
}

/// Returns objects that serde would interpret as another type.
fn disguised() -> Vec<Value> {
    let texts = ["1", "[[", "{\"a\":1}", "", "\"x\""];
    let of = |key: &str| texts.iter().map(|text| json!({ key: text })).collect::<Vec<_>>();
    [of(RAW), of(NUMBER), vec![json!({ RAW: 1 }), json!({ RAW: "1", "b": 2 }), json!({ NUMBER: null })]].concat()
}

/// Returns the members of a function whose parameters contain a value.
fn function(inside: &Value) -> Value {
    json!({ "type": "function", "function": { "name": "f", "parameters": { "type": "object", "x": inside } } })
}
