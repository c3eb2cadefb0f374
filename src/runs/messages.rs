//! The messages that a run created, oldest first.

use super::path_of;
use crate::api::messages::ListMessages;
use crate::api::paging::{MessagePaging, Order, Paging};
use crate::api::parts::OfThread;
use crate::app::App;
use crate::app::Call;
use crate::client::Payload;
use anyhow::Result;
use serde_json::Value;

/// Fetches the messages of a run, oldest first. The result is the same for servers that support neither filter nor
/// order.
pub(super) async fn messages_of(app: &App, run: &Value) -> Result<Vec<Value>> {
    let path = path_of(run)?;
    let paging = Paging { order: Some(Order::Asc), ..Paging::default() };
    let query = MessagePaging { run_id: Some(path.run_id.as_str().to_owned()), paging };
    let thread = OfThread { thread_id: path.thread_id };
    let call = Call::of::<ListMessages>(&thread, &query, Payload::None);
    let mut walk = app.walk_as_is(&call, None);
    let session = app.session().await?;
    let mut messages = Vec::new();
    loop {
        match session.next_page(&mut walk).await {
            Ok(Some(page)) => messages.extend(page.items),
            Ok(None) => return Ok(of_run(messages, run)),
            Err(error) => return Err(app.explain(&call, error).await.into()),
        }
    }
}

/// Keeps the messages of a run, by their run ID. If no message has a run ID, keeps the assistant messages since the
/// start of the run.
fn of_run(mut messages: Vec<Value>, run: &Value) -> Vec<Value> {
    let time = |object: &Value| object["created_at"].as_f64().unwrap_or_default();
    if messages.iter().any(|message| message["run_id"].is_string()) {
        messages.retain(|message| message["run_id"] == run["id"]);
    } else {
        messages.retain(|message| message["role"] == "assistant" && time(message) >= time(run));
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
mod tests {
    use super::*;
    use serde_json::json;

    fn message(id: &str, at: u64, run: Option<&str>, role: &str) -> Value {
        json!({"id": id, "created_at": at, "run_id": run, "role": role})
    }

    fn ids(messages: Vec<Value>) -> Vec<String> {
        let run = json!({"id": "run_1", "created_at": 5});
        of_run(messages, &run).iter().map(|message| message["id"].as_str().unwrap_or_default().to_owned()).collect()
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
    fn where_no_message_names_its_run_the_time_tells() {
        let listed = vec![
            message("old", 4, None, "assistant"),
            message("question", 5, None, "user"),
            message("answer", 5, None, "assistant"),
        ];
        assert_eq!(ids(listed), ["answer"]);
        assert!(ids(Vec::new()).is_empty());
    }
}
