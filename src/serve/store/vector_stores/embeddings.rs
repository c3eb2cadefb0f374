//! The embeddings of passages: their form in the store, their length, and reading those of a file.

use super::super::Store;
use super::passages::{SEQUENCES, range};
use crate::db::DbError;

/// The number of embeddings that are read at once.
const PAGE: i64 = 500;

/// Returns the form in which the store keeps an embedding.
pub(in crate::serve) fn to_bytes(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn from_bytes(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|number| f32::from_le_bytes(*number)).collect()
}

impl Store {
    /// Returns the length of the embeddings in a vector store, or `None` if it has none.
    pub(in crate::serve) async fn dimension(&self, store: &str) -> Result<Option<usize>, DbError> {
        const SQL: &str = "select cast(length(embedding) as bigint) from store_file \
                           join passage on passage.n = store_file.n * $1 \
                           where store = $2 and embedding is not null order by store_file.n limit 1";
        let bytes = self.db.read(SQL, vec![SEQUENCES.into(), store.into()]).await?.pop();
        Ok(bytes.map(|row| row.int(0)).transpose()?.and_then(|bytes| usize::try_from(bytes / 4).ok()))
    }

    /// Returns embeddings of a row after this number, in ascending order. The last page is empty.
    pub(in crate::serve) async fn embeddings(&self, item: i64, after: i64) -> Result<Vec<(i64, Vec<f32>)>, DbError> {
        const SQL: &str = "select n, embedding from passage where n between $1 and $2 and embedding is not null \
                           order by n limit $3";
        let [first, last] = range(item);
        let rows = self.db.read(SQL, vec![first.max(after + 1).into(), last.into(), PAGE.into()]).await?;
        rows.into_iter().map(|mut row| Ok((row.int(0)?, from_bytes(&row.take_bytes(1)?)))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embeddings_are_the_same_after_storing() {
        let vector = [0.0, -1.5, f32::MIN_POSITIVE, f32::MAX];
        assert_eq!(from_bytes(&to_bytes(&vector)), vector);
        assert_eq!(to_bytes(&[1.0]), [0, 0, 128, 63], "every machine reads the same numbers");
    }
}
