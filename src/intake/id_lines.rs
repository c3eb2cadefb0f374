//! Parses IDs from lines of text, by the same rule for every command. The README describes the rule.
//!
//! A line begins with the IDs of the parents, if the command needs them, then with one or more IDs. Tabs and commas
//! separate columns, and spaces separate IDs within a column.
//!
//! Further columns are ignored, as in the output of a list. Another ID of the same kind in them is an error, so that no
//! ID is dropped silently. Empty lines and a first line of column names are skipped.

use crate::api::{Kind, ids};
use crate::app::App;
use crate::exit::Usage;
use anyhow::Result;

/// Returns the IDs from standard input, each after its parents.
pub fn from_stdin(app: &App, kinds: &[Option<Kind>], any_id: bool, allow_empty: bool) -> Result<Vec<Vec<String>>> {
    let input = crate::env::input::read_text("-")?;
    let found = Expected { kinds, any_id }.read_all(&input)?;
    if let Some(header) = found.header {
        app.ui().note(&skipped(header));
    }
    if found.rows.is_empty() && !allow_empty {
        let hint = "pass --allow-empty to accept empty input; by default it is an error, because a pipeline whose first \
            command failed looks the same";
        return Err(Usage::hinted("expected IDs on standard input, found none", hint).into());
    }
    Ok(found.rows)
}

/// Returns the message about a skipped header line.
pub fn skipped(header: &str) -> String {
    format!("skipped line 1, which has the names of columns: {}", header.trim())
}

/// The result of reading all lines.
#[derive(Debug, Default)]
pub struct Rows<'a> {
    pub rows: Vec<Vec<String>>,
    /// The first line, if it contains column names.
    pub header: Option<&'a str>,
}

/// The content of a line.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'a> {
    Empty,
    /// Column names, in the first line.
    Header,
    /// The expected number of parents, followed by one or more IDs.
    Ids(Vec<&'a str>),
}

/// The IDs that are expected in a line.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The kinds of the parents in order, and last the kind of the IDs. `None` accepts any kind that has a prefix.
    pub kinds: &'a [Option<Kind>],
    /// `true` if implausible IDs are accepted.
    pub any_id: bool,
}

impl Expected<'_> {
    /// Parses all lines.
    ///
    /// # Errors
    /// Returns an error with the line number and the expected form.
    pub fn read_all<'a>(&self, input: &'a str) -> Result<Rows<'a>, Usage> {
        // Some systems begin a text with a byte order mark, which is not part of the first ID.
        let input = input.strip_prefix('\u{feff}').unwrap_or(input);
        let mut all = Rows::default();
        for (number, text) in input.lines().enumerate() {
            let line = self.read(text, number == 0);
            match line.map_err(|reason| Usage::new(format!("standard input, line {}: {reason}", number + 1)))? {
                Line::Empty => {}
                Line::Header => all.header = Some(text),
                Line::Ids(ids) => {
                    let (parents, own) = ids.split_at(self.kinds.len() - 1);
                    let row = |id: &&str| parents.iter().chain([id]).map(|text| (*text).to_owned()).collect();
                    all.rows.extend(own.iter().map(row));
                }
            }
        }
        Ok(all)
    }

    /// Parses one line.
    ///
    /// # Errors
    /// Returns a message about the expected or the unexpected text.
    pub fn read<'a>(&self, text: &'a str, first: bool) -> Result<Line<'a>, String> {
        let mut columns = text.split(['\t', ',']).map(words).peekable();
        let head = columns.peek().cloned().unwrap_or_default();
        if text.trim().is_empty() {
            return Ok(Line::Empty);
        }
        if first && !self.any_id && head.len() == 1 && ids::names_a_column(head[0]) {
            return Ok(Line::Header);
        }
        let mut found = Vec::new();
        let mut rest = Vec::new();
        for column in columns {
            let wanted = found.len() < self.kinds.len();
            if rest.is_empty() && (wanted || self.has_only_ids(&found, &column)) {
                for word in column {
                    self.check_parent(found.len(), word)?;
                    self.check(word)?;
                    found.push(word);
                }
            } else {
                rest.push(column);
            }
        }
        if found.len() < self.kinds.len() {
            return Err(format!("expected {}", self.names()));
        }
        match rest.iter().find(|column| self.repeats_kind(&found, column)) {
            Some(column) => {
                Err(format!("found another ID after other columns: `{}`; write one ID per line", column.join(" ")))
            }
            None => Ok(Line::Ids(found)),
        }
    }

    /// Rejects a line in which an ID of another kind stands in place of a parent's ID, as in a list that begins with
    /// the objects' own IDs. The commands check the kinds of the other IDs.
    fn check_parent(&self, place: usize, word: &str) -> Result<(), String> {
        let parents = &self.kinds[..self.kinds.len() - 1];
        let wanted = parents.get(place).copied().flatten().filter(|_| !self.any_id);
        let Some(found) = wanted.and_then(|wanted| ids::mistaken(wanted, word)) else { return Ok(()) };
        let columns: String = parents.iter().flatten().map(|kind| format!("{}_id,", kind.name())).collect();
        let (names, found) = (self.names(), found.name());
        Err(format!("expected {names}, got a {found} ID: `{word}`; list the objects with `--columns {columns}id`"))
    }

    fn check(&self, word: &str) -> Result<(), String> {
        if self.any_id {
            ids::check(word).map_err(|bad| bad.to_string())
        } else {
            ids::plausible(word).map_err(|bad| bad.to_string())
        }
    }

    /// Returns `true` if a column after the required ones contains only IDs.
    fn has_only_ids(&self, found: &[&str], column: &[&str]) -> bool {
        let own = self.kinds.last().copied().flatten();
        let is = |word: &&str| match Kind::of_id(word) {
            Some(kind) => {
                own.map_or_else(|| kind.recorded(), |own| own.takes_ids_of(kind)) && ids::plausible(word).is_ok()
            }
            None => has_same_form(found, word),
        };
        !column.is_empty() && column.iter().all(is)
    }

    /// Returns `true` if a later column contains an ID like the one that was read from the front of the line.
    fn repeats_kind(&self, found: &[&str], column: &[&str]) -> bool {
        let kind = found.last().and_then(|id| Kind::of_id(id));
        let is = |word: &str| match kind {
            Some(_) => Kind::of_id(word) == kind && ids::plausible(word).is_ok(),
            None => has_same_form(found, word),
        };
        column.iter().any(|word| is(word) && !found.contains(word))
    }

    fn names(&self) -> String {
        let name =
            |kind: &Option<Kind>| kind.map_or("ID".to_owned(), |kind| format!("{}_ID", kind.name().to_uppercase()));
        self.kinds.iter().map(name).collect::<Vec<_>>().join("<TAB>")
    }
}

/// Returns `true` if a word and the last ID have the same recognizable form without a prefix, such as UUIDs.
fn has_same_form(found: &[&str], word: &str) -> bool {
    found.last().is_some_and(|last| last.len() == word.len() && ids::is_universal(last) && ids::is_universal(word))
}

/// Returns the words of a column without surrounding quotes.
fn words(column: &str) -> Vec<&str> {
    let quotes = ['"', '\''];
    column
        .trim()
        .trim_matches(quotes)
        .split([' ', ';'])
        .map(|word| word.trim().trim_matches(quotes))
        .filter(|word| !word.is_empty())
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn thread(text: &str) -> Result<Line<'_>, String> {
        Expected { kinds: &[Some(Kind::Thread)], any_id: false }.read(text, true)
    }

    fn message(text: &str) -> Result<Line<'_>, String> {
        Expected { kinds: &[Some(Kind::Thread), Some(Kind::Message)], any_id: false }.read(text, true)
    }

    fn any(text: &str) -> Result<Line<'_>, String> {
        Expected { kinds: &[None], any_id: false }.read(text, true)
    }

    #[test]
    fn all_ids_at_the_front_are_read() {
        for text in [
            "thread_1 thread_2",
            "thread_1,thread_2",
            "thread_1, thread_2",
            "thread_1\tthread_2",
            " thread_1  thread_2\r",
            "\"thread_1\",\"thread_2\"",
            "thread_1;thread_2",
            "thread_1\tthread_2\tlive\tasst_1",
            "thread_1 thread_2\tlive",
        ] {
            assert_eq!(thread(text), Ok(Line::Ids(vec!["thread_1", "thread_2"])), "{text}");
        }
        assert_eq!(any("run_1\tthread_1\tlive"), Ok(Line::Ids(vec!["run_1", "thread_1"])));
        assert_eq!(any("\"asst_1\",name"), Ok(Line::Ids(vec!["asst_1"])));
        assert_eq!(thread("thread_1\tasst_1"), Ok(Line::Ids(vec!["thread_1"])), "a column of a listing");
    }

    #[test]
    fn parents_come_first() {
        for text in ["thread_1\tmsg_1 msg_2", "thread_1 msg_1 msg_2", "thread_1,msg_1,msg_2,user"] {
            assert_eq!(message(text), Ok(Line::Ids(vec!["thread_1", "msg_1", "msg_2"])), "{text}");
        }
        assert_eq!(message("thread_1"), Err("expected THREAD_ID<TAB>MESSAGE_ID".to_owned()));
        let listing = message("msg_1\tuser\tthread_1").unwrap_err();
        assert_eq!(
            listing,
            "expected THREAD_ID<TAB>MESSAGE_ID, got a message ID: `msg_1`; list the objects with `--columns thread_id,id`"
        );
    }

    #[test]
    fn text_that_is_not_an_id_is_an_error() {
        assert!(thread("thread_1\tlive\tthread_2").unwrap_err().contains("`thread_2`"));
        assert!(thread("thread_1,live,thread_2").unwrap_err().contains("`thread_2`"));
        assert_eq!(thread("thread_1\tlive\tthread_1"), Ok(Line::Ids(vec!["thread_1"])), "the same once more");
        for text in ["thread_1 oops", "thread_1 thread_zz", "error: no", "thread_", "thread_zz", "1", "live\tthread_1"]
        {
            assert!(thread(text).is_err(), "{text}");
        }
    }

    #[test]
    fn column_names_are_skipped_in_the_first_line_only() {
        for text in ["thread_id", "thread_ids", "run_id\tstatus", "id,created_at", "ID", "\"threadId\"", "file-id"] {
            assert_eq!(thread(text), Ok(Line::Header), "{text}");
            assert!(Expected { kinds: &[None], any_id: false }.read(text, false).is_err(), "{text}");
        }
        assert_eq!(thread(" \t "), Ok(Line::Empty));
    }

    #[test]
    fn ids_of_other_servers_are_accepted() {
        let one = "6b29fc40-ca47-1067-b31d-00dd010662da";
        assert_eq!(thread(one), Ok(Line::Ids(vec![one])));
        assert_eq!(thread(&format!("{one}\tlive")), Ok(Line::Ids(vec![one])));
        let other = "6b29fc40-ca47-1067-b31d-00dd010662db";
        for text in [format!("{one}, {other}"), format!("{one} {other}"), format!("{one}\t{other}\tlive")] {
            assert_eq!(thread(&text), Ok(Line::Ids(vec![one, other])), "{text}");
        }
        assert!(thread(&format!("{one}\tlive\t{other}")).is_err());
        let any_id = Expected { kinds: &[Some(Kind::Thread)], any_id: true };
        assert_eq!(any_id.read("17", false), Ok(Line::Ids(vec!["17"])));
    }
}
