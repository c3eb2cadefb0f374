//! Pages of lists (docs/protocol/endpoints.md#lists-and-paging), in order of creation, between two cursors.

use super::Store;
use crate::api::{Kind, paging::Order};
use crate::db::DbError;
use crate::serve::ids;

/// The part of a list that a request selects.
#[derive(Debug, Clone, Default)]
pub(in crate::serve) struct ListWindow {
    pub(in crate::serve) limit: Option<u32>,
    pub(in crate::serve) order: Option<Order>,
    pub(in crate::serve) after: Option<String>,
    pub(in crate::serve) before: Option<String>,
    /// If set, only objects with this label are listed.
    pub(in crate::serve) label: Option<String>,
}

/// A page of a list, or the cursor of the request if it is not in the list.
#[derive(Debug)]
pub(in crate::serve) enum ListPage {
    Found {
        /// The IDs and documents.
        rows: Vec<(String, String)>,
        has_more: bool,
    },
    UnknownCursor(String),
}

/// Expands to the SQL of a page. `$end` has further conditions, the order, and the limit.
macro_rules! page {
    ($end:literal) => {
        concat!(
            "select id, doc from object where kind = $1 and parent = $2 and n > $3 and n < $4 \
             and (expires_at is null or expires_at > $5) ",
            $end
        )
    };
}

impl Store {
    /// Returns the objects strictly between the cursors of the window, in its order.
    pub(in crate::serve) async fn list(
        &self,
        kind: Kind,
        parent: &str,
        window: &ListWindow,
        default_limit: u32,
    ) -> Result<ListPage, DbError> {
        const ASC: &str = page!("order by n limit $6");
        const DESC: &str = page!("order by n desc limit $6");
        // These are separate statements, so that the planner uses the index on the label.
        const ASC_WITH: &str = page!("and label = $7 order by n limit $6");
        const DESC_WITH: &str = page!("and label = $7 order by n desc limit $6");
        let mut bounds = [None, None];
        for (bound, cursor) in bounds.iter_mut().zip([&window.after, &window.before]) {
            if let Some(cursor) = cursor {
                match self.position(kind, parent, cursor).await? {
                    None => return Ok(ListPage::UnknownCursor(cursor.clone())),
                    found => *bound = found,
                }
            }
        }
        let (sqls, [low, high]) = match window.order {
            Some(Order::Asc) => ([ASC, ASC_WITH], bounds),
            _ => ([DESC, DESC_WITH], [bounds[1], bounds[0]]),
        };
        let limit = window.limit.unwrap_or(default_limit) as usize;
        let mut params = vec![
            kind.name().into(),
            parent.into(),
            low.unwrap_or(0).into(),
            high.unwrap_or(i64::MAX).into(),
            ids::now().into(),
            (limit as i64 + 1).into(),
        ];
        params.extend(window.label.as_deref().map(Into::into));
        let sql = if window.label.is_some() { sqls[1] } else { sqls[0] };
        let mut rows = self.db.read(sql, params).await?;
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let rows = rows.into_iter().map(|mut row| Ok((row.take_text(0)?, row.take_text(1)?)));
        Ok(ListPage::Found { rows: rows.collect::<Result<_, DbError>>()?, has_more })
    }

    /// Returns the position of an object in the order of creation.
    async fn position(&self, kind: Kind, parent: &str, id: &str) -> Result<Option<i64>, DbError> {
        const SQL: &str = "select n from object where id = $1 and kind = $2 and parent = $3";
        let rows = self.db.read(SQL, vec![id.into(), kind.name().into(), parent.into()]).await?;
        rows.first().map(|row| row.int(0)).transpose()
    }
}
