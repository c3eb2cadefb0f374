//! Conversations: finding an item by its label, and removal of a conversation with all its items.

use super::Store;
use crate::api::Kind;
use crate::db::{DbError, Statement};

impl Store {
    /// Returns `true` if an object with this label exists below a parent.
    pub(in crate::serve) async fn has_label(&self, kind: Kind, parent: &str, label: &str) -> Result<bool, DbError> {
        const SQL: &str = "select 1 from object where kind = $1 and parent = $2 and label = $3 limit 1";
        let params = vec![kind.name().into(), parent.into(), label.into()];
        Ok(!self.db.read(SQL, params).await?.is_empty())
    }

    /// Removes a conversation with its items. Returns `true` if it existed.
    pub(in crate::serve) async fn remove_conversation(&self, id: &str) -> Result<bool, DbError> {
        // The conversation is removed first, because concurrent changes of its items lock its row.
        const CONVERSATION: &str = "delete from object where id = $1 and kind = 'conversation' returning id";
        const ITEMS: &str = "delete from object where kind = 'conversation_item' and parent = $1";
        let statements = [CONVERSATION, ITEMS].map(|sql| Statement::new(sql, vec![id.into()]));
        let rows = self.db.atomic(statements.to_vec()).await?;
        Ok(rows.first().is_some_and(|removed| !removed.is_empty()))
    }
}
