//! Scans SQLite databases.
//!
//! Each value is read through SQLite, because in the file the values of a row follow each other without a separator.
//! The schema is untrusted, and no file is written next to the database.

use super::find::{IdFinder, Match};
use super::value::{self, ValueType};
use anyhow::Result;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Characters that are special in the URI of a database.
const URI_SPECIAL: &AsciiSet = &CONTROLS.add(b'%').add(b'?').add(b'#');
/// Suffixes of the files that SQLite keeps next to a database.
const LOG_SUFFIXES: [&str; 2] = ["-wal", "-journal"];

/// The reason why a database could not be read completely.
#[derive(Debug, thiserror::Error)]
pub(super) enum Damage {
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
    #[error(transparent)]
    File(#[from] std::io::Error),
    #[error("expected {expected} bytes, found {found}")]
    Short { expected: u64, found: u64 },
}

/// An open database, and the folder of its copy if one was made.
struct DatabaseCopy {
    connection: Connection,
    _folder: Option<TempDir>,
}

/// Selects the names of all tables except virtual ones, which store their content in ordinary tables.
const TABLES: &str =
    "select name from sqlite_schema where type = 'table' and sql not like 'create virtual%' order by rowid";

/// The result of scanning a database.
#[derive(Debug, Default)]
pub(super) struct DatabaseEnd {
    /// The last error of reading.
    pub(super) damage: Option<Damage>,
    /// The values that could not be searched completely: one for each column.
    pub(super) unread: Vec<UnreadColumn>,
}

/// A column with values that could not be searched completely.
#[derive(Debug)]
pub(super) struct UnreadColumn {
    /// The position of the first such value, as `table.column:row`.
    pub(super) place: String,
    pub(super) reason: String,
    /// The number of such values.
    pub(super) count: u64,
}

/// Calls `take` for every ID in the values of all tables, with its position `table.column:row`.
pub(super) fn each(
    path: &Path,
    finder: &IdFinder,
    mut take: impl FnMut(Match, &str) -> Result<()>,
) -> Result<DatabaseEnd> {
    let mut end = DatabaseEnd::default();
    let opened = open(path).and_then(|copied| Ok((names(&copied.connection, TABLES)?, copied)));
    let (tables, copied) = match opened {
        Ok(opened) => opened,
        Err(damage) => return Ok(DatabaseEnd { damage: Some(damage), ..end }),
    };
    for table in tables {
        match read(&copied.connection, &table, finder, &mut take, &mut end.unread) {
            Ok(()) => {}
            Err(TableError::Reading(error)) => end.damage = Some(error.into()),
            Err(TableError::Taking(error)) => return Err(error),
        }
    }
    Ok(end)
}

/// An error that ends the scan of a table.
enum TableError {
    Reading(rusqlite::Error),
    Taking(anyhow::Error),
}

impl From<rusqlite::Error> for TableError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Reading(error)
    }
}

fn read(
    connection: &Connection,
    table: &str,
    finder: &IdFinder,
    take: &mut impl FnMut(Match, &str) -> Result<()>,
    unread: &mut Vec<UnreadColumn>,
) -> Result<(), TableError> {
    // Generated columns are excluded, because they may call functions that are not available here.
    let columns = format!("select name from pragma_table_xinfo({}) where hidden = 0", quoted(table, '\''));
    let columns = names(connection, &columns)?;
    let list = columns.iter().map(|name| quoted(name, '"')).collect::<Vec<_>>().join(", ");
    let mut statement = connection.prepare(&format!("select {list} from {}", quoted(table, '"')))?;
    let mut rows = statement.query([])?;
    let mut number = 0_u64;
    // The index in `unread` of each column that is in it.
    let mut known: Vec<Option<usize>> = vec![None; columns.len()];
    while let Some(row) = rows.next()? {
        number += 1;
        for (index, (column, known)) in columns.iter().zip(&mut known).enumerate() {
            let (bytes, value_type) = match row.get_ref(index)? {
                ValueRef::Text(bytes) => (bytes, ValueType::Text),
                ValueRef::Blob(bytes) => (bytes, ValueType::Blob),
                ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => continue,
            };
            let place = || format!("{table}.{column}:{number}");
            let (found, reason) = value::search(finder, bytes, value_type);
            for found in found {
                take(found, &place()).map_err(TableError::Taking)?;
            }
            let Some(reason) = reason else { continue };
            match known.and_then(|index| unread.get_mut(index)) {
                Some(column) => column.count += 1,
                None => {
                    *known = Some(unread.len());
                    unread.push(UnreadColumn { place: place(), reason, count: 1 });
                }
            }
        }
    }
    Ok(())
}

/// Opens a database.
///
/// A database without a log is opened in place as immutable, so that SQLite creates no files next to it. Otherwise, the
/// log files contain committed or incomplete transactions, so a copy of all files is opened.
fn open(path: &Path) -> Result<DatabaseCopy, Damage> {
    let log_files: Vec<&str> = LOG_SUFFIXES
        .into_iter()
        .filter(|end| fs::metadata(named(path, end)).is_ok_and(|file| file.len() > 0))
        .collect();
    if log_files.is_empty() {
        check_length(path)?;
    }
    let in_place = path.to_str().filter(|_| log_files.is_empty());
    let (connection, folder) = match in_place {
        Some(name) => {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let uri = format!("file:{}?immutable=1", utf8_percent_encode(name, URI_SPECIAL));
            (Connection::open_with_flags(uri, flags)?, None)
        }
        None => {
            let folder = tempfile::Builder::new().prefix("asst-scan-").tempdir()?;
            let copy = folder.path().join("copy.db");
            fs::copy(path, &copy)?;
            for end in log_files {
                fs::copy(named(path, end), named(&copy, end))?;
            }
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            (Connection::open_with_flags(copy, flags)?, Some(folder))
        }
    };
    connection.execute_batch("pragma trusted_schema = off; pragma cell_size_check = on; pragma mmap_size = 0")?;
    Ok(DatabaseCopy { connection, _folder: folder })
}

/// Checks that a database is as long as its header requires. SQLite would read the missing bytes as zeros, which are
/// rows without values.
fn check_length(path: &Path) -> Result<(), Damage> {
    let mut header = [0; 100];
    let mut file = fs::File::open(path)?;
    file.read_exact(&mut header)?;
    let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    // 1 stands for 65,536, which two bytes cannot hold.
    let page = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 1 << 16,
        size => u64::from(size),
    };
    // Old versions of SQLite do not update the number of pages. The two change counters then differ.
    let pages = if number(24) == number(92) { u64::from(number(28)) } else { 0 };
    let (expected, found) = (page * pages, file.metadata()?.len());
    if found < expected || found % page.max(1) != 0 {
        Err(Damage::Short { expected: expected.max(page), found })
    } else {
        Ok(())
    }
}

fn names(connection: &Connection, sql: &str) -> Result<Vec<String>, rusqlite::Error> {
    connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}

fn quoted(name: &str, quote: char) -> String {
    format!("{quote}{}{quote}", name.replace(quote, &format!("{quote}{quote}")))
}

fn named(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    name.into()
}

/// Returns `true` if the file is a log or index of a database in the same folder, with which it is read.
pub(super) fn belongs_to_another(path: &Path) -> bool {
    let Some(name) = path.to_str() else { return false };
    let of = ["-wal", "-shm", "-journal"].iter().find_map(|end| name.strip_suffix(end));
    let mut head = [0; 16];
    let mut read = |path: &str| fs::File::open(path).and_then(|mut file| file.read_exact(&mut head));
    of.is_some_and(|path| read(path).is_ok()) && head == *b"SQLite format 3\0"
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const BODY: &str = "AbCdEfGhIjKlMnOpQrSt1234";

    fn found(path: &Path) -> (Vec<(String, String)>, Result<(), Damage>) {
        let mut all = Vec::new();
        let end = each(path, &IdFinder::new(&[]), |found, place| {
            all.push((found.id, place.to_owned()));
            Ok(())
        });
        (all, end.unwrap().damage.map_or(Ok(()), Err))
    }

    #[test]
    fn each_value_is_searched_separately() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a b?#%.db");
        let database = Connection::open(&path).unwrap();
        let sql = "create table \"chat's\" (\"the \"\"id\"\"\" text, note text, raw blob, n integer,
                twice text as (note || note));
            create table w (id text primary key, x) without rowid";
        database.execute_batch(sql).unwrap();
        let values = (format!("thread_{BODY}"), format!("x asst_{BODY}").into_bytes());
        database.execute("insert into \"chat's\" values (?1, 'Budget', ?2, 7)", values).unwrap();
        database.execute("insert into w values (?1, 'next')", [format!("run_{BODY}")]).unwrap();
        drop(database);
        let (all, ended) = found(&path);
        ended.unwrap();
        let wanted = [("thread_", "chat's.the \"id\":1"), ("asst_", "chat's.raw:1"), ("run_", "w.id:1")];
        assert_eq!(all, wanted.map(|(prefix, place)| (format!("{prefix}{BODY}"), place.to_owned())));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no file appeared beside it");
    }

    #[test]
    fn the_write_ahead_log_is_read_and_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let database = Connection::open(&path).unwrap();
        database
            .execute_batch("pragma journal_mode = wal; pragma wal_autocheckpoint = 0; create table t (id text)")
            .unwrap();
        database.execute("insert into t values (?1)", [format!("thread_{BODY}")]).unwrap();
        let state = || {
            let files = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap());
            let mut files: Vec<_> = files.map(|file| (file.file_name(), fs::read(file.path()).unwrap())).collect();
            files.sort();
            files
        };
        let before = state();
        let (all, ended) = found(&path);
        ended.unwrap();
        assert_eq!(all, [(format!("thread_{BODY}"), "t.id:1".to_owned())]);
        assert!(before == state());
        assert!(belongs_to_another(&folder.path().join("a.db-wal")) && !belongs_to_another(&path));
    }

    #[test]
    fn a_database_that_was_cut_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let database = Connection::open(&path).unwrap();
        database.execute_batch("create table t (id text)").unwrap();
        database.execute("insert into t values (?1)", [format!("thread_{BODY}")]).unwrap();
        drop(database);
        let whole = fs::read(&path).unwrap();
        found(&path).1.unwrap();
        for length in [99, 4096, 4097, 5000, whole.len() - 1] {
            fs::write(&path, &whole[..length]).unwrap();
            assert!(found(&path).1.is_err(), "{length} of {} bytes", whole.len());
        }
    }

    #[test]
    fn damage_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        fs::write(&path, [b"SQLite format 3\0".as_slice(), &[7; 5000]].concat()).unwrap();
        assert!(found(&path).1.is_err());
    }
}
