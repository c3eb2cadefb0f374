//! Checks that the mocks find mistakes. Each value of a valid request and of a valid answer is made invalid, one at a
//! time.

use super::recorder::{Recorder, forward};
use super::validator::Validator;
use crate::contract::requests::{cases, dry};
use crate::contract::responses::tour;
use crate::support::mock_server::{MockServer, Response};
use crate::support::operations::{declaration, words};
use crate::support::raw_http::{self, call};
use crate::support::test_env::Asst;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

/// Paths of members that may have any value.
const FREE: [&str; 3] = ["/metadata/", "/parameters/", "/schema/"];

/// Returns the path of each value that contains no other value.
fn leaves(value: &Value, way: &str) -> Vec<String> {
    match value {
        Value::Object(map) if !map.is_empty() => {
            map.iter().flat_map(|(name, value)| leaves(value, &format!("{way}/{name}"))).collect()
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().flat_map(|(at, value)| leaves(value, &format!("{way}/{at}"))).collect()
        }
        _ => vec![way.to_owned()],
    }
}

/// Returns copies of a value. In each copy, one value is invalid in every schema.
fn mistakes(right: &Value) -> Vec<(String, Value)> {
    let ways = leaves(right, "");
    let ways = ways.into_iter().filter(|way| !FREE.iter().any(|free| format!("{way}/").contains(free)));
    ways.map(|way| {
        let mut wrong = right.clone();
        *wrong.pointer_mut(&way).unwrap() = json!([[["wrong"]]]);
        (way, wrong)
    })
    .collect()
}

#[test]
#[ignore = "needs two mock servers: tests/mocks/run"]
fn an_invalid_value_anywhere_in_a_request_is_reported() {
    let judge = Validator::of_requests();
    let recorder = Recorder::before(&judge);
    let asst = Asst::with_backend("http://127.0.0.1:1/v1");
    asst.file("text.md", "text of a file");
    let (mut unseen, mut count) = (Vec::new(), 0);
    for (name, ids, required, rest, _) in cases() {
        let right = dry(&asst, &[&words(name)[..], ids].concat(), &[required, &rest[..]].concat());
        let path = declaration(name).path_of(ids);
        for (way, wrong) in mistakes(&right) {
            call(&recorder.url(), "POST", &path, Some(&wrong)).unwrap();
            count += 1;
            let judged = recorder.judged();
            assert_eq!(judged.len(), count, "{way:?}");
            if judged[count - 1].complaints.is_empty() {
                unseen.push(format!("{name} {way}"));
            }
        }
    }
    assert!(count > 100, "{count} mistakes are too few");
    assert_eq!(unseen, Vec::<String>::new(), "of {count}");
}

/// A server whose answers a test can replace.
struct Tap {
    listener: MockServer,
    /// The target and the answer of each request. The key has no IDs, but includes the status of a run.
    heard: Arc<Mutex<BTreeMap<String, (String, Value)>>>,
    instead: Arc<Mutex<Option<Value>>>,
}

impl Tap {
    fn on(server: &str) -> Self {
        let host = raw_http::host(server).to_owned();
        let (heard, instead) = (Arc::<Mutex<BTreeMap<_, _>>>::default(), Arc::<Mutex<Option<Value>>>::default());
        let (log, wrong) = (Arc::clone(&heard), Arc::clone(&instead));
        let listener = MockServer::new(move |request, _| {
            if let Some(wrong) = wrong.lock().unwrap().as_ref() {
                return Response::json(200, wrong);
            }
            let Ok(mut answer) = forward(&host, request) else { return Response::Cut };
            let Ok(body) = answer.body() else { return Response::Cut };
            let value = asst::json::read(&body).unwrap_or_default();
            if request.method == "GET" && value.is_object() {
                let kind = kind(&request.target, &value);
                log.lock().unwrap().insert(kind, (request.target.clone(), value));
            }
            let typed = answer.header("content-type").unwrap_or_default().to_owned();
            Response::Whole { status: answer.status, headers: vec![("content-type".to_owned(), typed)], body }
        });
        Self { listener, heard, instead }
    }
}

/// Returns a key that differs for answers with different schemas, or with different parts of a schema.
fn kind(target: &str, answer: &Value) -> String {
    let path = target.split('?').next().unwrap();
    let words: Vec<&str> = path.split('/').filter(|word| !word.contains(['_', '-'])).collect();
    let sort = [&answer["status"], &answer["type"], &answer["data"][0]["status"], &answer["data"][0]["type"]];
    let sort: Vec<&str> = sort.into_iter().filter_map(Value::as_str).collect();
    format!("{} {} {}", answer["object"], words.join("/"), sort.join(" "))
}

#[test]
#[ignore = "needs two mock servers: tests/mocks/run"]
fn an_invalid_value_anywhere_in_a_response_is_reported() {
    let asst = Asst::new();
    let server = asst.serve(&[]);
    let tap = Tap::on(&server.url);
    let judge = Validator::of_answers(&tap.listener.url());
    let asst = asst.env("OPENAI_BASE_URL", tap.listener.url()).env("OPENAI_API_KEY", "any");
    tour(&asst, &tap.listener.url(), None);
    let heard = std::mem::take(&mut *tap.heard.lock().unwrap());
    assert!(heard.len() > 20, "{:?}", heard.keys());
    let recorder = Recorder::before(&judge);
    let (mut unseen, mut count) = (BTreeSet::new(), 0);
    for (kind, (target, right)) in heard {
        let path = target.trim_start_matches("/v1");
        let as_it_is = (String::new(), right.clone());
        for (way, answer) in std::iter::once(as_it_is).chain(mistakes(&right)) {
            *tap.instead.lock().unwrap() = Some(answer);
            call(&recorder.url(), "GET", path, None).unwrap();
            count += 1;
            let judged = recorder.judged();
            assert_eq!(judged.len(), count, "{way:?}");
            if judged[count - 1].complaints.is_empty() != way.is_empty() {
                unseen.insert(format!("{kind}: {way}"));
            }
        }
    }
    assert!(count > 300, "{count} mistakes are too few");
    assert_eq!(unseen, BTreeSet::new(), "of {count}");
}
