//! The messages that a run created, oldest first.

use super::run::path_of;
use crate::api::messages::ListMessages;
use crate::api::objects::{JsonObject, Message, Role, Run};
use crate::api::paging::{MessagePaging, Order, Paging};
use crate::api::parts::OfThread;
use crate::app::{App, Call};
use crate::client::Payload;
use crate::exit::IncompleteList;
use anyhow::Result;
use serde_json::Value;

/// The messages of a run, oldest first.
pub(super) struct RunMessages {
    pub(super) messages: Vec<Message>,
    /// The error of a list that may be incomplete.
    pub(super) incomplete: Option<IncompleteList>,
}

/// Fetches the messages of a run. Servers that ignore the filter or the order of the request return more
/// messages or another order. The messages are therefore also selected and sorted here.
///
/// # Errors
/// Returns an error if a request fails.
pub(super) async fn messages_of(app: &App, run: &Run) -> Result<RunMessages> {
    let path = path_of(run)?;
    let paging = Paging { order: Some(Order::Asc), ..Paging::default() };
    let query = MessagePaging { run_id: Some(path.run_id.as_str().to_owned()), paging };
    let thread = OfThread { thread_id: path.thread_id };
    let call = Call::of::<ListMessages>(&thread, &query, Payload::None);
    let mut pages = app.unchecked_paginator(&call, None);
    let session = app.session().await?;
    let (mut messages, mut incomplete) = (Vec::new(), None);
    loop {
        match session.next_page(&mut pages).await {
            Ok(Some(page)) => {
                messages.extend(page.items.into_iter().filter_map(to_message));
                incomplete = page.incomplete.map(|reason| IncompleteList { tried: call.tried(), reason });
            }
            Ok(None) => return Ok(RunMessages { messages: created_by(messages, run), incomplete }),
            Err(error) => return Err(app.explain(&call, error).await.into()),
        }
    }
}

fn to_message(item: Value) -> Option<Message> {
    match item {
        Value::Object(members) => Some(Message::from_map(members)),
        _ => None,
    }
}

/// Selects the messages of a run by their run ID, and sorts them by time. If no message has a run ID, selects the
/// assistant messages since the start of the run.
fn created_by(mut messages: Vec<Message>, run: &Run) -> Vec<Message> {
    let time = |message: &Message| message.created_at().or_default();
    if messages.iter().any(|message| message.run_id().valid().is_some()) {
        messages.retain(|message| message.run_id() == run.id());
    } else {
        let start = run.created_at().or_default();
        messages.retain(|message| message.role().is(Role::Assistant) && time(message) >= start);
    }
    // The sort is stable, so messages with equal times keep the order of the list. A list in descending order is
    // reversed first.
    if messages.first().map(time) > messages.last().map(time) {
        messages.reverse();
    }
    messages.sort_by(|one, other| time(one).total_cmp(&time(other)));
    messages
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn message(id: &str, at: u64, run: Option<&str>, role: &str) -> Message {
        to_message(json!({"id": id, "created_at": at, "run_id": run, "role": role})).unwrap()
    }

    fn ids(messages: Vec<Message>) -> Vec<String> {
        let run = json!({"id": "run_1", "created_at": 5});
        let run = Run::from_value_ref(&run).unwrap();
        created_by(messages, run).iter().map(|message| message.id().or_default().to_owned()).collect()
    }

    #[test]
    fn messages_of_other_runs_are_left_out_and_the_oldest_comes_first() {
        let listed = vec![
            message("d", 7, Some("run_1"), "assistant"),
            message("c", 6, Some("run_1"), "assistant"),
            message("b", 6, Some("run_1"), "assistant"),
            message("a", 6, None, "user"),
            message("z", 2, Some("run_0"), "assistant"),
        ];
        assert_eq!(ids(listed), ["b", "c", "d"]);
    }

    #[test]
    fn without_run_ids_the_time_decides() {
        let listed = vec![
            message("old", 4, None, "assistant"),
            message("question", 5, None, "user"),
            message("answer", 5, None, "assistant"),
        ];
        assert_eq!(ids(listed), ["answer"]);
        assert!(ids(Vec::new()).is_empty());
    }
}
