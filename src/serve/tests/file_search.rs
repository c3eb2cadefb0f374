//! Tests of `file_search` in runs over HTTP: the steps, the citations, and the vector stores that are searched.

mod limits;
mod scope;
mod streamed;

use super::*;
use crate::api::objects::{JsonObject, Run};
use crate::serve::model::EndpointSettings;
use crate::serve::store::{Batch, CommitOutcome};

const HANDBOOK: &str = "# Handbook\n\n## Leave\n\nEverybody has 28 days of paid leave.\n\n## Travel\n\nTrips are booked \
                        through the travel desk.\n";
const QUESTION: &str = "How many days of paid leave?";
const ANSWER: &str =
    "How many days of paid leave?\nhandbook.md: Everybody has 28 days of paid leave.【0:0†handbook.md】";
const CONTENT: &str = "include[]=step_details.tool_calls[*].file_search.results[*].content";

impl World {
    /// Creates an assistant with the tool and these vector stores.
    async fn searching_assistant(&self, stores: &[&str], options: Value) -> String {
        let mut body = json!({"model": "echo", "tools": [{"type": "file_search"}]});
        if !stores.is_empty() {
            body["tool_resources"] = json!({"file_search": {"vector_store_ids": stores}});
        }
        body.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        id(&self.post("/assistants", body).await)
    }

    /// Runs an assistant on a thread with a message and an attached file, and waits for its end.
    async fn run_with_files(&self, assistant: &str, text: &str, files: &[&str], options: Value) -> Value {
        let attached: Vec<Value> =
            files.iter().map(|file| json!({"file_id": file, "tools": [{"type": "file_search"}]})).collect();
        let message = json!({"role": "user", "content": text, "attachments": attached});
        let mut body = json!({"assistant_id": assistant, "thread": {"messages": [message]}});
        body.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        let run = self.post("/threads/runs", body).await;
        self.wait_for_run(&run).await
    }

    async fn steps(&self, run: &Value, query: &str) -> Vec<Value> {
        self.list(&format!("{}/steps?order=asc&{query}", path(run))).await
    }

    /// Returns the newest message in the thread of a run.
    async fn newest_message(&self, run: &Value) -> Value {
        self.list(&format!("/threads/{}/messages", run["thread_id"].as_str().unwrap())).await[0].clone()
    }
}

/// Returns the names of the files in the results of a search step.
fn result_files(step: &Value) -> Vec<&str> {
    let results = step["step_details"]["tool_calls"][0]["file_search"]["results"].as_array().unwrap();
    results.iter().map(|result| result["file_name"].as_str().unwrap()).collect()
}

/// Returns a model that answers from a script.
fn scripted(rules: &str) -> (Model, tempfile::NamedTempFile) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), rules).unwrap();
    let name = format!("script:{}", file.path().display());
    (Model::named(&name, EndpointSettings::default()).unwrap(), file)
}

#[tokio::test]
async fn a_run_answers_from_an_attached_file_and_cites_it() {
    let world = World::new();
    let file = world.upload_as("handbook.md", HANDBOOK).await;
    let assistant = world.searching_assistant(&[], json!({})).await;
    let run = world.run_with_files(&assistant, QUESTION, &[&file], json!({})).await;
    assert_eq!((&run["status"], &run["required_action"]), (&json!("completed"), &Value::Null), "{run}");
    let message = world.newest_message(&run).await;
    assert_eq!(text_of(&message), ANSWER);
    let marker = "【0:0†handbook.md】";
    let start = ANSWER.chars().count() - marker.chars().count();
    let annotation = json!({
        "type": "file_citation", "text": marker, "start_index": start, "end_index": ANSWER.chars().count(),
        "file_citation": {"file_id": file},
    });
    assert_eq!(message["content"][0]["text"]["annotations"], json!([annotation]));

    let steps = world.steps(&run, "").await;
    assert_eq!(
        (steps.len(), &steps[0]["type"], &steps[1]["type"]),
        (2, &json!("tool_calls"), &json!("message_creation"))
    );
    assert_eq!((&steps[0]["status"], steps[0]["usage"].is_object()), (&json!("completed"), true));
    let call = &steps[0]["step_details"]["tool_calls"][0];
    assert!(id(call).starts_with("call_") && call["type"] == "file_search", "{call}");
    let search = &call["file_search"];
    assert_eq!(search["ranking_options"], json!({"ranker": "default_2024_08_21", "score_threshold": 0.0}));
    let result = &search["results"][0];
    assert_eq!((&result["file_id"], &result["file_name"]), (&json!(file), &json!("handbook.md")));
    assert!(result["score"].as_f64().unwrap() > 0.0 && result.get("content").is_none(), "{result}");
    assert!(search.get("query").is_none(), "{search}");

    let with = world.steps(&run, CONTENT).await;
    let content = &with[0]["step_details"]["tool_calls"][0]["file_search"]["results"][0]["content"];
    assert!(content[0]["type"] == "text" && content[0]["text"].as_str().unwrap().contains("28 days"), "{content}");
    let step = format!("{}/steps/{}", path(&run), id(&steps[0]));
    assert_eq!(world.get(&step).await, steps[0]);
    assert_eq!(world.get(&format!("{step}?{CONTENT}")).await, with[0]);
    let usage = |name: &str| steps.iter().map(|step| step["usage"][name].as_i64().unwrap()).sum::<i64>();
    assert_eq!(run["usage"]["total_tokens"].as_i64().unwrap(), usage("total_tokens"), "the steps add up to the run");
    world.end().await;
}

#[tokio::test]
async fn the_options_of_the_tool_limit_the_results() {
    let world = World::new();
    let files =
        [world.upload_as("a.md", "Leave and leave.").await, world.upload_as("b.md", "Leave or work or play.").await];
    let store = world.indexed(&[&files[0], &files[1]]).await;
    let options = |options: Value| json!({"tools": [{"type": "file_search", "file_search": options}]});
    for (given, expected) in [
        (json!({}), 2),
        (json!({"max_num_results": 1}), 1),
        (json!({"ranking_options": {"ranker": "auto", "score_threshold": 0.0}}), 2),
        (json!({"ranking_options": {"score_threshold": 1.0}}), 0),
    ] {
        let assistant = world.searching_assistant(&[&store], options(given.clone())).await;
        let run = world.run_with_files(&assistant, "leave", &[], json!({})).await;
        let steps = world.steps(&run, "").await;
        let limited = result_files(&steps[0]).len();
        assert!(limited == expected || expected == 0 && limited < 2, "{given}: {}", steps[0]);
        let shown = &steps[0]["step_details"]["tool_calls"][0]["file_search"]["ranking_options"];
        let threshold = given["ranking_options"]["score_threshold"].as_f64().unwrap_or(0.0);
        assert_eq!(shown, &json!({"ranker": "default_2024_08_21", "score_threshold": threshold}));
    }
    world.end().await;
}

#[tokio::test]
async fn the_tool_choice_requires_or_forbids_the_search() {
    let world = World::new();
    let file = world.upload_as("handbook.md", HANDBOOK).await;
    let store = world.indexed(&[&file]).await;
    let assistant = world.searching_assistant(&[&store], json!({})).await;
    let bare = world.searching_assistant(&[], json!({})).await;
    let search = json!({"type": "file_search"});
    for (assistant, choice, types) in [
        (&assistant, json!("auto"), vec!["tool_calls", "message_creation"]),
        (&assistant, json!("required"), vec!["tool_calls", "message_creation"]),
        (&assistant, search.clone(), vec!["tool_calls", "message_creation"]),
        (&assistant, json!("none"), vec!["message_creation"]),
        (&bare, json!("auto"), vec!["message_creation"]),
        (&bare, search.clone(), vec!["tool_calls", "message_creation"]),
    ] {
        let run = world.run_with_files(assistant, QUESTION, &[], json!({"tool_choice": choice})).await;
        assert_eq!(run["status"], "completed", "{run}");
        let steps = world.steps(&run, "").await;
        assert_eq!(steps.iter().map(|step| step["type"].as_str().unwrap()).collect::<Vec<_>>(), types, "{choice}");
    }
    for (tools, choice, message) in [
        (json!([]), search, "The tool choice is 'file_search', and the run does not have that tool."),
        (
            json!([{"type": "code_interpreter"}]),
            json!({"type": "code_interpreter"}),
            "The tool choice is 'code_interpreter', and this server does not support that tool.",
        ),
    ] {
        let run = world.run_with_files(&bare, QUESTION, &[], json!({"tools": tools, "tool_choice": choice})).await;
        assert_eq!((&run["status"], &run["last_error"]["message"]), (&json!("failed"), &json!(message)));
    }
    world.end().await;
}

#[tokio::test]
async fn a_search_and_a_function_in_one_round() {
    let rules = r#"
rules:
  - when: { output: { f: done } }
    answer: "It is 28【0:0†source】, not 30【0:7†source】."
default:
  call:
    - { name: file_search, arguments: { query: paid leave } }
    - { name: f, arguments: "{}" }
    - { name: file_search, arguments: "no JSON" }
"#;
    let (model, _file) = scripted(rules);
    let world = World::with(ServerSettings { model, ..ServerSettings::default() });
    let file = world.upload_as("handbook.md", HANDBOOK).await;
    let store = world.indexed(&[&file]).await;
    let tools = json!([{"type": "file_search"}, {"type": "function", "function": {"name": "f"}}]);
    let assistant = world.searching_assistant(&[&store], json!({"tools": tools})).await;
    let run = world.run_with_files(&assistant, QUESTION, &[], json!({})).await;
    assert_eq!(run["status"], "requires_action", "{run}");
    let pending = run["required_action"]["submit_tool_outputs"]["tool_calls"].as_array().unwrap();
    assert_eq!((pending.len(), &pending[0]["function"]["name"]), (1, &json!("f")), "searches are not surfaced");
    let output = json!({"tool_outputs": [{"tool_call_id": pending[0]["id"], "output": "done"}]});
    world.post(&format!("{}/submit_tool_outputs", path(&run)), output).await;
    let run = world.wait_for_run(&run).await;
    let steps = world.steps(&run, "").await;
    let calls = steps[0]["step_details"]["tool_calls"].as_array().unwrap();
    let types: Vec<&str> = calls.iter().map(|call| call["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["file_search", "function", "file_search"]);
    assert_eq!((&calls[1]["function"]["output"], &steps[0]["status"]), (&json!("done"), &json!("completed")));
    assert!(
        calls[2]["file_search"]["results"][0]["file_id"] == json!(file),
        "the last message is the query: {calls:?}"
    );
    let annotations = &world.newest_message(&run).await["content"][0]["text"]["annotations"];
    assert_eq!(annotations.as_array().unwrap().len(), 1, "only passages that exist are cited: {annotations}");
    assert_eq!((&annotations[0]["text"], &annotations[0]["start_index"]), (&json!("【0:0†source】"), &json!(8)));
    world.end().await;
}

#[tokio::test]
async fn a_function_of_the_name_file_search_belongs_to_the_caller() {
    let rules = "default: { call: [{ name: file_search, arguments: { query: x } }] }";
    let (model, _file) = scripted(rules);
    let world = World::with(ServerSettings { model, ..ServerSettings::default() });
    let tools = json!([{"type": "file_search"}, {"type": "function", "function": {"name": "file_search"}}]);
    let assistant = world.searching_assistant(&[], json!({"tools": tools})).await;
    let run = world.run_with_files(&assistant, QUESTION, &[], json!({})).await;
    assert_eq!(run["status"], "requires_action", "{run}");
    world.end().await;
}
