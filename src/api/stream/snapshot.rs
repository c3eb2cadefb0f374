//! The current state of the objects in a stream: the run, its steps and its messages.

use super::{EventObject, Merged, accumulate};
use serde_json::{Map, Value, json};

/// The objects of a stream, in the order of their first events.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshots {
    /// The run, as in its latest event.
    pub run: Option<Value>,
    pub thread: Option<Value>,
    pub steps: Vec<Value>,
    pub messages: Vec<Value>,
}

impl Snapshots {
    /// Applies an event.
    ///
    /// A complete object replaces the one that deltas have built. A delta for an object without an earlier event
    /// creates it (docs/protocol/servers.md#what-a-client-must-tolerate).
    ///
    /// # Errors
    /// Returns an error if a delta cannot be merged.
    pub fn take(&mut self, name: &str, data: Value) -> Merged {
        match EventObject::named(name) {
            EventObject::Thread => self.thread = Some(data),
            // The ID is not compared, because a mismatch would hide the end of the run.
            EventObject::Run => self.run = Some(data),
            EventObject::Step => replace(&mut self.steps, data),
            EventObject::Message => replace(&mut self.messages, data),
            EventObject::StepDelta => return merge(&mut self.steps, "thread.run.step", &data),
            EventObject::MessageDelta => return merge(&mut self.messages, "thread.message", &data),
            EventObject::Other => {}
        }
        Ok(())
    }

    /// Returns the message with this ID.
    pub fn message(&self, id: &str) -> Option<&Value> {
        self.messages.iter().find(|message| message["id"] == id)
    }

    /// Returns the step with this ID.
    pub fn step(&self, id: &str) -> Option<&Value> {
        self.steps.iter().find(|step| step["id"] == id)
    }
}

fn replace(list: &mut Vec<Value>, object: Value) {
    match list.iter_mut().find(|known| known["id"] == object["id"]) {
        Some(known) => *known = object,
        None => list.push(object),
    }
}

fn merge(list: &mut Vec<Value>, kind: &str, data: &Value) -> Merged {
    let Value::Object(delta) = &data["delta"] else { return Ok(()) };
    let at = match list.iter().position(|known| known["id"] == data["id"]) {
        Some(at) => at,
        None => {
            list.push(json!({ "id": data["id"], "object": kind, "status": "in_progress" }));
            list.len() - 1
        }
    };
    match &mut list[at] {
        Value::Object(known) => accumulate(known, delta),
        known => {
            *known = Map::new().into();
            Ok(())
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn after(events: &[(&str, Value)]) -> Snapshots {
        let mut snapshots = Snapshots::default();
        for (name, data) in events {
            snapshots.take(name, data.clone()).unwrap();
        }
        snapshots
    }

    fn delta(text: &str) -> (&'static str, Value) {
        let content = json!([{"index": 0, "type": "text", "text": {"value": text}}]);
        ("thread.message.delta", json!({"id": "msg_1", "delta": {"content": content}}))
    }

    #[test]
    fn deltas_build_a_message_and_its_end_replaces_it() {
        let created = ("thread.message.created", json!({"id": "msg_1", "role": "assistant", "content": []}));
        let events = [created, delta("a"), delta("b")];
        assert_eq!(after(&events).message("msg_1").unwrap()["content"][0]["text"]["value"], "ab");
        let completed =
            json!({"id": "msg_1", "status": "completed", "content": [{"type": "text", "text": {"value": "AB"}}]});
        let ended = after(&[events.to_vec(), vec![("thread.message.completed", completed.clone())]].concat());
        assert_eq!(ended.messages, [completed]);
    }

    #[test]
    fn a_delta_without_an_earlier_event_creates_its_object() {
        let early = after(&[delta("a"), delta("b")]);
        assert_eq!(early.message("msg_1").unwrap()["content"][0]["text"]["value"], "ab");
        assert_eq!(early.message("msg_1").unwrap()["object"], "thread.message");
    }

    #[test]
    fn deltas_extend_tool_calls_and_may_refer_to_an_unknown_step() {
        let piece = |arguments: &str, name: Option<&str>| {
            let mut function = json!({"arguments": arguments});
            if let Some(name) = name {
                function["name"] = name.into();
            }
            let calls = json!([{"index": 0, "type": "function", "function": function}]);
            let details = json!({"type": "tool_calls", "tool_calls": calls});
            ("thread.run.step.delta", json!({"id": "step_1", "delta": {"step_details": details}}))
        };
        let snapshots = after(&[piece("", Some("get_weather")), piece("{\"a\":", None), piece("1}", None)]);
        let function = &snapshots.step("step_1").unwrap()["step_details"]["tool_calls"][0]["function"];
        assert_eq!((&function["name"], &function["arguments"]), (&json!("get_weather"), &json!("{\"a\":1}")));
        let old = ("thread.run.step.completed", json!({"id": "step_0", "status": "completed"}));
        assert_eq!(after(&[old]).steps.len(), 1);
    }

    #[test]
    fn the_latest_run_event_wins_and_unknown_events_are_ignored() {
        let snapshots = after(&[
            ("thread.created", json!({"id": "thread_1"})),
            ("thread.run.created", json!({"id": "run_1", "status": "queued"})),
            ("thread.run.completed", json!({"id": "run_1", "status": "completed"})),
            ("thread.dream.begun", json!({"id": "dream_1"})),
            ("thread.message.delta", json!({"id": "msg_1", "delta": null})),
        ]);
        assert_eq!(snapshots.run.unwrap()["status"], "completed");
        assert!(snapshots.messages.is_empty());
    }
}
