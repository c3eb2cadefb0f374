//! The passages of files: their numbers, writing them, and reading the text of a file from them.

use super::super::Store;
use crate::db::{Db, DbError, Statement, Value};

/// The maximum number of passages of a file. The number of a passage is the row number of its file times this, plus its
/// position in the file.
pub(in crate::serve) const MAX_PASSAGES: i64 = 1 << 24;

/// The first character of the term that stands for a vector store in the index. The analyser returns no term with this
/// character.
const SCOPE_MARK: char = '\u{a6}';

/// A passage that is about to be written.
#[derive(Debug)]
pub(in crate::serve) struct NewPassage {
    /// The offset in the text of the file, in bytes.
    pub(in crate::serve) start: i64,
    /// The length in terms.
    pub(in crate::serve) length: i64,
    pub(in crate::serve) tokens: i64,
    pub(in crate::serve) text: String,
    /// The search terms in the syntax of the database engine ([`Store::has_vectors`]).
    pub(in crate::serve) terms: String,
    /// The encoded embedding, if the server has an embeddings endpoint.
    pub(in crate::serve) embedding: Option<Vec<u8>>,
}

/// Returns the lowest and the highest number that a passage of a file can have. `item` is the row number of the file.
pub(super) const fn range(item: i64) -> [i64; 2] {
    [item * MAX_PASSAGES, item * MAX_PASSAGES + MAX_PASSAGES - 1]
}

/// Returns the term that stands for a vector store in the index.
pub(super) fn scope_term(scope: i64) -> String {
    format!("{SCOPE_MARK}{scope}")
}

impl NewPassage {
    /// Returns the statements that write the passage at this position (`sequence`) in the file.
    pub(super) fn statements(self, db: &Db, item: i64, scope: i64, sequence: i64) -> Vec<Statement> {
        const TEXT: &str = "insert into passage (n, start, length, tokens, text, embedding) \
                            values ($1, $2, $3, $4, $5, $6)";
        const INDEX: &str = "insert into passage_index (rowid, terms) values ($1, $2)";
        const BOTH: &str = "insert into passage (n, start, length, tokens, text, embedding, terms) \
                            values ($1, $2, $3, $4, $5, $6, cast(cast($7 as text) as tsvector))";
        let (number, scope) = (item * MAX_PASSAGES + sequence, scope_term(scope));
        let mut params =
            vec![number.into(), self.start.into(), self.length.into(), self.tokens.into(), self.text.into()];
        params.push(self.embedding.map_or(Value::Null, Value::Bytes));
        if db.has_many_writers() {
            params.push(format!("{} '{scope}'", self.terms).into());
            vec![Statement::new(BOTH, params)]
        } else {
            vec![
                Statement::new(TEXT, params),
                Statement::new(INDEX, vec![number.into(), format!("{scope} {}", self.terms).into()]),
            ]
        }
    }
}

impl Store {
    /// Returns `true` if the terms of passages are `tsvector` literals (PostgreSQL). Otherwise they are a text
    /// (SQLite).
    pub(in crate::serve) fn has_vectors(&self) -> bool {
        self.db.has_many_writers()
    }

    /// Returns the offsets and the texts of the passages of a file from the position `from`, at most 64. Stops before
    /// the first passage that is missing, because the passages of a detached file are removed in several transactions.
    pub(in crate::serve) async fn passages(&self, item: i64, from: i64) -> Result<Vec<(i64, String)>, DbError> {
        const SQL: &str = "select start, text, n from passage where n between $1 and $2 order by n limit 64";
        let [first, last] = range(item);
        let mut passages = Vec::new();
        let rows = self.db.read(SQL, vec![(first + from).into(), last.into()]).await?;
        for (mut row, n) in rows.into_iter().zip(first + from..) {
            if row.int(2)? != n {
                break;
            }
            passages.push((row.int(0)?, row.take_text(1)?));
        }
        Ok(passages)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
impl Store {
    /// Returns the number of stored passages, and of those in the index.
    pub(in crate::serve) async fn passage_counts(&self) -> (i64, i64) {
        let index =
            if self.has_vectors() { "select count(*) from passage" } else { "select count(*) from passage_index" };
        let count = async |sql| self.db.read(sql, vec![]).await.unwrap()[0].int(0).unwrap();
        (count("select count(*) from passage").await, count(index).await)
    }

    /// Removes the passages of a row from a place on, as if another process had begun to remove a detached file.
    pub(in crate::serve) async fn lose_passages(&self, item: i64, from: i64) {
        let [first, last] = range(item);
        let params = vec![(first + from).into(), last.into()];
        self.db.write("delete from passage where n between $1 and $2", params).await.unwrap();
    }
}
