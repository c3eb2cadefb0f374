//! A backend whose lists show an object only after a while.

use crate::support::mock_server::{MockServer, Request, Response};
use crate::support::test_env::Asst;
use serde_json::{Map, Value, json};
use std::sync::Mutex;

/// The number of lists that do not show a new object yet.
const LAG: usize = 3;

/// The assistants of the backend, each with the number of lists that do not show it yet.
#[derive(Default)]
struct Backend {
    assistants: Mutex<Vec<(usize, Value)>>,
    created: Mutex<usize>,
}

impl Backend {
    fn answer(&self, request: &Request) -> Response {
        let path = request.target.split('?').next().unwrap_or_default().trim_start_matches("/v1");
        let mut all = self.assistants.lock().unwrap();
        let id = path.rsplit('/').next().unwrap_or_default().to_owned();
        match (request.method.as_str(), path) {
            ("GET", "/assistants") => {
                let after = request.target.contains("after=");
                let shown = all.iter().filter(|(lag, _)| *lag == 0 && !after).map(|(_, one)| one.clone());
                // The newest is first, as in the protocol.
                let data: Vec<Value> = shown.rev().collect();
                if !after {
                    all.iter_mut().for_each(|(lag, _)| *lag = lag.saturating_sub(1));
                }
                Response::json(200, &json!({ "object": "list", "data": data, "has_more": false }))
            }
            ("POST", "/assistants") => {
                let mut number = self.created.lock().unwrap();
                *number += 1;
                let mut object = request.json().as_object().cloned().unwrap_or_default();
                object.extend(Map::from_iter([
                    ("id".to_owned(), json!(format!("asst_{number:016}"))),
                    ("object".to_owned(), json!("assistant")),
                    ("created_at".to_owned(), json!(1_700_000_000 + *number)),
                ]));
                all.push((LAG, object.clone().into()));
                Response::json(200, &object.into())
            }
            ("DELETE", _) => {
                all.retain(|(_, one)| one["id"] != id.as_str());
                Response::json(200, &json!({ "id": id, "object": "assistant.deleted", "deleted": true }))
            }
            _ => Response::error(404, "not found", None),
        }
    }

    fn ids(&self) -> Vec<Value> {
        self.assistants.lock().unwrap().iter().map(|(_, one)| one["id"].clone()).collect()
    }
}

#[test]
fn objects_that_a_list_shows_late_end_as_one_object() {
    let backend = std::sync::Arc::new(Backend::default());
    let server = MockServer::new({
        let backend = backend.clone();
        move |request, _| backend.answer(request)
    });
    let asst = Asst::with_backend(&server.url());
    asst.file("asst.yaml", "asst: 1\nproject: hr\nassistants: {a: {model: m}, b: {model: m}}\n");
    asst.run(["apply"]).ok().says("2 created");
    let first = backend.ids();
    // The second apply cannot see them, and creates them again.
    asst.run(["apply"]).ok().says("2 created");
    assert_eq!(backend.ids().len(), 4);
    for _ in 0..2 * LAG {
        asst.run(["plan"]).ok();
    }
    // By now every list is complete. The oldest objects stay, because the application may use their IDs.
    asst.run(["apply"]).ok();
    assert_eq!(backend.ids(), first);
    asst.run(["plan", "--exit-code"]).ok();
}
