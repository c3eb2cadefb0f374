//! Tests of the differences between the dialects, on one store (docs/protocol/dialects.md).

use super::*;

const FOUNDRY: &str = "/api/projects/p";
const AZURE: &str = "/openai";

impl World {
    /// Sends a request in the dialect of the prefix, with its API version.
    async fn send_in_dialect(&self, method: Method, prefix: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let version = if prefix == FOUNDRY { "v1" } else { "2024-05-01-preview" };
        let mark = if path.contains('?') { '&' } else { '?' };
        let request = self.http.request(method, format!("{}{prefix}{path}{mark}api-version={version}", self.base));
        match body {
            Some(body) => Self::status_and_json(as_json(request, &body)).await,
            None => Self::status_and_json(request).await,
        }
    }

    async fn get_in_dialect(&self, prefix: &str, path: &str) -> Value {
        let (status, value) = self.send_in_dialect(Method::GET, prefix, path, None).await;
        assert_eq!(status, 200, "{prefix}{path}: {value}");
        value
    }
}

fn members(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn envelopes_of_lists_differ() {
    let world = World::new();
    let first = world.assistant().await;
    assert_eq!(members(&world.get("/assistants").await), ["object", "data", "first_id", "last_id", "has_more"]);
    assert_eq!(members(&world.get_in_dialect(AZURE, "/assistants").await), members(&world.get("/assistants").await));
    let foundry = world.get_in_dialect(FOUNDRY, "/assistants").await;
    assert_eq!((members(&foundry), &foundry["last_id"]), (vec!["data", "last_id", "has_more"], &json!(first)));
    assert_eq!(members(&world.get_in_dialect(FOUNDRY, "/threads").await), ["data", "has_more"]);
    assert_eq!(members(&world.get_in_dialect(FOUNDRY, "/files").await), ["object", "data"]);
    world.end().await;
}

#[tokio::test]
async fn foundry_ignores_query_parameters_that_it_does_not_know() {
    let world = World::new();
    world.upload("vision", b"one").await;
    world.upload("vision", b"two").await;
    assert_eq!(
        world.get_in_dialect(FOUNDRY, "/files?limit=1&order=asc&novel=x").await["data"].as_array().unwrap().len(),
        2
    );
    let run = world.run("hello", json!({})).await;
    world.wait_for_run(&run).await;
    // As `@azure/ai-agents` sends `include[]`.
    let twice = "include%255B%255D=step_details.tool_calls%5B*%5D.file_search.results%5B*%5D.content";
    let steps = format!("{}/steps?{twice}", path(&run));
    assert_eq!(world.get_in_dialect(FOUNDRY, &steps).await["data"].as_array().unwrap().len(), 1);
    let known = world.send_in_dialect(Method::GET, FOUNDRY, "/threads?limit=0", None).await;
    assert_eq!((known.0, &known.1["error"]["param"]), (400, &json!("limit")), "known parameters are checked");
    for prefix in ["/v1", AZURE] {
        let (status, value) = world.send_in_dialect(Method::GET, prefix, "/files?novel=x", None).await;
        assert_eq!((status, &value["error"]["message"]), (400, &json!("Unknown parameter: 'novel'.")), "{prefix}");
    }
    world.end().await;
}

#[tokio::test]
async fn tools_of_the_preview_are_kept_and_a_run_that_must_use_one_fails() {
    let world = World::new();
    let preview = |path: &str, body: Value| {
        let url = format!("{FOUNDRY}{path}?api-version=2025-05-15-preview");
        World::status_and_json(as_json(world.request(Method::POST, &url), &body))
    };
    let mcp = json!({"type": "mcp", "server_label": "git", "server_url": "https://mcp.example"});
    let servers = json!({"mcp": [{"server_label": "git", "headers": {"X-A": "b"}}]});
    let body = json!({"model": "echo", "tools": [mcp], "tool_resources": servers});
    assert_eq!(
        world.send_in_dialect(Method::POST, FOUNDRY, "/assistants", Some(body.clone())).await.0,
        400,
        "v1 has none"
    );
    let (status, made) = preview("/assistants", body.clone()).await;
    assert_eq!((status, &made["tools"], &made["tool_resources"]), (200, &body["tools"], &servers), "{made}");
    let mut run = json!({"assistant_id": made["id"], "tool_resources": servers,
        "thread": {"messages": [{"role": "user", "content": "hello"}], "tool_resources": servers}});
    let (status, answered) = preview("/threads/runs", run.clone()).await;
    assert_eq!(status, 200, "{answered}");
    assert_eq!(world.wait_for_run(&answered).await["status"], "completed");
    run["tool_choice"] = json!({"type": "mcp"});
    let (_, forced) = preview("/threads/runs", run).await;
    let forced = world.wait_for_run(&forced).await;
    assert_eq!(forced["status"], "failed");
    let message = forced["last_error"]["message"].as_str().unwrap();
    assert!(message.contains("mcp"), "{message}");
    world.end().await;
}

#[tokio::test]
async fn a_resource_that_is_null_is_left_out() {
    let world = World::new();
    let file = world.upload("assistants", b"x").await;
    let given = json!({"code_interpreter": {"file_ids": [file]}, "file_search": null});
    let kept = json!({"code_interpreter": {"file_ids": [file]}});
    let thread = world.post("/threads", json!({"tool_resources": given})).await;
    assert_eq!(thread["tool_resources"], kept);
    let path = format!("/threads/{}", id(&thread));
    let mut changed = json!({"tool_resources": {"code_interpreter": {"file_ids": null}, "file_search": null}});
    assert_eq!(world.post(&path, changed.clone()).await["tool_resources"], json!({"code_interpreter": {}}));
    changed["tool_resources"] = given;
    assert_eq!(world.post(&path, changed.clone()).await["tool_resources"], kept);
    let assistant = format!("/assistants/{}", world.assistant().await);
    assert_eq!(world.post(&assistant, changed).await["tool_resources"], kept);
    world.end().await;
}

#[tokio::test]
async fn messages_are_deleted_only_in_dialects_with_that_endpoint() {
    let world = World::new();
    let thread = id(&world.post("/threads", json!({"messages": [{"role": "user", "content": "hi"}]})).await);
    let message = id(&world.list(&format!("/threads/{thread}/messages")).await[0]);
    let path = format!("/threads/{thread}/messages/{message}");
    assert_eq!(world.send_in_dialect(Method::DELETE, FOUNDRY, &path, None).await.0, 405);
    assert_eq!(world.get_in_dialect(FOUNDRY, &path).await["id"], json!(message));
    let preview = world.request(Method::DELETE, &format!("{FOUNDRY}{path}?api-version=2025-05-15-preview"));
    assert_eq!(World::status_and_json(preview).await.0, 200);
    world.end().await;
}

#[tokio::test]
async fn tools_of_foundry_are_accepted_only_in_its_dialect() {
    let world = World::new();
    let body = json!({"model": "echo", "tools": [{"type": "azure_ai_search"}],
        "tool_resources": {"azure_ai_search": {"indexes": [{"index_name": "i"}]}}});
    assert!(world.post_rejected("/assistants", body.clone()).await.contains("azure_ai_search"));
    let (status, made) = world.send_in_dialect(Method::POST, FOUNDRY, "/assistants", Some(body.clone())).await;
    assert_eq!((status, &made["tools"], &made["tool_resources"]), (200, &body["tools"], &body["tool_resources"]));
    let run = json!({"assistant_id": made["id"], "tool_choice": "required"});
    let (status, refused) = world.send_in_dialect(Method::POST, FOUNDRY, "/threads/runs", Some(run)).await;
    assert_eq!((status, &refused["error"]["param"]), (400, &json!("tool_choice")));
    world.end().await;
}

#[tokio::test]
async fn steps_of_azure_have_no_usage() {
    let world = World::new();
    let run = world.run("hello", json!({})).await;
    world.wait_for_run(&run).await;
    let steps = format!("{}/steps", path(&run));
    assert!(world.list(&steps).await[0]["usage"].is_object());
    let azure = world.get_in_dialect(AZURE, &steps).await;
    assert_eq!(azure["data"][0].get("usage"), None);
    let step = id(&azure["data"][0]);
    assert_eq!(world.get_in_dialect(AZURE, &format!("{steps}/{step}")).await.get("usage"), None);
    world.end().await;
}

#[tokio::test]
async fn endpoints_that_openai_retired_return_404_without_a_body() {
    let world = World::with(ServerSettings { openai: OpenAiMode::Retired, ..ServerSettings::default() });
    for (method, path) in
        [(Method::GET, "/v1/assistants"), (Method::POST, "/threads"), (Method::GET, "/v1/threads/t/runs")]
    {
        let response = world.request(method, path).send().await.unwrap();
        assert_eq!((response.status().as_u16(), response.bytes().await.unwrap().len()), (404, 0), "{path}");
    }
    world.get("/files").await;
    world.get_in_dialect(FOUNDRY, "/assistants").await;
    world.end().await;
}
