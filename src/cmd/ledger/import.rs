//! `asst ledger import`: ids from files and pipes, a line each.

use crate::api::{Kind, ids};
use crate::app::App;
use crate::cmd::rows;
use crate::env::clock;
use crate::exit::Usage;
use crate::ledger::{Row, Source, State};
use anyhow::Result;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};

/// The longest line, in bytes: an object with all that the API lets it hold takes half of this.
const MAX_LINE: u64 = 4 << 20;

/// Ids to take in.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// File with an id a line (further columns are ignored), or a JSON object a line; - is standard input
    #[arg(value_name = "PATH|-")]
    path: String,
    /// Kind of the ids [default: what their prefix says]
    #[arg(long)]
    kind: Option<String>,
    /// Origin of the ids [default: that of the profile]
    #[arg(long)]
    origin: Option<String>,
}

impl Import {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let kind = self.kind.as_deref().map(rows::kind).transpose()?;
        let origin = super::origin(app, self.origin.as_deref())?;
        let mut wrong = None;
        let mut number = 0;
        let lines = self.lines()?;
        let rows = lines.map_while(|line| {
            number += 1;
            let read = line.and_then(|line| row(&line, kind, &origin));
            read.map_err(|reason| wrong = Some((number, reason))).ok()
        });
        let imported = crate::db::block_on(app.ledger()?.import(rows.flatten()))?;
        let text = format!("{} new, {} known before", imported.new, imported.known);
        app.ui().summary(&text, &json!({ "new": imported.new, "known": imported.known }));
        match wrong {
            None => Ok(()),
            Some((line, reason)) => {
                let place = if self.path == "-" { "standard input" } else { &self.path };
                let message = format!("{place}, line {line}: {reason}");
                Err(Usage::hinted(message, "the lines before it are in the ledger; importing them again does no harm")
                    .into())
            }
        }
    }

    fn lines(&self) -> Result<Box<dyn Iterator<Item = Result<String, String>>>> {
        if self.path == "-" {
            return Ok(Box::new(lines(std::io::stdin().lock())));
        }
        let (file, _) = crate::cmd::open::open(self.path.as_ref())?;
        Ok(Box::new(lines(BufReader::new(file))))
    }
}

/// Returns the lines of a file, none of which is held whole if it is too long for what it should be.
fn lines(mut reader: impl BufRead) -> impl Iterator<Item = Result<String, String>> {
    std::iter::from_fn(move || {
        let mut line = Vec::new();
        match reader.by_ref().take(MAX_LINE + 1).read_until(b'\n', &mut line) {
            Ok(0) => None,
            Ok(_) if line.len() as u64 > MAX_LINE => Some(Err(format!("longer than {} MiB", MAX_LINE >> 20))),
            Ok(_) => Some(String::from_utf8(line).map_err(|_| "not UTF-8 text".to_owned())),
            Err(error) => Some(Err(error.to_string())),
        }
    })
}

/// Reads a line; an empty one is no row.
fn row(line: &str, kind: Option<Kind>, origin: &str) -> Result<Option<Row>, String> {
    let line = line.trim_start_matches('\u{feff}').trim();
    if line.is_empty() {
        return Ok(None);
    }
    let object: Value = match line.starts_with('{') {
        true => serde_json::from_str(line).map_err(|error| format!("not JSON: {error}"))?,
        false => json!({ "id": line.split(['\t', ',', ' ']).next().unwrap_or_default().trim_matches('"') }),
    };
    let id = object["id"].as_str().ok_or("no `id` in it")?;
    ids::check(id).map_err(|error| error.to_string())?;
    let named = || object["kind"].as_str().and_then(Kind::named);
    let kind = kind.or_else(named).or_else(|| Kind::of_id(id)).filter(|kind| kind.recorded());
    let kind = kind.ok_or_else(|| format!("`{id}` does not say its kind, which --kind gives"))?;
    let row = Row::new(origin, kind, id, Source::Imported, clock::now());
    let created_at = crate::view::timestamp(&object["created_at"]).map(|time| time.as_second());
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let metadata = object["metadata"].as_object();
    let metadata = metadata.map(|map| map.iter().map(|(key, value)| (key.clone(), text(value))).collect());
    Ok(Some(Row { state: State::Unknown, created_at, metadata, ..row }))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_an_id_or_an_object() {
        let id = |line: &str| row(line, None, "o").unwrap().map(|row| (row.kind, row.id));
        assert_eq!(id("thread_1\tlive"), Some((Kind::Thread, "thread_1".into())));
        assert_eq!(id("\"file-1\",a.txt"), Some((Kind::File, "file-1".into())));
        assert_eq!(id("  "), None);
        let found = row(r#"{"id":"thread_2","created_at":5,"metadata":{"a":"b"}}"#, None, "o").unwrap().unwrap();
        assert_eq!((found.created_at, found.state), (Some(5), State::Unknown));
        assert_eq!(found.metadata.unwrap()["a"], "b");
    }

    #[test]
    fn a_line_without_end_is_not_read_to_its_end() {
        let mut lines = lines(BufReader::new(std::io::repeat(b'x')));
        assert_eq!(lines.next(), Some(Err("longer than 4 MiB".to_owned())));
        let mut lines = super::lines(&b"thread_1\r\nthread_2\n\xff"[..]);
        assert_eq!(lines.next(), Some(Ok("thread_1\r\n".to_owned())));
        assert_eq!(lines.next(), Some(Ok("thread_2\n".to_owned())));
        assert_eq!(lines.next(), Some(Err("not UTF-8 text".to_owned())));
        assert_eq!(lines.next(), None);
    }

    #[test]
    fn what_is_no_id_or_of_no_kind_is_said() {
        assert!(row("6b29fc40", None, "o").unwrap_err().contains("--kind"));
        assert!(row("6b29fc40", Some(Kind::Thread), "o").is_ok());
        assert!(row("a/b", Some(Kind::Thread), "o").is_err());
        assert!(row("{", None, "o").unwrap_err().starts_with("not JSON"));
    }
}
