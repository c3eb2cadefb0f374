//! The delta of a message, parsed without copying. Most events of a stream are such deltas, and most deltas hold one
//! word of text.

use crate::json::{self, Closed};
use serde::Deserialize;
use std::borrow::Cow;

/// The text of a message delta. [`super::Snapshots`] handles all other content.
#[derive(Debug, Deserialize)]
pub struct Delta<'a> {
    /// The ID of the message. Some servers omit it.
    #[serde(borrow, default)]
    pub id: Cow<'a, str>,
    #[serde(borrow)]
    delta: DeltaContent<'a>,
}

#[derive(Debug, Deserialize)]
struct DeltaContent<'a> {
    #[serde(borrow, default)]
    content: Option<Vec<DeltaPart<'a>>>,
}

/// A delta of one content part of a message.
#[derive(Debug, Deserialize)]
pub struct DeltaPart<'a> {
    /// The index of the content part.
    #[serde(default)]
    pub index: Option<u64>,
    #[serde(borrow, default)]
    text: Option<Text<'a>>,
    #[serde(borrow, default)]
    refusal: Option<BorrowedText<'a>>,
    #[serde(borrow, default)]
    image_file: Option<&'a serde_json::value::RawValue>,
    #[serde(borrow, default)]
    image_url: Option<&'a serde_json::value::RawValue>,
}

#[derive(Debug, Deserialize)]
struct Text<'a> {
    #[serde(borrow, default)]
    value: Option<BorrowedText<'a>>,
    #[serde(default)]
    annotations: Option<Vec<serde::de::IgnoredAny>>,
}

/// A string that borrows from the input unless it contains escapes. `serde` does not borrow a `Cow` inside an `Option`
/// without this wrapper.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct BorrowedText<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Closed<'a> for Delta<'a> {}

impl<'a> Delta<'a> {
    /// Parses the data of a `thread.message.delta` event. Returns `None` if it does not have the protocol's shape.
    pub fn read(data: &'a str) -> Option<Self> {
        json::closed(data).ok()
    }

    /// Returns the deltas of the content parts.
    pub fn parts(&self) -> &[DeltaPart<'a>] {
        self.delta.content.as_deref().unwrap_or_default()
    }

    /// Returns `true` if the delta contains only text, without annotations or images.
    pub fn is_plain(&self) -> bool {
        self.parts().iter().all(|part| {
            let annotated =
                part.text.as_ref().and_then(|text| text.annotations.as_ref()).is_some_and(|all| !all.is_empty());
            !annotated && part.image_file.is_none() && part.image_url.is_none()
        })
    }
}

impl DeltaPart<'_> {
    /// Returns the text that this delta adds, including the text of a refusal.
    pub fn text(&self) -> Option<&str> {
        let text = self.text.as_ref().and_then(|text| text.value.as_ref());
        text.or(self.refusal.as_ref()).map(|text| &*text.0)
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
        assert!(matches!(part.text.as_ref().unwrap().value, Some(BorrowedText(Cow::Borrowed("Hello")))));
    }

    #[test]
    fn omitted_and_null_members_are_read_as_empty() {
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
            assert_eq!(delta.parts().first().and_then(DeltaPart::text), expected, "{data}");
        }
        let image = r#"{"id":"m","delta":{"content":[{"index":0,"type":"image_file","image_file":{"file_id":"f"}}]}}"#;
        assert!(!Delta::read(image).unwrap().is_plain());
        let cited = r#"{"id":"m","delta":{"content":[{"index":0,"text":{"value":"x","annotations":[{"index":0}]}}]}}"#;
        assert!(!Delta::read(cited).unwrap().is_plain());
        assert!(Delta::read(r#"{"id":"m","delta":{"content":"text"}}"#).is_none());
        assert!(Delta::read("[").is_none());
    }
}
