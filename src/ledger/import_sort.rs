//! Sorting of imported rows before they are inserted in bulk. There may be millions, so each row is stored as its ID
//! and a few numbers. The module must not depend on the database engines or on the source of the rows.

use super::entry::Source;
use crate::db::{DbError, RowBatch, RowSpan, Value};

/// The maximum number of rows that keep their order of arrival. A longer list is sorted by ID, because its order
/// has no use for a reader.
const IN_ORDER: usize = 10_000;

/// The properties of an object other than its ID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RowProperties {
    pub(super) collection: i64,
    pub(super) parent: Option<String>,
    pub(super) created_at: Option<i64>,
    pub(super) recorded_at: i64,
    pub(super) source: Source,
    pub(super) provenance: Option<String>,
}

/// Rows in the order of arrival.
#[derive(Debug, Default)]
pub(super) struct ImportBuffer {
    ids: String,
    /// The properties. Consecutive rows with equal properties share one entry.
    facts: Vec<RowProperties>,
    rows: Vec<SortRecord>,
    /// The size in bytes of all texts in `facts`.
    texts: usize,
}

/// A row in a form that is fast to sort.
#[derive(Debug, Clone, Copy)]
struct SortRecord {
    /// The first bytes of the ID after the prefix that all IDs share. They decide most comparisons.
    head: [u32; 2],
    row: RowSpan,
}

impl SortRecord {
    /// Returns a number with the same order as the first bytes of the ID.
    fn sort_key(&self) -> u64 {
        u64::from(self.head[0]) << 32 | u64::from(self.head[1])
    }
}

impl ImportBuffer {
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns the size of the rows in memory, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let facts = self.facts.len() * (size_of::<RowProperties>() + 8 * size_of::<Value>());
        self.ids.len() + self.rows.len() * size_of::<SortRecord>() + facts + self.texts
    }

    pub(super) fn add(&mut self, id: &str, facts: RowProperties) -> Result<(), DbError> {
        let start = number(self.ids.len())?;
        self.ids.push_str(id);
        if self.facts.last() != Some(&facts) {
            let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
            self.texts += text(&facts.parent) + text(&facts.provenance);
            self.facts.push(facts);
        }
        let row = RowSpan { start, length: number(id.len())?, shared: number(self.facts.len() - 1)? };
        self.rows.push(SortRecord { head: [0; 2], row });
        Ok(())
    }

    /// Merges rows with the same key, and sorts them by ID. A small number of rows keeps its order of arrival.
    pub(super) fn sorted(self) -> RowBatch {
        let Self { ids, mut facts, mut rows, .. } = self;
        let common_prefix = common_prefix(&ids, &rows);
        rows.iter_mut().for_each(|row| row.head = head(&id(&ids, row.row).as_bytes()[common_prefix..]));
        rows.sort_unstable_by_key(SortRecord::sort_key);
        for same in rows.chunk_by_mut(|one, other| one.head == other.head).filter(|same| same.len() > 1) {
            same.sort_unstable_by_key(|record| {
                (
                    id(&ids, record.row),
                    facts[record.row.shared as usize].collection,
                    record.row.start,
                    record.row.shared,
                )
            });
        }
        rows.dedup_by(|later, first| {
            let [one, other] = [&*first, &*later].map(|record| &facts[record.row.shared as usize]);
            let same = first.head == later.head
                && one.collection == other.collection
                && id(&ids, first.row) == id(&ids, later.row);
            if same && one != other {
                let merged = one.clone().merge(other.clone());
                first.row.shared = facts.len() as u32;
                facts.push(merged);
            }
            same
        });
        if rows.len() <= IN_ORDER {
            rows.sort_unstable_by_key(|record| record.row.start);
        }
        let rows = rows.into_iter().map(|record| record.row).collect();
        RowBatch { texts: ids, shared_cells: facts.into_iter().map(RowProperties::cells).collect(), rows }
    }
}

impl RowProperties {
    /// Returns the cells in the order of the columns after the ID.
    fn cells(self) -> Vec<Value> {
        vec![
            self.collection.into(),
            self.parent.into(),
            self.created_at.into(),
            self.recorded_at.into(),
            self.source.rank().into(),
            self.provenance.into(),
        ]
    }

    /// Merges the properties of a later row of the same object.
    fn merge(self, later: Self) -> Self {
        Self {
            parent: later.parent.or(self.parent),
            created_at: later.created_at.or(self.created_at),
            provenance: self.provenance.or(later.provenance),
            source: self.source.max(later.source),
            ..self
        }
    }
}

fn number(length: usize) -> Result<u32, DbError> {
    u32::try_from(length).map_err(|_| DbError::Other("an ID is longer than 4 GiB".to_owned()))
}

fn id(ids: &str, row: RowSpan) -> &str {
    &ids[row.start as usize..][..row.length as usize]
}

/// Returns the length in bytes of the prefix that all IDs share.
fn common_prefix(ids: &str, rows: &[SortRecord]) -> usize {
    let first = rows.first().map_or(&[][..], |record| id(ids, record.row).as_bytes());
    rows.iter().fold(first.len(), |common_prefix, record| {
        let bytes = id(ids, record.row).as_bytes();
        if bytes.starts_with(&first[..common_prefix]) {
            return common_prefix;
        }
        first[..common_prefix].iter().zip(bytes).take_while(|(one, other)| one == other).count()
    })
}

/// Returns the first eight bytes of a text as two numbers with the same order.
fn head(bytes: &[u8]) -> [u32; 2] {
    let mut head = [0; 8];
    let length = bytes.len().min(head.len());
    head[..length].copy_from_slice(&bytes[..length]);
    let [a, b, c, d, e, f, g, h] = head;
    [u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h])]
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn facts(collection: i64, created_at: Option<i64>) -> RowProperties {
        RowProperties {
            collection,
            parent: None,
            created_at,
            recorded_at: 1,
            source: Source::Imported,
            provenance: None,
        }
    }

    /// Returns the ID, the collection and the creation time of each row.
    fn row_values(rows: &RowBatch) -> Vec<(String, Value, Value)> {
        let cells = |row: &RowSpan| {
            let rest = &rows.shared_cells[row.shared as usize];
            (id(&rows.texts, *row).to_owned(), rest[0].clone(), rest[2].clone())
        };
        rows.rows.iter().map(cells).collect()
    }

    proptest::proptest! {
        #[test]
        fn each_object_has_one_row_with_the_latest_properties(
            rows in proptest::collection::vec(("t_[abé]{0,11}", 1..3_i64, proptest::option::of(0..3_i64)), 0..30),
            many in proptest::bool::ANY,
        ) {
            let mut gathered = ImportBuffer::default();
            // Add enough rows that the order of arrival is not kept.
            let others = (0..if many { IN_ORDER } else { 0 }).map(|n| (format!("u{n:05}"), 1, None));
            let rows: Vec<(String, i64, Option<i64>)> = rows.into_iter().chain(others).collect();
            let mut expected: Vec<(String, Value, Value)> = Vec::new();
            for (id, collection, created_at) in rows {
                gathered.add(&id, facts(collection, created_at)).unwrap();
                let known = (!id.starts_with('u')).then(|| expected.iter_mut().find(|row| (&row.0, &row.1) == (&id, &collection.into())));
                match known.flatten() {
                    Some(known) if created_at.is_some() => known.2 = created_at.into(),
                    Some(_) => {}
                    None => expected.push((id, collection.into(), created_at.into())),
                }
            }
            if expected.len() > IN_ORDER {
                let number = |value: &Value| if let Value::Int(number) = value { *number } else { 0 };
                expected.sort_by_key(|(id, collection, _)| (id.clone(), number(collection)));
            }
            proptest::prop_assert_eq!(row_values(&gathered.sorted()), expected);
        }
    }

    #[test]
    fn equal_properties_of_consecutive_rows_are_stored_once() {
        let mut gathered = ImportBuffer::default();
        (0..1000).for_each(|n| gathered.add(&format!("thread_{n:024}"), facts(1, None)).unwrap());
        assert!(gathered.bytes() < 60_000, "{}", gathered.bytes());
        let long = "x".repeat(1000);
        (0..10).for_each(|n| {
            gathered.add("t", RowProperties { parent: Some(format!("{long}{n}")), ..facts(1, None) }).unwrap()
        });
        assert!(gathered.bytes() > 61_000, "{}", gathered.bytes());
        assert_eq!(gathered.sorted().rows.len(), 1001);
    }
}
