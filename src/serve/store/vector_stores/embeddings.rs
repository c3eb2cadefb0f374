//! The embeddings of passages: their encoding in the store, their length, and reading the embeddings of a file.

use super::super::Store;
use super::passages::{MAX_PASSAGES, range};
use crate::db::DbError;

/// The maximum number of embeddings that one query reads.
const PAGE_LENGTH: i64 = 500;

/// Encodes an embedding for the store: 32-bit floats, little-endian.
pub(in crate::serve) fn to_bytes(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn from_bytes(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|number| f32::from_le_bytes(*number)).collect()
}

impl Store {
    /// Returns the number of numbers in the embeddings of a vector store, or `None` if it has no embeddings.
    pub(in crate::serve) async fn dimension(&self, store: &str) -> Result<Option<usize>, DbError> {
        const SQL: &str = "select cast(length(embedding) as bigint) from store_file \
                           join passage on passage.n = store_file.n * $1 \
                           where store = $2 and embedding is not null order by store_file.n limit 1";
        let bytes = self.db.read(SQL, vec![MAX_PASSAGES.into(), store.into()]).await?.pop();
        Ok(bytes.map(|row| row.int(0)).transpose()?.and_then(|bytes| usize::try_from(bytes / 4).ok()))
    }

    /// Returns embeddings of a file, by passage number in ascending order, that come after the number `after`. Returns
    /// an empty list after the last one. `item` is the row number of the file.
    pub(in crate::serve) async fn embeddings(&self, item: i64, after: i64) -> Result<Vec<(i64, Vec<f32>)>, DbError> {
        const SQL: &str = "select n, embedding from passage where n between $1 and $2 and embedding is not null \
                           order by n limit $3";
        let [first, last] = range(item);
        let rows = self.db.read(SQL, vec![first.max(after + 1).into(), last.into(), PAGE_LENGTH.into()]).await?;
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
