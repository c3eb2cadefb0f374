//! The tool `file_search` in the form that models use: a function with a query, whose output is passages with markers
//! for citations.

use crate::json;
use serde_json::{Value, json};

/// The name of the function that represents the tool for models.
pub(in crate::serve) const FILE_SEARCH: &str = "file_search";

/// The tool `file_search` of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::serve) struct SearchTool {
    /// `true` if there are vector stores to search.
    pub(in crate::serve) has_stores: bool,
}

/// A passage that a search of the run found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::serve) struct Passage {
    /// The number of the search in the run, from 0.
    pub(in crate::serve) search: usize,
    /// The number of the passage in the search, from 0.
    pub(in crate::serve) index: usize,
    /// The ID of the file.
    pub(in crate::serve) file: String,
    pub(in crate::serve) filename: String,
    pub(in crate::serve) text: String,
}

/// A citation: a marker in a text that refers to a passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::serve) struct Citation {
    /// The marker.
    pub(in crate::serve) text: String,
    /// The ID of the cited file.
    pub(in crate::serve) file: String,
    /// The start of the marker in characters.
    pub(in crate::serve) start: usize,
    /// The end of the marker in characters.
    pub(in crate::serve) end: usize,
}

impl Passage {
    /// Returns the marker by which a text cites the passage (docs/protocol/objects.md#annotations).
    pub(in crate::serve) fn marker(&self) -> String {
        format!("【{}:{}†{}】", self.search, self.index, self.filename)
    }
}

/// Returns the definition of the function for an endpoint.
pub(in crate::serve) fn definition() -> Value {
    json!({
        "type": "function",
        "function": {
            "name": FILE_SEARCH,
            "description": "Searches the files that the user provided. Returns passages, each below its marker, such as \
                            【0:1†name.md】. Put the marker of a passage behind each statement that you take from it.",
            "parameters": {
                "type": "object",
                "properties": { "query": { "type": "string", "description": "What to search for" } },
                "required": ["query"],
            },
        },
    })
}

/// Returns the arguments of a call with this query.
pub(in crate::serve) fn arguments(query: &str) -> String {
    json!({ "query": query }).to_string()
}

/// Returns the query in the arguments of a call. Returns `None` if they have no query, because models may write invalid
/// arguments.
pub(in crate::serve) fn query(arguments: &str) -> Option<String> {
    let arguments = json::read(arguments).ok()?;
    arguments.get("query").and_then(Value::as_str).filter(|query| !query.trim().is_empty()).map(str::to_owned)
}

/// Returns the output of a search for the model.
pub(in crate::serve) fn output(passages: &[Passage]) -> String {
    if passages.is_empty() {
        return "No passage matches the query.".to_owned();
    }
    let passages = passages.iter().map(|passage| format!("{}\n{}", passage.marker(), passage.text.trim()));
    passages.collect::<Vec<_>>().join("\n\n")
}

/// Returns the markers in a text that refer to one of the passages. Only the numbers of a marker are compared, because
/// models often write another name after them.
pub(in crate::serve) fn citations(text: &str, passages: &[Passage]) -> Vec<Citation> {
    let mut found = Vec::new();
    // The position up to which the text was searched, in bytes and in characters.
    let (mut bytes, mut chars) = (0, 0);
    while let Some((before, rest)) = text.get(bytes..).and_then(|text| text.split_once('【')) {
        let start = chars + before.chars().count();
        (bytes, chars) = (bytes + before.len() + '【'.len_utf8(), start + 1);
        // Another opening bracket begins a marker of its own.
        let Some((inner, _)) = rest.split_once('】').filter(|(inner, _)| !inner.contains('【')) else { continue };
        let named = numbers(inner);
        let passage = passages.iter().find(|passage| named == Some((passage.search, passage.index)));
        if let Some(passage) = passage {
            let end = chars + inner.chars().count() + 1;
            found.push(Citation { text: format!("【{inner}】"), file: passage.file.clone(), start, end });
            (bytes, chars) = (bytes + inner.len() + '】'.len_utf8(), end);
        }
    }
    found
}

/// Parses the numbers of a marker such as `0:1†name.md`.
fn numbers(inner: &str) -> Option<(usize, usize)> {
    let (search, index) = inner.split_once('†')?.0.split_once(':')?;
    Some((search.trim().parse().ok()?, index.trim().parse().ok()?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn passage(search: usize, index: usize) -> Passage {
        let (file, filename) = (format!("file-{search}{index}"), "a.md".to_owned());
        Passage { search, index, file, filename, text: "text".into() }
    }

    #[test]
    fn markers_of_known_passages_are_citations() {
        let passages = [passage(0, 0), passage(0, 1), passage(1, 0)];
        type Expected<'a> = &'a [(&'a str, &'a str, usize)];
        let table: [(&str, Expected<'_>); 9] = [
            ("plain", &[]),
            ("a【0:0†a.md】", &[("【0:0†a.md】", "file-00", 1)]),
            ("ä😀【0:1†a.md】 b【1:0†source】.", &[("【0:1†a.md】", "file-01", 2), ("【1:0†source】", "file-10", 14)]),
            ("【0:0†a.md】【0:0†a.md】", &[("【0:0†a.md】", "file-00", 0), ("【0:0†a.md】", "file-00", 10)]),
            ("【0:9†a.md】【9:0†a.md】【x】【】", &[]),
            ("【0:0†a.md", &[]),
            ("【【0:0†a.md】", &[("【0:0†a.md】", "file-00", 1)]),
            ("】【0:0†】", &[("【0:0†】", "file-00", 1)]),
            ("【0:99999999999999999999999†a】", &[]),
        ];
        for (text, expected) in table {
            let found = citations(text, &passages);
            let shown: Vec<_> =
                found.iter().map(|citation| (citation.text.as_str(), citation.file.as_str(), citation.start)).collect();
            assert_eq!(shown, expected, "{text}");
            for citation in found {
                let cut: String = text.chars().skip(citation.start).take(citation.end - citation.start).collect();
                assert_eq!(cut, citation.text, "{text}");
            }
        }
        assert_eq!(citations(&passage(1, 0).marker(), &passages).len(), 1);
    }

    #[test]
    fn a_query_is_read_from_arguments_that_are_well_formed() {
        assert_eq!(query(&arguments("how \"many\"")).as_deref(), Some("how \"many\""));
        for bad in ["", "{}", "[1]", "{\"query\":1}", "{\"query\":\" \"}", "{\"query\":\"x"] {
            assert_eq!(query(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_output_names_each_passage_by_its_marker() {
        assert_eq!(output(&[passage(0, 0), passage(0, 1)]), "【0:0†a.md】\ntext\n\n【0:1†a.md】\ntext");
        assert_eq!(output(&[]), "No passage matches the query.");
    }
}
