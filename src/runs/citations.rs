//! Citations as footnotes: numbers replace the placeholders of annotations, and a list of sources follows the text.

use crate::api::files::GetFile;
use crate::api::objects::Annotation;
use crate::api::{Nothing, PathArgs};
use crate::app::{App, Call};
use crate::client::Payload;
use crate::ui::sanitize;
use std::borrow::Cow;
use std::cmp::Reverse;

/// The sources of an answer, numbered from 1 in the order of their first citation.
#[derive(Debug, Default)]
pub(super) struct Citations {
    sources: Vec<CitedSource>,
}

/// A file or a web page that an answer cites.
#[derive(Debug)]
struct CitedSource {
    /// The ID of a file, or a URL.
    key: String,
    /// The title of the source, if the annotation contains one.
    title: Option<String>,
    /// The placeholder that was printed as part of the text, because the annotation arrived later. The list of sources
    /// shows it.
    placeholder: Option<String>,
}

impl Citations {
    /// Replaces the placeholders of annotations with numbers.
    ///
    /// Placeholders are found by their text, because the unit of the annotations' indices is not specified
    /// (docs/protocol/objects.md#message).
    pub(super) fn replace<'t>(&mut self, text: &'t str, annotations: &[&Annotation]) -> Cow<'t, str> {
        let mut numbered: Vec<(&str, usize)> = Vec::new();
        for annotation in annotations {
            let Some(number) = self.number(annotation) else { continue };
            match annotation.text().valid().filter(|placeholder| !placeholder.is_empty()) {
                Some(placeholder) if text.contains(placeholder) => numbered.push((placeholder, number)),
                placeholder => self.keep_placeholder(number, placeholder),
            }
        }
        // Longer placeholders come first, because one placeholder may be a prefix of another.
        numbered.sort_by_key(|(placeholder, _)| Reverse(placeholder.len()));
        let mut text = Cow::Borrowed(text);
        for (placeholder, number) in numbered {
            if text.contains(placeholder) {
                text = text.replace(placeholder, &format!("[{number}]")).into();
            }
        }
        text
    }

    /// Adds the sources of annotations whose text was already printed, so that the list of sources contains them.
    pub(super) fn add_shown(&mut self, annotations: &[&Annotation]) {
        for annotation in annotations {
            let known = self.sources.len();
            if let Some(number) = self.number(annotation)
                && number > known
            {
                self.keep_placeholder(number, annotation.text().valid());
            }
        }
    }

    /// Stores the placeholder that stays in the text, so that the list of sources can show it.
    fn keep_placeholder(&mut self, number: usize, placeholder: Option<&str>) {
        if let Some(source) = self.sources.get_mut(number - 1) {
            source.placeholder = source.placeholder.take().or(placeholder.map(str::to_owned));
        }
    }

    /// Returns the number of the source that an annotation cites, or `None` if it cites no known kind of source.
    fn number(&mut self, annotation: &Annotation) -> Option<usize> {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let references = [annotation.file_citation(), annotation.file_path()];
        let file = references.into_iter().find_map(|reference| text(reference.valid()?.file_id().valid()?));
        let (key, title) = match file {
            Some(id) => (id, None),
            None => {
                let citation = annotation.url_citation().valid()?;
                (text(citation.url().valid()?)?, citation.title().valid().and_then(text))
            }
        };
        let found = self.sources.iter().position(|source| source.key == key);
        let index = found.unwrap_or_else(|| {
            self.sources.push(CitedSource { key, title, placeholder: None });
            self.sources.len() - 1
        });
        Some(index + 1)
    }

    /// Returns the list of sources, or an empty text if there are none.
    ///
    /// File names are requested from the backend. A name that cannot be fetched is omitted.
    pub(super) async fn footnotes(&self, app: &App) -> String {
        let mut lines = String::new();
        for (index, source) in self.sources.iter().enumerate() {
            let title = match &source.title {
                Some(title) => Some(title.clone()),
                None => file_name(app, &source.key).await,
            };
            let parts = [source.placeholder.as_deref(), Some(source.key.as_str()), title.as_deref()];
            let parts: Vec<&str> = parts.into_iter().flatten().collect();
            lines.push_str(&format!("[{}] {}\n", index + 1, sanitize(&parts.join(" "))));
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
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::api::objects::JsonObject;
    use serde_json::{Value, json};

    fn citation(text: &str, file: &str) -> Value {
        json!({"type": "file_citation", "text": text, "file_citation": {"file_id": file}, "start_index": 0, "end_index": 1})
    }

    fn annotations(values: &[Value]) -> Vec<&Annotation> {
        values.iter().map(|value| Annotation::from_value_ref(value).unwrap()).collect()
    }

    #[test]
    fn numbers_replace_placeholders() {
        let mut citations = Citations::default();
        let values = [
            citation("【1†a】", "file-1"),
            citation("【2†b】", "file-2"),
            json!({"type": "file_path", "text": "sandbox:/a", "file_path": {"file_id": "file-3"}}),
            json!({"type": "file_path", "text": "sandbox:/a.csv", "file_path": {"file_id": "file-4"}}),
            citation("【3†a】", "file-1"),
        ];
        let text = "x【1†a】 y【2†b】 [get](sandbox:/a.csv) sandbox:/a z【3†a】【1†a】";
        assert_eq!(citations.replace(text, &annotations(&values)), "x[1] y[2] [get]([4]) [3] z[1][1]");
        assert_eq!(citations.sources.len(), 4);
    }

    #[test]
    fn annotations_without_a_known_source_change_nothing() {
        let mut citations = Citations::default();
        let values = [json!({}), json!({"text": "a"}), json!({"text": "a", "file_citation": {"file_id": ""}})];
        assert!(matches!(citations.replace("a b", &annotations(&values)), Cow::Borrowed("a b")));
        assert!(citations.sources.is_empty());
    }

    #[test]
    fn placeholder_that_was_already_shown_is_in_the_list() {
        let mut citations = Citations::default();
        citations.add_shown(&annotations(&[citation("【1†a】", "file-1")]));
        assert_eq!(citations.sources[0].placeholder.as_deref(), Some("【1†a】"));
        let web = [json!({"text": "", "url_citation": {"url": "https://x.test", "title": "X"}})];
        assert_eq!(citations.replace("no placeholder", &annotations(&web)), "no placeholder");
        assert_eq!(citations.sources[1].title.as_deref(), Some("X"));
    }
}
