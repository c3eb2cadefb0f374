//! Rows of an import that are sorted and brought in together. There are a million of them, so that each takes its id and a
//! few numbers. Must not know the database's engines, nor where rows come from.

use super::entry::Source;
use crate::db::{DbError, RowOf, Rows, Value};

/// As many rows keep the order in which they came; of more, nobody looks for it.
const IN_ORDER: usize = 10_000;

/// What is known of an object besides its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) collection: i64,
    pub(super) parent: Option<String>,
    pub(super) created_at: Option<i64>,
    pub(super) recorded_at: i64,
    pub(super) source: Source,
    pub(super) provenance: Option<String>,
}

/// Rows in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    ids: String,
    /// Those of rows that follow each other are there once, where they are the same.
    facts: Vec<Facts>,
    rows: Vec<Gist>,
    /// Bytes of texts among the facts.
    texts: usize,
}

/// A row.
#[derive(Debug, Clone, Copy)]
struct Gist {
    /// What its id begins with behind what all ids begin with: most comparisons end here.
    head: [u32; 2],
    row: RowOf,
}

impl Gist {
    /// Returns a number that compares as the beginning of the id does.
    fn beginning(&self) -> u64 {
        u64::from(self.head[0]) << 32 | u64::from(self.head[1])
    }
}

impl Gathered {
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns what the rows take in memory.
    pub(super) fn bytes(&self) -> usize {
        let facts = self.facts.len() * (size_of::<Facts>() + 8 * size_of::<Value>());
        self.ids.len() + self.rows.len() * size_of::<Gist>() + facts + self.texts
    }

    pub(super) fn add(&mut self, id: &str, facts: Facts) -> Result<(), DbError> {
        let start = number(self.ids.len())?;
        self.ids.push_str(id);
        if self.facts.last() != Some(&facts) {
            let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
            self.texts += text(&facts.parent) + text(&facts.provenance);
            self.facts.push(facts);
        }
        let row = RowOf { start, length: number(id.len())?, rest: number(self.facts.len() - 1)? };
        self.rows.push(Gist { head: [0; 2], row });
        Ok(())
    }

    /// Makes one row of those with the same key, and brings them in the order of their ids, or leaves few as they came.
    pub(super) fn sorted(self) -> Rows {
        let Self { ids, mut facts, mut rows, .. } = self;
        let common = common(&ids, &rows);
        rows.iter_mut().for_each(|row| row.head = head(&id(&ids, row.row).as_bytes()[common..]));
        rows.sort_unstable_by_key(Gist::beginning);
        for same in rows.chunk_by_mut(|one, other| one.head == other.head).filter(|same| same.len() > 1) {
            same.sort_unstable_by_key(|gist| {
                (id(&ids, gist.row), facts[gist.row.rest as usize].collection, gist.row.start, gist.row.rest)
            });
        }
        rows.dedup_by(|later, first| {
            let [one, other] = [&*first, &*later].map(|gist| &facts[gist.row.rest as usize]);
            let same = first.head == later.head
                && one.collection == other.collection
                && id(&ids, first.row) == id(&ids, later.row);
            if same && one != other {
                let learned = one.clone().learn(other.clone());
                first.row.rest = facts.len() as u32;
                facts.push(learned);
            }
            same
        });
        if rows.len() <= IN_ORDER {
            rows.sort_unstable_by_key(|gist| gist.row.start);
        }
        let rows = rows.into_iter().map(|gist| gist.row).collect();
        Rows { texts: ids, rests: facts.into_iter().map(Facts::cells).collect(), rows }
    }
}

impl Facts {
    /// In the order of the columns behind the id.
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

    /// Takes over what a later row of the same object says.
    fn learn(self, later: Self) -> Self {
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
    u32::try_from(length).map_err(|_| DbError::Other("an id of gigabytes".to_owned()))
}

fn id(ids: &str, row: RowOf) -> &str {
    &ids[row.start as usize..][..row.length as usize]
}

/// Returns how many bytes are the same at the beginning of all ids.
fn common(ids: &str, rows: &[Gist]) -> usize {
    let first = rows.first().map_or(&[][..], |gist| id(ids, gist.row).as_bytes());
    rows.iter().fold(first.len(), |common, gist| {
        let bytes = id(ids, gist.row).as_bytes();
        if bytes.starts_with(&first[..common]) {
            return common;
        }
        first[..common].iter().zip(bytes).take_while(|(one, other)| one == other).count()
    })
}

/// Returns the first bytes of a text as numbers that compare as it does.
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

    fn facts(collection: i64, created_at: Option<i64>) -> Facts {
        Facts { collection, parent: None, created_at, recorded_at: 1, source: Source::Imported, provenance: None }
    }

    /// Returns id, collection and time of creation of each row.
    fn told(rows: &Rows) -> Vec<(String, Value, Value)> {
        let cells = |row: &RowOf| {
            let rest = &rows.rests[row.rest as usize];
            (id(&rows.texts, *row).to_owned(), rest[0].clone(), rest[2].clone())
        };
        rows.rows.iter().map(cells).collect()
    }

    proptest::proptest! {
        #[test]
        fn each_object_is_there_once_with_what_was_said_last(
            rows in proptest::collection::vec(("t_[abé]{0,11}", 1..3_i64, proptest::option::of(0..3_i64)), 0..30),
            many in proptest::bool::ANY,
        ) {
            let mut gathered = Gathered::default();
            // Enough others that nobody looks for the order.
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
            proptest::prop_assert_eq!(told(&gathered.sorted()), expected);
        }
    }

    #[test]
    fn what_is_the_same_in_rows_that_follow_each_other_takes_memory_once() {
        let mut gathered = Gathered::default();
        (0..1000).for_each(|n| gathered.add(&format!("thread_{n:024}"), facts(1, None)).unwrap());
        assert!(gathered.bytes() < 60_000, "{}", gathered.bytes());
        let long = "x".repeat(1000);
        (0..10)
            .for_each(|n| gathered.add("t", Facts { parent: Some(format!("{long}{n}")), ..facts(1, None) }).unwrap());
        assert!(gathered.bytes() > 61_000, "{}", gathered.bytes());
        assert_eq!(gathered.sorted().rows.len(), 1001);
    }
}
