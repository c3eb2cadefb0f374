//! The responses to requests of every form: nulls, keywords and objects, tool options, and pages.

use super::document::{Contract, Publisher};
use super::responses::{Caller, text};
use crate::support::operations::members;
use crate::support::test_env::Asst;
use serde_json::{Map, Value, json};

/// Returns a body that sends null wherever the document allows it.
fn nulls(operation: &str, required: &Value) -> Value {
    let document = members();
    let members = document[operation]["body"]["members"].as_object().unwrap();
    let nullable = members.iter().filter(|(_, facts)| facts["nullable"] == true);
    let mut body: Map<String, Value> = nullable.map(|(member, _)| (member.clone(), Value::Null)).collect();
    body.extend(required.as_object().unwrap().clone());
    body.into()
}

/// Sends requests of every form to a server.
pub(crate) fn forms(base: &str, contract: Option<&Contract>) {
    let caller = Caller::new(base, contract);
    let assistant = with_nulls(&caller);
    tools(&caller);
    keywords(&caller, &assistant);
    pages(&caller);
}

fn with_nulls(caller: &Caller) -> String {
    let ask = |operation: &str, ids: &[&str], required: Value| {
        caller.ask(operation, ids, "", Some(nulls(operation, &required)))
    };
    let assistant = text(&ask("createAssistant", &[], json!({ "model": "echo" }))["id"]);
    ask("modifyAssistant", &[&assistant], json!({}));
    let thread = text(&ask("createThread", &[], json!({}))["id"]);
    ask("modifyThread", &[&thread], json!({}));
    let message = text(&ask("createMessage", &[&thread], json!({ "role": "user", "content": "hi" }))["id"]);
    ask("modifyMessage", &[&thread, &message], json!({}));
    let run = text(&ask("createRun", &[&thread], json!({ "assistant_id": assistant }))["id"]);
    ask("modifyRun", &[&thread, &run], json!({}));
    caller.wait(&thread, &run, "completed");
    let both = ask("createThreadAndRun", &[], json!({ "assistant_id": assistant }));
    let (thread, run) = (text(&both["thread_id"]), text(&both["id"]));
    caller.wait(&thread, &run, "completed");
    caller.ask("getThread", &[&thread], "", None);
    caller.ask("listRunSteps", &[&thread, &run], "", None);
    assistant
}

fn tools(caller: &Caller) {
    let search = json!({ "max_num_results": 3, "ranking_options": { "ranker": "auto", "score_threshold": 0.5 } });
    let bare = json!({ "type": "function", "function": { "name": "f" } });
    let strict = json!({ "name": "g", "strict": true, "parameters": { "type": "object", "properties": {} } });
    let tools = json!([
        { "type": "file_search" }, { "type": "file_search", "file_search": search },
        bare, { "type": "function", "function": strict },
    ]);
    let made = caller.ask("createAssistant", &[], "", Some(json!({ "model": "echo", "tools": tools })));
    let id = text(&made["id"]);
    caller.ask("modifyAssistant", &[&id], "", Some(json!({ "tools": [] })));
    let body =
        json!({ "assistant_id": id, "tools": tools, "thread": { "messages": [{ "role": "user", "content": "x" }] } });
    caller.ask("createThreadAndRun", &[], "", Some(body));
}

fn keywords(caller: &Caller, assistant: &str) {
    let named = json!({ "type": "function", "function": { "name": "f" } });
    let schema = json!({ "name": "n", "description": "d", "strict": null, "schema": { "type": "object" } });
    let forms = [
        ("response_format", json!("auto")),
        ("response_format", json!({ "type": "text" })),
        ("response_format", json!({ "type": "json_object" })),
        ("response_format", json!({ "type": "json_schema", "json_schema": schema })),
        ("tool_choice", json!("none")),
        ("tool_choice", json!("auto")),
        ("tool_choice", json!("required")),
        ("tool_choice", json!({ "type": "code_interpreter" })),
        ("tool_choice", named.clone()),
        ("truncation_strategy", json!({ "type": "auto" })),
        ("truncation_strategy", json!({ "type": "last_messages", "last_messages": 1 })),
        ("parallel_tool_calls", json!(false)),
        ("max_prompt_tokens", json!(256)),
        ("max_completion_tokens", json!(256)),
        ("temperature", json!(0)),
        ("top_p", json!(1)),
        ("instructions", json!("")),
        ("metadata", json!({ "": "", "ключ": "значение" })),
    ];
    for (member, form) in forms {
        let tools = json!([named, { "type": "code_interpreter" }]);
        let body = json!({ "assistant_id": assistant, "tools": tools, member: form });
        let run = caller.ask("createThreadAndRun", &[], "", Some(body));
        caller.ask("getRun", &[&text(&run["thread_id"]), &text(&run["id"])], "", None);
    }
    let body = json!({ "assistant_id": assistant, "reasoning_effort": "high", "additional_instructions": "a",
        "additional_messages": [{ "role": "assistant", "content": [{ "type": "text", "text": "t" }] }] });
    let thread = text(&caller.ask("createThread", &[], "", Some(json!({})))["id"]);
    let run = text(&caller.ask("createRun", &[&thread], "", Some(body))["id"]);
    caller.wait(&thread, &run, "completed");
    let step = text(&caller.ask("listRunSteps", &[&thread, &run], INCLUDE, None)["data"][0]["id"]);
    caller.ask("getRunStep", &[&thread, &run, &step], INCLUDE, None);
}

const INCLUDE: &str = "include%5B%5D=step_details.tool_calls%5B*%5D.file_search.results%5B*%5D.content";

fn pages(caller: &Caller) {
    let create =
        |n: usize| caller.ask("createAssistant", &[], "", Some(json!({ "model": "echo", "name": n.to_string() })));
    let ids: Vec<String> = (0..3).map(|n| text(&create(n)["id"])).collect();
    for query in [
        "limit=1".to_owned(),
        "order=asc&limit=2".to_owned(),
        format!("order=asc&after={}", ids[2]),
        format!("after={}&limit=1", ids[2]),
        format!("order=asc&after={}&before={}", ids[0], ids[2]),
        format!("before={}", ids[0]),
    ] {
        caller.ask("listAssistants", &[], &query, None);
    }
    caller.ask("listFiles", &[], "purpose=vision&limit=10000", None);
}

#[test]
fn responses_to_requests_of_every_form_match_the_document() {
    let contract = Contract::read(Publisher::OpenAi);
    let server = Asst::new().serve(&[]);
    forms(&server.url, Some(&contract));
}
