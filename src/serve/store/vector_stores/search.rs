//! The database queries of a search. SQLite and PostgreSQL have different indexes, and both return the same passages.

use super::super::Store;
use super::frequencies::{IndexState, StoreState};
use super::passages::{MAX_PASSAGES, range, scope_term};
use crate::db::{DbError, SqlRow, Value};
use crate::search::plan::Statistics;
use crate::search::query::{Condition, Query};
use serde_json::json;
use std::collections::HashMap;

/// A passage that a search reads in order to score it.
#[derive(Debug)]
pub(in crate::serve) struct PassageText {
    /// The number of the passage.
    pub(in crate::serve) n: i64,
    /// The length in terms.
    pub(in crate::serve) length: u32,
    pub(in crate::serve) text: String,
}

impl PassageText {
    /// Returns the row number of the file that contains the passage with the number `n`.
    pub(in crate::serve) const fn item_of(n: i64) -> i64 {
        n / MAX_PASSAGES
    }
}

/// The passages among which a count is made.
#[derive(Debug, Clone, Copy)]
enum CountedPassages<'a> {
    All,
    /// The passages from the first number to the last.
    Span([i64; 2]),
    /// The passages of the files with these row numbers.
    Rows(&'a [i64]),
}

/// The vector stores of a search.
#[derive(Debug, Clone, Default)]
pub(in crate::serve) struct Scopes {
    /// The row numbers (`object.n`) of the vector stores.
    pub(in crate::serve) numbers: Vec<i64>,
    /// The numbers of the first and the last passage, if there is a single vector store and no passage between them
    /// belongs to another. Queries then use this range instead of the term of the vector store, whose posting list
    /// contains every passage and is slow.
    span: Option<[i64; 2]>,
}

impl Store {
    /// Returns the vector stores with these IDs. IDs that do not exist are left out.
    pub(in crate::serve) async fn scopes(&self, stores: &[String]) -> Result<Scopes, DbError> {
        const SQL: &str = "select n from object where id = $1 and kind = 'vector_store'";
        let mut scopes = Scopes::default();
        for store in stores {
            for row in self.db.read(SQL, vec![store.as_str().into()]).await? {
                scopes.numbers.push(row.int(0)?);
            }
        }
        if let ([scope], false) = (scopes.numbers.as_slice(), self.has_vectors()) {
            scopes.span = self.span(*scope).await?;
        }
        Ok(scopes)
    }

    /// Returns the numbers of the first and the last passage of the completed files of a vector store. Returns `None`
    /// if passages of another vector store may be between them. Files that are added later have higher numbers, so they
    /// do not change this.
    async fn span(&self, scope: i64) -> Result<Option<[i64; 2]>, DbError> {
        const ROWS: &str = "select min(n), max(n) from store_file where store = (select id from object where n = $1) \
                            and status = 'completed'";
        const OTHERS: &str = "select 1 where exists (select 1 from store_file where n between $1 and $2 and scope <> $3) \
                              or exists (select 1 from hidden_item where item between $1 and $2 and scope <> $3)";
        let ends = self.db.read(ROWS, vec![scope.into()]).await?.pop().unwrap_or_default();
        let (Some(first), Some(last)) = (ends.optional_int(0)?, ends.optional_int(1)?) else { return Ok(None) };
        let is_alone = self.db.read(OTHERS, vec![first.into(), last.into(), scope.into()]).await?.is_empty();
        Ok(is_alone.then(|| [range(first)[0], range(last)[1]]))
    }

    /// Returns the row numbers of the completed files of a vector store, with their attributes as JSON.
    pub(in crate::serve) async fn searchable_items(&self, scope: i64) -> Result<Vec<(i64, String)>, DbError> {
        const SQL: &str = "select n, attributes from store_file where store = (select id from object where n = $1) \
                           and status = 'completed' order by n";
        let rows = self.db.read(SQL, vec![scope.into()]).await?;
        rows.into_iter().map(|mut row| Ok((row.int(0)?, row.take_text(1)?))).collect()
    }

    /// Returns the statistics of vector stores for a query. Hidden passages do not count.
    pub(in crate::serve) async fn statistics(&self, scopes: &Scopes, query: &Query) -> Result<Statistics, DbError> {
        let state = self.index_state(&scopes.numbers).await?;
        let sum = |of: fn(&StoreState) -> i64| unsigned(state.stores.iter().map(of).sum());
        let (chunks, length) = (sum(|store| store.chunks), sum(|store| store.terms));
        let keys: Vec<String> = query.terms().iter().map(|term| self.within_all(scopes, &term.condition())).collect();
        let cached = |key: &String| self.frequencies.get(key, &state);
        let unknown = keys.iter().zip(query.terms()).filter(|(key, _)| cached(key).is_none());
        let (unknown, expressions): (Vec<String>, Vec<String>) =
            unknown.map(|(key, term)| (key.clone(), self.expression(scopes, &term.condition()))).unzip();
        let mut counts =
            self.count(&expressions, scopes.span.map_or(CountedPassages::All, CountedPassages::Span)).await?;
        let hidden: Vec<i64> = state.hidden.iter().copied().filter(|item| scopes.may_contain(*item)).collect();
        if !hidden.is_empty() {
            let within = self.count(&expressions, CountedPassages::Rows(&hidden)).await?;
            counts.iter_mut().zip(within).for_each(|(all, hidden)| *all = all.saturating_sub(hidden));
        }
        let counted: HashMap<String, u64> = unknown.into_iter().zip(counts).collect();
        let frequency = |key: &String| counted.get(key).copied().or_else(|| cached(key)).unwrap_or(0);
        let frequencies = keys.iter().map(frequency).collect();
        // The counts are cached only if the state did not change while they were made.
        if !counted.is_empty() && self.index_state(&scopes.numbers).await? == state {
            self.frequencies.insert(&state, counted);
        }
        Ok(Statistics { chunks, length, frequencies })
    }

    /// Returns the state of vector stores. Cached counts are used only if they were made in the same state.
    async fn index_state(&self, scopes: &[i64]) -> Result<IndexState, DbError> {
        const SUMS: &str = "select count(*), cast(coalesce(sum(n), 0) as bigint), \
                            cast(coalesce(sum(chunks), 0) as bigint), cast(coalesce(sum(terms), 0) as bigint), \
                            (select coalesce(max(n), 0) from store_file \
                            where store = (select id from object where n = $1)) \
                            from store_file where store = (select id from object where n = $1) \
                            and status = 'completed'";
        const HIDDEN: &str = "select item from hidden_item where scope = $1 order by item";
        let mut state = IndexState::default();
        for scope in scopes {
            let sums = self.db.read(SUMS, vec![(*scope).into()]).await?.pop().unwrap_or_default();
            state.stores.push(StoreState {
                files: sums.int(0)?,
                numbers: sums.int(1)?,
                chunks: sums.int(2)?,
                terms: sums.int(3)?,
                newest: sums.int(4)?,
            });
            for row in self.db.read(HIDDEN, vec![(*scope).into()]).await? {
                state.hidden.push(row.int(0)?);
            }
        }
        Ok(state)
    }

    /// Returns the numbers of the first passages that fulfil a condition, in ascending order. `items` limits them to
    /// the files with these row numbers, as a JSON array.
    pub(in crate::serve) async fn candidates(
        &self,
        scopes: &Scopes,
        condition: &Condition,
        items: Option<&str>,
        limit: usize,
    ) -> Result<Vec<i64>, DbError> {
        const SQLITE: &str = "select rowid from passage_index where passage_index match $1 \
            and rowid between $2 and $3 \
            and exists (select 1 from store_file where n = passage_index.rowid >> 24 and status = 'completed') \
            order by rowid limit $4";
        const SQLITE_OF: &str = "select rowid from passage_index where passage_index match $1 \
            and rowid between $2 and $3 and rowid >> 24 in (select value from json_each($4)) order by rowid limit $5";
        const POSTGRES: &str = "select n from passage where terms @@ cast(cast($1 as text) as tsquery) \
            and exists (select 1 from store_file where store_file.n = passage.n >> 24 and status = 'completed') \
            order by n limit $2";
        const POSTGRES_OF: &str = "select n from passage where terms @@ cast(cast($1 as text) as tsquery) \
            and n >> 24 in (select cast(value as bigint) from jsonb_array_elements_text(cast(cast($2 as text) as jsonb)) \
            as listed (value)) order by n limit $3";
        let mut params: Vec<Value> = vec![self.expression(scopes, condition).into()];
        let sqls = if self.has_vectors() {
            [POSTGRES, POSTGRES_OF]
        } else {
            params.extend(scopes.span.unwrap_or([0, i64::MAX]).map(Value::from));
            [SQLITE, SQLITE_OF]
        };
        params.extend(items.map(Value::from));
        params.push((limit as i64).into());
        let sql = if items.is_some() { sqls[1] } else { sqls[0] };
        self.db.read(sql, params).await?.iter().map(|row| row.int(0)).collect()
    }

    /// Returns the passages with these numbers, in ascending order.
    pub(in crate::serve) async fn passage_texts(&self, numbers: &[i64]) -> Result<Vec<PassageText>, DbError> {
        const SQLITE: &str =
            "select n, length, text from passage where n in (select value from json_each($1)) order by n";
        const POSTGRES: &str = "select n, length, text from passage where n in (select cast(value as bigint) \
            from jsonb_array_elements_text(cast(cast($1 as text) as jsonb)) as listed (value)) order by n";
        let sql = if self.has_vectors() { POSTGRES } else { SQLITE };
        let read = |mut row: SqlRow| {
            let length = u32::try_from(row.int(1)?).unwrap_or(u32::MAX);
            Ok(PassageText { n: row.int(0)?, length, text: row.take_text(2)? })
        };
        self.db.read(sql, vec![json!(numbers).to_string().into()]).await?.into_iter().map(read).collect()
    }

    /// Returns the data of files that results contain, by row number: the ID of the vector store, the ID of the file,
    /// the attributes as JSON, and the document of the file. Files that are not completed are left out.
    pub(in crate::serve) async fn found_files(&self, items: &[i64]) -> Result<HashMap<i64, [String; 4]>, DbError> {
        const SQLITE: &str = "select store_file.n, store, file, attributes, object.doc from store_file \
            join object on object.id = store_file.file \
            where store_file.n in (select value from json_each($1)) and status = 'completed'";
        const POSTGRES: &str = "select store_file.n, store, file, attributes, object.doc from store_file \
            join object on object.id = store_file.file \
            where store_file.n in (select cast(value as bigint) \
            from jsonb_array_elements_text(cast(cast($1 as text) as jsonb)) as listed (value)) and status = 'completed'";
        let sql = if self.has_vectors() { POSTGRES } else { SQLITE };
        let rows = self.db.read(sql, vec![json!(items).to_string().into()]).await?;
        let file = |mut row: SqlRow| {
            Ok((row.int(0)?, [row.take_text(1)?, row.take_text(2)?, row.take_text(3)?, row.take_text(4)?]))
        };
        rows.into_iter().map(file).collect()
    }

    /// Returns the number of passages that fulfil each expression.
    async fn count(&self, expressions: &[String], counted: CountedPassages<'_>) -> Result<Vec<u64>, DbError> {
        const SQLITE: &str = "select (select count(*) from passage_index where passage_index match listed.value) \
            from json_each($1) as listed order by listed.key";
        const SQLITE_SPAN: &str = "select (select count(*) from passage_index where passage_index match listed.value \
            and rowid between $2 and $3) from json_each($1) as listed order by listed.key";
        // The cross join makes SQLite read one range of the index for each file.
        const SQLITE_OF: &str = "select (select count(*) from json_each($2) as item cross join passage_index \
            where passage_index match listed.value and passage_index.rowid between item.value << 24 \
            and (item.value << 24) + 16777215) from json_each($1) as listed order by listed.key";
        const POSTGRES: &str = "select (select count(*) from passage where terms @@ cast(listed.value as tsquery)) \
            from jsonb_array_elements_text(cast(cast($1 as text) as jsonb)) with ordinality as listed (value, n) \
            order by listed.n";
        const POSTGRES_SPAN: &str = "select (select count(*) from passage where terms @@ cast(listed.value as tsquery) \
            and passage.n between $2 and $3) \
            from jsonb_array_elements_text(cast(cast($1 as text) as jsonb)) with ordinality as listed (value, n) \
            order by listed.n";
        const POSTGRES_OF: &str = "select (select count(*) from passage where terms @@ cast(listed.value as tsquery) \
            and passage.n >> 24 in (select cast(value as bigint) \
            from jsonb_array_elements_text(cast(cast($2 as text) as jsonb)) as item (value))) \
            from jsonb_array_elements_text(cast(cast($1 as text) as jsonb)) with ordinality as listed (value, n) \
            order by listed.n";
        if expressions.is_empty() {
            return Ok(Vec::new());
        }
        let mut params: Vec<Value> = vec![json!(expressions).to_string().into()];
        let (sqls, given): (_, Vec<Value>) = match counted {
            CountedPassages::All => ([SQLITE, POSTGRES], Vec::new()),
            CountedPassages::Span(span) => ([SQLITE_SPAN, POSTGRES_SPAN], span.map(Value::from).into()),
            CountedPassages::Rows(rows) => ([SQLITE_OF, POSTGRES_OF], vec![json!(rows).to_string().into()]),
        };
        params.extend(given);
        let sql = sqls[usize::from(self.has_vectors())];
        self.db.read(sql, params).await?.iter().map(|row| Ok(unsigned(row.int(0)?))).collect()
    }

    /// Returns the expression for a condition in the syntax of the database engine. If `scopes` has no
    /// span, the expression limits the passages to the vector stores. Otherwise the query must limit them to the span.
    fn expression(&self, scopes: &Scopes, condition: &Condition) -> String {
        if scopes.span.is_some() { condition.fts5() } else { self.within_all(scopes, condition) }
    }

    /// Returns the expression for a condition that is limited to the vector stores, in the syntax of the database
    /// engine.
    fn within_all(&self, scopes: &Scopes, condition: &Condition) -> String {
        let scopes = scopes.numbers.iter().map(|scope| Condition::Term(scope_term(*scope))).collect();
        let both = Condition::All(vec![Condition::Any(scopes), condition.clone()]);
        if self.has_vectors() { both.tsquery() } else { both.fts5() }
    }
}

impl Scopes {
    /// Returns `true` if the passages of a file are in the span of the vector stores, or if there is no span.
    fn may_contain(&self, item: i64) -> bool {
        let [first, last] = range(item);
        self.span.is_none_or(|[from, to]| from <= first && last <= to)
    }
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
