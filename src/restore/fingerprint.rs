//! A digest of a message or item that is equal for the request that creates it and for the response that shows it.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// The digest of a message or an item of a conversation.
pub(super) type Fingerprint = [u8; 32];

/// Returns the digest of what a backend keeps of a message or item: the role and the parts of a message, or the members
/// of a function call or its output. IDs, times, attachments, annotations and metadata are left out, because the backend
/// assigns or completes them.
pub(super) fn fingerprint(object: &Map<String, Value>) -> Fingerprint {
    let mut digest = Parts(Sha256::new());
    let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
    match text("type") {
        kind @ ("function_call" | "function_call_output") => {
            digest.add(kind, text("call_id"));
            digest.add("name", text("name"));
            digest.add("arguments", text("arguments"));
            match object.get("output") {
                Some(Value::String(output)) => digest.add("output", output),
                Some(output) => digest.add("output", &output.to_string()),
                None => {}
            }
        }
        _ => {
            digest.add("role", text("role"));
            match object.get("content") {
                Some(Value::String(content)) => digest.add("text", content),
                Some(Value::Array(parts)) => parts.iter().for_each(|part| add_part(part, &mut digest)),
                _ => {}
            }
        }
    }
    digest.0.finalize().into()
}

/// Adds a part of a message, in the form of requests or of responses, of a thread or of a conversation.
fn add_part(part: &Value, digest: &mut Parts) {
    let text = part["text"].as_str().or_else(|| part["text"]["value"].as_str());
    let refusal = part["refusal"].as_str();
    let file = part["image_file"]["file_id"].as_str().or_else(|| part["file_id"].as_str());
    let url = part["image_url"]["url"].as_str().or_else(|| part["image_url"].as_str());
    for (name, value) in [("text", text), ("refusal", refusal), ("file", file), ("url", url)] {
        if let Some(value) = value {
            digest.add(name, value);
        }
    }
}

/// A digest of named texts. The lengths are part of it, so that different texts cannot be joined to the same bytes.
struct Parts(Sha256);

impl Parts {
    fn add(&mut self, name: &str, value: &str) {
        for text in [name, value] {
            self.0.update((text.len() as u64).to_le_bytes());
            self.0.update(text);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(value: Value) -> Fingerprint {
        fingerprint(value.as_object().unwrap())
    }

    #[test]
    fn requests_and_responses_have_the_same_fingerprint() {
        let pairs = [
            (
                json!({"role": "user", "content": "hello"}),
                json!({"id": "msg_1", "created_at": 1, "role": "user", "metadata": {"a": "b"},
                    "content": [{"type": "text", "text": {"value": "hello", "annotations": []}}]}),
            ),
            (
                json!({"role": "user", "content": [{"type": "image_file", "image_file": {"file_id": "file-1"}}]}),
                json!({"role": "user", "content": [
                    {"type": "image_file", "image_file": {"file_id": "file-1", "detail": "auto"}}]}),
            ),
            (
                json!({"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "a"}]}),
                json!({"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [
                    {"type": "output_text", "text": "a", "annotations": [], "logprobs": []}]}),
            ),
            (
                json!({"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"}),
                json!({"id": "fc_1", "type": "function_call", "status": "completed", "call_id": "call_1", "name": "f",
                    "arguments": "{}"}),
            ),
        ];
        for (request, response) in pairs {
            assert_eq!(of(request.clone()), of(response), "{request}");
        }
    }

    #[test]
    fn other_contents_have_other_fingerprints() {
        let texts = |parts: &[&str]| {
            let parts: Vec<_> = parts.iter().map(|text| json!({"type": "text", "text": text})).collect();
            of(json!({"role": "user", "content": parts}))
        };
        assert_ne!(texts(&["ab", "c"]), texts(&["a", "bc"]), "the same text in other parts");
        assert_ne!(texts(&["a"]), of(json!({"role": "assistant", "content": "a"})), "another role");
        assert_ne!(texts(&["a"]), texts(&["a "]), "white space counts");
    }
}
