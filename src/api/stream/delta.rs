//! The delta of a message, read without a copy: most of a stream is these, and most of them are a word of text.

use crate::json::{self, Closed};
use serde::Deserialize;
use std::borrow::Cow;

/// A piece of a message. Whatever is not text is not here: [`super::Snapshots`] has it.
#[derive(Debug, Deserialize)]
pub struct Delta<'a> {
    /// Of which message; some servers leave it out.
    #[serde(borrow, default)]
    pub id: Cow<'a, str>,
    #[serde(borrow)]
    delta: Content<'a>,
}

#[derive(Debug, Deserialize)]
struct Content<'a> {
    #[serde(borrow, default)]
    content: Option<Vec<Part<'a>>>,
}

/// A piece of one part of a message's content.
#[derive(Debug, Deserialize)]
pub struct Part<'a> {
    /// Which part of the content it belongs to.
    #[serde(default)]
    pub index: Option<u64>,
    #[serde(borrow, default)]
    text: Option<Text<'a>>,
    #[serde(borrow, default)]
    refusal: Option<Words<'a>>,
    #[serde(borrow, default)]
    image_file: Option<&'a serde_json::value::RawValue>,
    #[serde(borrow, default)]
    image_url: Option<&'a serde_json::value::RawValue>,
}

#[derive(Debug, Deserialize)]
struct Text<'a> {
    #[serde(borrow, default)]
    value: Option<Words<'a>>,
    #[serde(default)]
    annotations: Option<Vec<serde::de::IgnoredAny>>,
}

/// A text that is borrowed where nothing in it is escaped; serde does not look for that within an option by itself.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct Words<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Closed<'a> for Delta<'a> {}

impl<'a> Delta<'a> {
    /// Reads the data of a `thread.message.delta`; `None` where it is of another shape than the protocol's.
    pub fn read(data: &'a str) -> Option<Self> {
        json::closed(data).ok()
    }

    /// Returns the pieces of its content.
    pub fn parts(&self) -> &[Part<'a>] {
        self.delta.content.as_deref().unwrap_or_default()
    }

    /// Tells whether it is text and nothing else: neither annotations nor images.
    pub fn is_plain(&self) -> bool {
        self.parts().iter().all(|part| {
            let annotated =
                part.text.as_ref().and_then(|text| text.annotations.as_ref()).is_some_and(|all| !all.is_empty());
            !annotated && part.image_file.is_none() && part.image_url.is_none()
        })
    }
}

impl Part<'_> {
    /// Returns the text it adds, that of a refusal too.
    pub fn text(&self) -> Option<&str> {
        let text = self.text.as_ref().and_then(|text| text.value.as_ref());
        text.or(self.refusal.as_ref()).map(|words| &*words.0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const PLAIN: &str = r#"{"id":"msg_1","object":"thread.message.delta","delta":{"content":[{"index":0,"type":"text","text":{"value":"Hello"}}]}}"#;

    #[test]
    fn a_word_is_read_without_a_copy() {
        let delta = Delta::read(PLAIN).unwrap();
        assert!(matches!(delta.id, Cow::Borrowed("msg_1")) && delta.is_plain());
        let [part] = delta.parts() else { panic!() };
        assert_eq!(part.text(), Some("Hello"));
        assert!(matches!(part.text.as_ref().unwrap().value, Some(Words(Cow::Borrowed("Hello")))));
    }

    #[test]
    fn what_servers_leave_out_or_null_is_nothing() {
        for (data, expected) in [
            (r#"{"id":"m","delta":{"role":null,"content":null}}"#, None),
            (
                r#"{"delta":{"content":[{"index":0,"type":"text","text":{"value":"a\n\u00e9","annotations":null}}]}}"#,
                Some("a\né"),
            ),
            (r#"{"id":"m","delta":{"content":[{"index":0,"type":"text","text":{"annotations":[]}}]}}"#, None),
            (r#"{"id":"m","delta":{"content":[{"index":0,"type":"refusal","refusal":"no"}]}}"#, Some("no")),
        ] {
            let delta = Delta::read(data).unwrap();
            assert!(delta.is_plain(), "{data}");
            assert_eq!(delta.parts().first().and_then(Part::text), expected, "{data}");
        }
        let image = r#"{"id":"m","delta":{"content":[{"index":0,"type":"image_file","image_file":{"file_id":"f"}}]}}"#;
        assert!(!Delta::read(image).unwrap().is_plain());
        let cited = r#"{"id":"m","delta":{"content":[{"index":0,"text":{"value":"x","annotations":[{"index":0}]}}]}}"#;
        assert!(!Delta::read(cited).unwrap().is_plain());
        assert!(Delta::read(r#"{"id":"m","delta":{"content":"text"}}"#).is_none());
        assert!(Delta::read("[").is_none());
    }
}
