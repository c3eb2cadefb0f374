//! Bulk inserts into PostgreSQL: each piece is copied into a temporary table, and one statement inserts it into the
//! target table from there.

use super::connection::{Connection, StatementError};
use crate::db::{
    DbError,
    bulk_rows::{BulkInsertSpec, BulkMessage, RowBatch},
};
use std::pin::pin;
use tokio::sync::mpsc::Receiver;
use tokio_postgres::{
    Client,
    binary_copy::BinaryCopyInWriter,
    types::{ToSql, Type},
};

impl Connection {
    /// Inserts the pieces as they arrive, each in its own transaction. Returns the number of new rows.
    pub(super) async fn load(
        &self,
        load: BulkInsertSpec,
        mut pieces: Receiver<BulkMessage>,
    ) -> Result<u64, StatementError> {
        let client = self.client();
        let (table, names, (constant_column, value)) = (load.table, load.names(), load.constant);
        let create_table = format!(
            "create temporary table incoming on commit delete rows as select {names} from {table} with no data"
        );
        client.batch_execute(&create_table).await?;
        let columns = client.prepare(&format!("select {names} from incoming")).await?;
        let types: Vec<Type> = columns.columns().iter().map(|column| column.type_().clone()).collect();
        // `xmax` is 0 for an inserted row. For an updated one it is the ID of this transaction.
        let insert = format!(
            "with inserted as (insert into {table} ({names}, {constant_column}) select {names}, {value} from incoming where true {} returning xmax = 0 as new)
            select count(*) from inserted where new",
            load.on_conflict
        );
        let insert = client.prepare(&insert).await?;
        let mut new = 0;
        while let Some(piece) = pieces.recv().await {
            let BulkMessage::Rows(rows) = piece else { return Ok(new) };
            client.batch_execute("begin").await?;
            copy(client, &names, &types, rows).await?;
            let made: i64 = client.query_one(&insert, &[]).await?.try_get(0)?;
            client.batch_execute("commit").await?;
            new += u64::try_from(made).unwrap_or_default();
        }
        // The error drops the connection, and the server discards the temporary table with it.
        Err(StatementError::Refused(DbError::Other("the bulk insert was dropped before its end".to_owned())))
    }
}

/// Copies the rows of a piece into the temporary table.
async fn copy(client: &Client, names: &str, types: &[Type], rows: RowBatch) -> Result<(), StatementError> {
    let sink = client.copy_in(&format!("copy incoming ({names}) from stdin binary")).await?;
    let mut writer = pin!(BinaryCopyInWriter::new(sink, types));
    for row in &rows.rows {
        let text = rows.text(*row).map_err(StatementError::Refused)?;
        let rest = rows.rest(*row).map_err(StatementError::Refused)?;
        let mut cells: Vec<&(dyn ToSql + Sync)> = Vec::with_capacity(types.len());
        cells.push(&text);
        cells.extend(rest.iter().map(|cell| cell as &(dyn ToSql + Sync)));
        writer.as_mut().write_raw(cells).await?;
    }
    writer.finish().await?;
    Ok(())
}
