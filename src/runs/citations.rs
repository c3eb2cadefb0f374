//! Citations as footnotes: numbers replace the placeholders of annotations, and a list of sources follows the text.

use crate::api::files::GetFile;
use crate::api::{Nothing, PathArgs};
use crate::app::App;
use crate::app::Call;
use crate::client::Payload;
use crate::ui::sanitize;
use serde_json::Value;
use std::borrow::Cow;

/// The sources of an answer, numbered from 1 in the order of their first citation.
#[derive(Debug, Default)]
pub(super) struct Citations {
    sources: Vec<Source>,
}

#[derive(Debug)]
struct Source {
    /// The ID of a file, or a URL.
    key: String,
    /// The title of the source, if the annotation contains one.
    title: Option<String>,
    /// The placeholder in the text, if the text was shown before the annotation arrived.
    placeholder: Option<String>,
}

impl Citations {
    /// Replaces the placeholders of annotations with numbers.
    ///
    /// Placeholders are found by their text, because the unit of the annotations' indices is not specified
    /// (docs/protocol/objects.md#message).
    pub(super) fn replace<'t>(&mut self, text: &'t str, annotations: &[Value]) -> Cow<'t, str> {
        let mut numbered: Vec<(&str, usize)> = Vec::new();
        for annotation in annotations {
            let Some(number) = self.number(annotation) else { continue };
            match annotation["text"].as_str().filter(|placeholder| !placeholder.is_empty()) {
                Some(placeholder) if text.contains(placeholder) => numbered.push((placeholder, number)),
                placeholder => self.missed(number, placeholder),
            }
        }
        // Longer placeholders come first, because one placeholder may be a prefix of another.
        numbered.sort_by_key(|(placeholder, _)| std::cmp::Reverse(placeholder.len()));
        let mut text = Cow::Borrowed(text);
        for (placeholder, number) in numbered {
            if text.contains(placeholder) {
                text = text.replace(placeholder, &format!("[{number}]")).into();
            }
        }
        text
    }

    /// Assigns numbers to the sources of annotations whose text was already shown.
    pub(super) fn note(&mut self, annotations: &[Value]) {
        for annotation in annotations {
            let known = self.sources.len();
            if let Some(number) = self.number(annotation)
                && number > known
            {
                self.missed(number, annotation["text"].as_str());
            }
        }
    }

    fn missed(&mut self, number: usize, placeholder: Option<&str>) {
        let source = &mut self.sources[number - 1];
        source.placeholder = source.placeholder.take().or(placeholder.map(str::to_owned));
    }

    /// Returns the number of the source that an annotation cites, or `None` if the source is not recognised.
    fn number(&mut self, annotation: &Value) -> Option<usize> {
        let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let file = ["file_citation", "file_path"].into_iter().find_map(|kind| text(&annotation[kind]["file_id"]));
        let (key, title) = match file {
            Some(id) => (id, None),
            None => (text(&annotation["url_citation"]["url"])?, text(&annotation["url_citation"]["title"])),
        };
        let found = self.sources.iter().position(|source| source.key == key);
        let at = found.unwrap_or_else(|| {
            self.sources.push(Source { key, title, placeholder: None });
            self.sources.len() - 1
        });
        Some(at + 1)
    }

    /// Returns the list of sources, or an empty text if there are none.
    ///
    /// File names are requested from the backend. A name that cannot be fetched is omitted.
    pub(super) async fn footnotes(&self, app: &App) -> String {
        let mut lines = String::new();
        for (number, source) in self.sources.iter().enumerate() {
            let title = match &source.title {
                Some(title) => Some(title.clone()),
                None => file_name(app, &source.key).await,
            };
            let parts = [source.placeholder.as_deref(), Some(source.key.as_str()), title.as_deref()];
            let parts: Vec<&str> = parts.into_iter().flatten().collect();
            lines.push_str(&format!("[{}] {}\n", number + 1, sanitize(&parts.join(" "))));
        }
        lines
    }
}

async fn file_name(app: &App, id: &str) -> Option<String> {
    let path = PathArgs::from_texts(&[id]).ok()?;
    let call = Call::of::<GetFile>(&path, &Nothing {}, Payload::None);
    let reply = app.session().await.ok()?.send_unrecorded(&call).await.ok()?;
    reply.text("filename").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn citation(text: &str, file: &str) -> Value {
        json!({"type": "file_citation", "text": text, "file_citation": {"file_id": file}, "start_index": 0, "end_index": 1})
    }

    #[test]
    fn a_number_stands_where_the_placeholder_stood() {
        let mut citations = Citations::default();
        let annotations = [
            citation("【1†a】", "file-1"),
            citation("【2†b】", "file-2"),
            json!({"type": "file_path", "text": "sandbox:/a", "file_path": {"file_id": "file-3"}}),
            json!({"type": "file_path", "text": "sandbox:/a.csv", "file_path": {"file_id": "file-4"}}),
            citation("【3†a】", "file-1"),
        ];
        let text = "x【1†a】 y【2†b】 [get](sandbox:/a.csv) sandbox:/a z【3†a】【1†a】";
        assert_eq!(citations.replace(text, &annotations), "x[1] y[2] [get]([4]) [3] z[1][1]");
        assert_eq!(citations.sources.len(), 4);
    }

    #[test]
    fn what_cites_nothing_known_stays() {
        let mut citations = Citations::default();
        let odd = [json!(null), json!({"text": "a"}), json!({"text": "a", "file_citation": {"file_id": ""}})];
        assert!(matches!(citations.replace("a b", &odd), Cow::Borrowed("a b")));
        assert!(citations.sources.is_empty());
    }

    #[test]
    fn a_placeholder_that_was_shown_before_stands_in_the_list() {
        let mut citations = Citations::default();
        citations.note(&[citation("【1†a】", "file-1")]);
        assert_eq!(citations.sources[0].placeholder.as_deref(), Some("【1†a】"));
        let web = json!({"text": "", "url_citation": {"url": "https://x.test", "title": "X"}});
        assert_eq!(citations.replace("no placeholder", &[web]), "no placeholder");
        assert_eq!(citations.sources[1].title.as_deref(), Some("X"));
    }
}
