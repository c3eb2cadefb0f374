//! Documents that reset the limits of serde's own reader: an object with one of its private keys holds a text that is
//! parsed anew, with a fresh limit of depth. Nested, they once ended the process with a stack overflow.

mod answers;
mod inputs;
mod requests;

use serde_json::{Value, json};

const RAW: &str = "$serde_json::private::RawValue";
const NUMBER: &str = "$serde_json::private::Number";

/// Returns a document of so many levels, each of which holds the next one as a text behind a private key.
fn nested(levels: usize, texts: usize) -> Value {
    let mut inner = "1".to_owned();
    for _ in 0..texts {
        let member = json!({ RAW: inner }).to_string();
        inner = format!("{}{member}{}", "[".repeat(levels), "]".repeat(levels));
    }
    // Read by the reader of the program, which takes it as it stands.
    asst::json::read(inner).unwrap()
}

/// Objects that serde would take for something else.
fn disguised() -> Vec<Value> {
    let texts = ["1", "[[", "{\"a\":1}", "", "\"x\""];
    let of = |key: &str| texts.iter().map(|text| json!({ key: text })).collect::<Vec<_>>();
    [of(RAW), of(NUMBER), vec![json!({ RAW: 1 }), json!({ RAW: "1", "b": 2 }), json!({ NUMBER: null })]].concat()
}

/// Returns the members of a function whose parameters hold a value.
fn function(inside: &Value) -> Value {
    json!({ "type": "function", "function": { "name": "f", "parameters": { "type": "object", "x": inside } } })
}
