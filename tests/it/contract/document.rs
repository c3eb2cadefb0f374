//! The published document, as schemas of requests and answers.

use super::dialect::{as_the_wire_has_it, closed, overlapping, plain_schema};
use crate::support::operations::{OPERATIONS, declaration, members};
use asst::api::{Dialect, Offer};
use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A document that the protocol is validated against, reduced to facts in `tests/it/fixtures`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Publisher {
    OpenAi,
    /// Azure AI Foundry "Agents (classic)".
    Foundry,
}

/// Reads the facts of a document: paths, schemas, limits, enums and defaults, without the prose.
pub(super) fn read(publisher: Publisher) -> Value {
    let facts = match publisher {
        Publisher::OpenAi => include_str!("../fixtures/openai-assistants-v2.facts.json"),
        Publisher::Foundry => include_str!("../fixtures/azure-foundry-agents-v1.facts.json"),
    };
    serde_json::from_str(facts).unwrap()
}

/// The schemas of a document's operations that have a command.
pub(crate) struct Contract {
    pub(super) publisher: Publisher,
    requests: BTreeMap<String, Validator>,
    answers: BTreeMap<String, Validator>,
    /// The data of events that no operation returns.
    deltas: BTreeMap<&'static str, Validator>,
    places: BTreeMap<String, Place>,
}

/// The method and path of an operation in a document.
pub(super) struct Place {
    pub(super) method: String,
    /// The names of its parameters are in braces.
    pub(super) path: String,
    /// Names of the parameters in the query.
    query: BTreeSet<String>,
}

impl Contract {
    pub(super) fn read(publisher: Publisher) -> Self {
        let mut document = read(publisher);
        let mut operations = BTreeMap::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                operations.insert((method.to_uppercase(), nameless(path)), (path.clone(), operation.clone()));
            }
        }
        let parameters = document["components"]["parameters"].take();
        let mut schemas = document["components"]["schemas"].take();
        plain_schema(&mut schemas);
        as_the_wire_has_it(&mut schemas);
        if publisher == Publisher::Foundry {
            overlapping(&mut schemas);
        }
        let sent = registry(if publisher == Publisher::Foundry { closed(&schemas) } else { schemas.clone() });
        let answered = registry(schemas);
        let members = members();
        let (mut requests, mut answers, mut places) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (name, ..) in OPERATIONS {
            let facts = &members[name];
            let key = (facts["method"].as_str().unwrap().to_owned(), nameless(facts["path"].as_str().unwrap()));
            let Some((path, operation)) = operations.get(&key) else {
                let lacking = publisher == Publisher::Foundry && !declaration(name).is_offered(Dialect::Foundry, None);
                assert!(lacking, "{name} is not in the document of {publisher:?}");
                continue;
            };
            let missing = publisher == Publisher::Foundry && declaration(name).details.foundry.offer != Offer::Always;
            assert!(!missing, "{name} is in the document of {publisher:?}");
            let content = &operation["requestBody"]["content"];
            if let Some(body) = content.as_object().and_then(|content| content.values().next()) {
                requests.insert(name.to_owned(), validator(&sent, &body["schema"]));
            }
            let answer = &operation["responses"]["200"]["content"]["application/json"]["schema"];
            if !answer.is_null() {
                answers.insert(name.to_owned(), validator(&answered, answer));
            }
            let query = query(operation, &parameters);
            places.insert(name.to_owned(), Place { method: key.0, path: path.clone(), query });
        }
        let deltas = if publisher == Publisher::OpenAi { DELTAS } else { &[] };
        let deltas = deltas.iter().map(|(event, name)| {
            (*event, validator(&answered, &json!({ "$ref": format!("#/components/schemas/{name}") })))
        });
        Self { publisher, requests, answers, deltas: deltas.collect(), places }
    }

    /// Returns `true` if the document has this operation.
    pub(super) fn has(&self, operation: &str) -> bool {
        self.places.contains_key(operation)
    }

    /// Returns the operations that have a command and are in the document, each with its method and path.
    pub(super) fn places(&self) -> &BTreeMap<String, Place> {
        &self.places
    }

    /// Panics if the query has a parameter that the operation lacks.
    #[track_caller]
    pub(super) fn query(&self, operation: &str, names: &BTreeSet<String>) {
        let foreign: Vec<_> = names.difference(&self.places[operation].query).collect();
        assert!(foreign.is_empty(), "{operation} has no {foreign:?}");
    }

    #[track_caller]
    pub(super) fn request(&self, operation: &str, body: &Value) {
        hold(&self.requests[operation], operation, "request", body);
    }

    /// Panics if the data of an event is not valid by the document.
    #[track_caller]
    pub(super) fn event(&self, name: &str, data: &Value) {
        let operation = match name {
            "thread.created" => "getThread",
            _ if self.deltas.contains_key(name) => return hold(&self.deltas[name], name, "event", data),
            _ if name.starts_with("thread.run.step.") => "getRunStep",
            _ if name.starts_with("thread.run.") => "getRun",
            _ if name.starts_with("thread.message.") => "getMessage",
            _ => panic!("the document has no event {name}"),
        };
        hold(&self.answers[operation], name, "event", data);
    }

    #[track_caller]
    pub(super) fn answer(&self, operation: &str, body: &Value) {
        hold(&self.answers[operation], operation, "answer", body);
    }
}

/// The events whose data is not an object of the API, each with the name of its schema.
const DELTAS: &[(&str, &str)] =
    &[("thread.message.delta", "MessageDeltaObject"), ("thread.run.step.delta", "RunStepDeltaObject")];

const DRAFT: Draft = Draft::Draft202012;

/// Registers the schemas of a document, so that every schema can refer to them.
fn registry(schemas: Value) -> Registry<'static> {
    let root = relocated(&json!({ "components": { "schemas": schemas } }));
    Registry::new().add(HOME, DRAFT.create_resource(root)).unwrap().prepare().unwrap()
}

fn validator(registry: &Registry<'_>, schema: &Value) -> Validator {
    let mut schema = relocated(schema);
    plain_schema(&mut schema);
    jsonschema::options().with_draft(DRAFT).with_registry(registry).build(&schema).unwrap()
}

#[track_caller]
fn hold(validator: &Validator, operation: &str, what: &str, body: &Value) {
    let wrong: Vec<String> =
        validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{what} of {operation}:\n{}\nin {body:#}", wrong.join("\n"));
}

/// Returns a path without the names of its parameters, which differ between documents.
fn nameless(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect::<Vec<_>>().join("/")
}

/// Returns the names of the parameters that an operation takes in its query.
fn query(operation: &Value, shared: &Value) -> BTreeSet<String> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let resolved = parameters.map(|parameter| match parameter["$ref"].as_str() {
        Some(target) => &shared[target.rsplit('/').next().unwrap()],
        None => parameter,
    });
    resolved.filter(|one| one["in"] == "query").map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

/// The name under which the document's components are registered.
const HOME: &str = "doc:protocol";

/// Rewrites every reference to the shared components.
fn relocated(schema: &Value) -> Value {
    let mut schema = schema.clone();
    fn visit(value: &mut Value) {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(target)) = map.get_mut("$ref")
                    && target.starts_with('#')
                {
                    target.insert_str(0, HOME);
                }
                map.values_mut().for_each(visit);
            }
            Value::Array(items) => items.iter_mut().for_each(visit),
            _ => {}
        }
    }
    visit(&mut schema);
    schema
}

#[test]
fn the_schemas_refuse_invalid_bodies() {
    let contract = Contract::read(Publisher::OpenAi);
    for answer in [json!({}), json!({ "id": 1 }), json!([]), json!(null), json!({ "id": "a", "object": "thread" })] {
        for (name, validator) in contract.answers.iter().filter(|(name, _)| *name != "downloadFile") {
            assert!(!validator.is_valid(&answer), "{name} takes {answer}");
        }
    }
    for (name, body) in [
        ("createAssistant", json!({ "name": "n" })),
        ("createAssistant", json!({ "model": "m", "novelty": 1 })),
        ("createMessage", json!({ "role": "user", "content": [{ "type": "novelty" }] })),
        ("createRun", json!({ "assistant_id": null })),
        ("submitToolOuputsToRun", json!({ "tool_outputs": [{ "output": 5 }] })),
    ] {
        assert!(!contract.requests[name].is_valid(&body), "{name} takes {body}");
    }
}

#[test]
fn the_schemas_of_foundry_refuse_invalid_bodies() {
    let contract = Contract::read(Publisher::Foundry);
    let function = json!({ "name": "f", "parameters": {} });
    for (name, right, place) in [
        ("createAssistant", json!({ "model": "m", "metadata": { "a": "b" } }), ""),
        ("createAssistant", json!({ "model": "m", "tools": [{ "type": "file_search" }] }), "/tools/0"),
        (
            "createAssistant",
            json!({ "model": "m", "tools": [{ "type": "function", "function": function }] }),
            "/tools/0/function",
        ),
        ("modifyAssistant", json!({ "tool_resources": { "file_search": {} } }), "/tool_resources"),
        ("createThread", json!({ "messages": [{ "role": "user", "content": "c" }] }), "/messages/0"),
        ("createThreadAndRun", json!({ "assistant_id": "a", "thread": {} }), "/thread"),
        ("createMessage", json!({ "role": "user", "content": [{ "type": "text", "text": "t" }] }), "/content/0"),
        (
            "createRun",
            json!({ "assistant_id": "a", "truncation_strategy": { "type": "auto" } }),
            "/truncation_strategy",
        ),
        ("modifyRun", json!({}), ""),
        ("submitToolOuputsToRun", json!({ "tool_outputs": [{ "output": "5" }] }), "/tool_outputs/0"),
    ] {
        contract.request(name, &right);
        let mut wrong = right;
        wrong.pointer_mut(place).unwrap()["novelty"] = json!(1);
        assert!(!contract.requests[name].is_valid(&wrong), "{name} takes {wrong}");
    }
    for (name, body) in [
        ("createAssistant", json!({ "name": "n" })),
        ("createAssistant", json!({ "model": "m", "reasoning_effort": "low" })),
        ("createAssistant", json!({ "model": "m", "tools": [{ "type": "novelty" }] })),
        ("createMessage", json!({ "role": "user", "content": [{ "type": "novelty" }] })),
        ("createRun", json!({ "assistant_id": null })),
    ] {
        assert!(!contract.requests[name].is_valid(&body), "{name} takes {body}");
    }
}
