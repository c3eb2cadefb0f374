//! `asst vector-stores list`: lists vector stores with their price per month.

use crate::api::vector_stores::ListVectorStores;
use crate::app::{App, Call, Payload, TableSpec};
use crate::cmd::storage_price::PriceFlag;
use crate::cmd::{List, columns};
use crate::view::Col;
use anyhow::Result;
use serde_json::Value;

/// The arguments of the list of vector stores.
#[derive(Debug, clap::Args)]
pub struct ListStores {
    #[command(flatten)]
    list: List<ListVectorStores>,
    #[command(flatten)]
    price: PriceFlag,
}

/// The name of the column with the price, and of the member from which it is read. The objects of the API do not have
/// this member, so `run` adds it for tables.
const PRICE: &str = "usd_per_month";

const TABLE: TableSpec = TableSpec {
    noun: columns::VECTOR_STORES.noun,
    columns: &[
        Col::id("id"),
        Col::text("name", "name"),
        Col::text("status", "status"),
        Col::count("files", "file_counts.total"),
        Col::count("bytes", "usage_bytes"),
        Col::text(PRICE, PRICE),
        Col::time("created", "created_at"),
    ],
    members: columns::VECTOR_STORES.members,
};

impl ListStores {
    /// Lists the vector stores page by page. Tables have a column with the price of each.
    pub(super) fn run(self, app: &App) -> Result<()> {
        app.check_output(TABLE)?;
        let price = self.price.price(app)?;
        let call = Call::of::<ListVectorStores>(&self.list.path, &self.list.query, Payload::None);
        let pages = app.pages(call, self.list.limit)?;
        if pages.dry()? {
            return Ok(());
        }
        let add_price = |store: &mut Value| {
            let bytes = store.get("usage_bytes").and_then(Value::as_u64);
            if let (Some(bytes), Some(members)) = (bytes, store.as_object_mut()) {
                members.insert(PRICE.to_owned(), format!("{:.4}", price.per_month(bytes)).into());
            }
        };
        app.wait(app.show_pages_with_cells(TABLE, pages, add_price))
    }
}
