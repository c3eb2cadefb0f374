//! The rows of files in vector stores, pages of them, and their counts by status.

use super::super::{ListWindow, Store};
use crate::api::objects::{IndexingStatus, OpenEnum};
use crate::api::paging::Order;
use crate::db::{DbError, SqlRow};
use std::collections::HashMap;

/// The sizes of the passages of a file, in tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::serve) struct Chunking {
    /// The maximum size of a passage.
    pub(in crate::serve) size: i64,
    /// The overlap of two consecutive passages.
    pub(in crate::serve) overlap: i64,
}

impl Default for Chunking {
    /// Returns the sizes of the strategy `auto` (docs/protocol/objects.md#limits-and-defaults).
    fn default() -> Self {
        Self { size: 800, overlap: 400 }
    }
}

/// The row of a file in a vector store.
#[derive(Debug, Clone)]
pub(in crate::serve) struct StoreFileRow {
    /// The row number, which ascends in the order in which files are added.
    pub(in crate::serve) n: i64,
    pub(in crate::serve) store: String,
    pub(in crate::serve) file: String,
    pub(in crate::serve) created_at: i64,
    pub(in crate::serve) status: IndexingStatus,
    pub(in crate::serve) usage_bytes: i64,
    /// The number of passages of a completed file.
    pub(in crate::serve) chunks: i64,
    pub(in crate::serve) chunking: Chunking,
    /// The attributes as JSON.
    pub(in crate::serve) attributes: String,
    /// The code and the message of the error, if the file failed.
    pub(in crate::serve) error: Option<(String, String)>,
}

/// The columns that [`StoreFileRow::read`] expects.
macro_rules! columns {
    () => {
        "n, store, file, created_at, status, usage_bytes, chunks, chunk_size, overlap, attributes, error_code, \
         error_message"
    };
}

/// Expands to the SQL of a page. `$end` has further conditions, the order, and the limit.
macro_rules! page {
    ($end:literal) => {
        concat!(
            "select ",
            columns!(),
            " from store_file where store = $1 and n > $2 and n < $3 \
             and (status = cast($4 as text) or cast($4 as text) is null) ",
            $end
        )
    };
}

impl StoreFileRow {
    fn read(mut row: SqlRow) -> Result<Self, DbError> {
        let error = match (row.take_optional_text(10)?, row.take_optional_text(11)?) {
            (Some(code), message) => Some((code, message.unwrap_or_default())),
            (None, _) => None,
        };
        Ok(Self {
            n: row.int(0)?,
            store: row.take_text(1)?,
            file: row.take_text(2)?,
            created_at: row.int(3)?,
            status: status(row.text(4)?)?,
            usage_bytes: row.int(5)?,
            chunks: row.int(6)?,
            chunking: Chunking { size: row.int(7)?, overlap: row.int(8)? },
            attributes: row.take_text(9)?,
            error,
        })
    }
}

fn status(name: &str) -> Result<IndexingStatus, DbError> {
    IndexingStatus::named(name)
        .ok_or_else(|| DbError::Corrupt(format!("a file of a vector store has the unknown status `{name}`")))
}

/// A page of the files of a vector store, or the cursor of the request if it is not in the list.
#[derive(Debug)]
pub(in crate::serve) enum StoreFilePage {
    Found { rows: Vec<StoreFileRow>, has_more: bool },
    UnknownCursor(String),
}

/// The number of files in each status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::serve) struct StatusCounts {
    pub(in crate::serve) in_progress: i64,
    pub(in crate::serve) completed: i64,
    pub(in crate::serve) failed: i64,
    pub(in crate::serve) cancelled: i64,
    /// The size of all passages in bytes.
    pub(in crate::serve) usage_bytes: i64,
}

impl StatusCounts {
    /// Returns the number of files.
    pub(in crate::serve) const fn total(&self) -> i64 {
        self.in_progress + self.completed + self.failed + self.cancelled
    }

    fn add(&mut self, name: &str, count: i64, bytes: i64) -> Result<(), DbError> {
        let counter = match status(name)? {
            IndexingStatus::InProgress => &mut self.in_progress,
            IndexingStatus::Completed => &mut self.completed,
            IndexingStatus::Failed => &mut self.failed,
            IndexingStatus::Cancelled => &mut self.cancelled,
        };
        *counter += count;
        self.usage_bytes += bytes;
        Ok(())
    }

    /// Adds up rows with the columns status, count, and size in bytes.
    fn read(rows: Vec<SqlRow>) -> Result<Self, DbError> {
        let mut counts = Self::default();
        rows.into_iter().try_for_each(|row| counts.add(row.text(0)?, row.int(1)?, row.int(2)?))?;
        Ok(counts)
    }
}

impl Store {
    /// Returns a file of a vector store.
    pub(in crate::serve) async fn store_file(&self, store: &str, file: &str) -> Result<Option<StoreFileRow>, DbError> {
        const SQL: &str = concat!("select ", columns!(), " from store_file where store = $1 and file = $2");
        let rows = self.db.read(SQL, vec![store.into(), file.into()]).await?;
        rows.into_iter().next().map(StoreFileRow::read).transpose()
    }

    /// Returns the files of a vector store, or of one of its batches, strictly between the cursors of the window. The
    /// label of the window is a status, and only files with this status are listed.
    pub(in crate::serve) async fn store_files(
        &self,
        store: &str,
        batch: Option<&str>,
        window: &ListWindow,
        default_limit: u32,
    ) -> Result<StoreFilePage, DbError> {
        const ASC: &str = page!("order by n limit $5");
        const DESC: &str = page!("order by n desc limit $5");
        // These are separate statements, so that the planner uses the index on the batch.
        const ASC_OF: &str = page!("and batch = $6 order by n limit $5");
        const DESC_OF: &str = page!("and batch = $6 order by n desc limit $5");
        let mut bounds = [None, None];
        for (bound, cursor) in bounds.iter_mut().zip([&window.after, &window.before]) {
            if let Some(cursor) = cursor {
                match self.store_file(store, cursor).await? {
                    None => return Ok(StoreFilePage::UnknownCursor(cursor.clone())),
                    Some(row) => *bound = Some(row.n),
                }
            }
        }
        let (sqls, [low, high]) = match window.order {
            Some(Order::Asc) => ([ASC, ASC_OF], bounds),
            _ => ([DESC, DESC_OF], [bounds[1], bounds[0]]),
        };
        let limit = window.limit.unwrap_or(default_limit) as usize;
        let mut params = vec![
            store.into(),
            low.unwrap_or(0).into(),
            high.unwrap_or(i64::MAX).into(),
            window.label.as_deref().into(),
            (limit as i64 + 1).into(),
        ];
        params.extend(batch.map(Into::into));
        let sql = if batch.is_some() { sqls[1] } else { sqls[0] };
        let mut rows = self.db.read(sql, params).await?;
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let rows = rows.into_iter().map(StoreFileRow::read).collect::<Result<_, _>>()?;
        Ok(StoreFilePage::Found { rows, has_more })
    }

    /// Returns the counts of a vector store.
    pub(in crate::serve) async fn counts_of_store(&self, store: &str) -> Result<StatusCounts, DbError> {
        const SQL: &str = "select status, count(*), cast(coalesce(sum(usage_bytes), 0) as bigint) from store_file \
                           where store = $1 group by status";
        StatusCounts::read(self.db.read(SQL, vec![store.into()]).await?)
    }

    /// Returns the counts of a batch. Files that were detached from the vector store do not count.
    pub(in crate::serve) async fn counts_of_batch(&self, batch: &str) -> Result<StatusCounts, DbError> {
        const SQL: &str = "select status, count(*), cast(coalesce(sum(usage_bytes), 0) as bigint) from store_file \
                           where batch = $1 group by status";
        StatusCounts::read(self.db.read(SQL, vec![batch.into()]).await?)
    }

    /// Returns the counts of the vector stores on a page, by ID. `first` and `last` are the IDs of the first and the
    /// last vector store of the page. A vector store without files is not in the result.
    pub(in crate::serve) async fn counts_of_page(
        &self,
        first: &str,
        last: &str,
    ) -> Result<HashMap<String, StatusCounts>, DbError> {
        const SQL: &str = "select store, status, count(*), cast(coalesce(sum(usage_bytes), 0) as bigint) \
                           from store_file where store in (select id from object where kind = 'vector_store' \
                           and parent = '' and n between (select min(n) from object where id in ($1, $2)) \
                           and (select max(n) from object where id in ($1, $2))) group by store, status";
        let mut found: HashMap<String, StatusCounts> = HashMap::new();
        for mut row in self.db.read(SQL, vec![first.into(), last.into()]).await? {
            let counts = found.entry(row.take_text(0)?).or_default();
            counts.add(row.text(1)?, row.int(2)?, row.int(3)?)?;
        }
        Ok(found)
    }
}
