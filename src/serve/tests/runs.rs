//! Tests of the run lifecycle (docs/protocol/runs.md#states-and-transitions).

use super::*;

#[tokio::test]
async fn a_run_calls_functions_and_completes() {
    let world = World::new();
    let run = world.run("call a {\"x\": 1}\nhello\ncall b", json!({"metadata": {"k": "v"}})).await;
    assert_eq!((&run["status"], &run["started_at"]), (&json!("queued"), &Value::Null));
    let waiting = world.wait_for_run(&run).await;
    assert_eq!(waiting["status"], "requires_action");
    let calls = waiting["required_action"]["submit_tool_outputs"]["tool_calls"].as_array().unwrap().clone();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0]["function"], json!({"name": "a", "arguments": "{\"x\": 1}"}));
    let (first, second) = (id(&calls[0]), id(&calls[1]));
    let steps = world.list(&format!("{}/steps", path(&run))).await;
    assert_eq!((&steps[0]["type"], &steps[0]["status"]), (&json!("tool_calls"), &json!("in_progress")));
    assert_eq!(steps[0]["step_details"]["tool_calls"][0]["function"]["output"], Value::Null);

    let submit = format!("{}/submit_tool_outputs", path(&run));
    let output = |call: &str, text: &str| json!({"tool_call_id": call, "output": text});
    let part = world.post_rejected(&submit, json!({"tool_outputs": [output(&first, "1")]})).await;
    assert_eq!(part, format!("Expected tool outputs for call_ids ['{first}', '{second}'], got ['{first}']"));
    for wrong in
        [json!([output(&first, "1"), output("call_x", "2")]), json!([output(&first, "1"), output(&first, "1")])]
    {
        assert!(
            world.post_rejected(&submit, json!({"tool_outputs": wrong})).await.starts_with("Expected tool outputs")
        );
    }
    let outputs = json!({"tool_outputs": [output(&second, "two"), output(&first, "one")]});
    let queued = world.post(&submit, outputs.clone()).await;
    assert_eq!((&queued["status"], &queued["required_action"]), (&json!("queued"), &Value::Null));

    let done = world.wait_for_run(&run).await;
    assert_eq!(done["status"], "completed", "{done}");
    assert_eq!((&done["expires_at"], &done["metadata"]), (&Value::Null, &json!({"k": "v"})));
    assert_eq!(done["usage"], json!({"prompt_tokens": 18, "completion_tokens": 10, "total_tokens": 28}));
    let thread = run["thread_id"].as_str().unwrap();
    let messages = world.list(&format!("/threads/{thread}/messages")).await;
    assert_eq!((messages.len(), text_of(&messages[0])), (2, "hello\na: one\nb: two"));
    assert_eq!((&messages[0]["run_id"], &messages[0]["status"]), (&run["id"], &json!("completed")));
    let of_run = world.list(&format!("/threads/{thread}/messages?run_id={}", id(&run))).await;
    assert_eq!(of_run.len(), 1);
    let steps = world.list(&format!("{}/steps?order=asc", path(&run))).await;
    assert!(steps.iter().all(|step| step["status"] == "completed" && step["usage"].is_object()), "{steps:?}");
    assert_eq!(steps[0]["step_details"]["tool_calls"][1]["function"]["output"], "two");
    assert_eq!(steps[1]["step_details"]["message_creation"]["message_id"], messages[0]["id"]);
    let late = world.post_rejected(&submit, outputs).await;
    assert_eq!(late, "Runs in status \"completed\" do not accept tool outputs.");
    let cancel = world.post_rejected(&format!("{}/cancel", path(&run)), json!({})).await;
    assert_eq!(cancel, "Cannot cancel run with status 'completed'.");
    world.end().await;
}

#[tokio::test]
async fn numbers_are_accepted_in_every_notation_of_json() {
    let world = World::new();
    let options = serde_json::from_str(r#"{"temperature": 0.70, "top_p": 1E0, "max_prompt_tokens": 512}"#).unwrap();
    let run = world.run("hi", options).await;
    assert_eq!(run["temperature"].as_f64(), Some(0.7));
    world.end().await;
}

#[tokio::test]
async fn responses_with_a_run_suggest_a_polling_interval() {
    let world = World::new();
    let run = world.run("hi", json!({})).await;
    let response = world.request(Method::GET, &format!("/v1{}", path(&run))).send().await.unwrap();
    assert_eq!(response.headers()["openai-poll-after-ms"], "200");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thread_has_at_most_one_active_run() {
    let world = Arc::new(World::new());
    let assistant = world.assistant().await;
    let thread = id(&world.post("/threads", json!({"messages": [{"role": "user", "content": "stuck"}]})).await);
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (world, assistant, thread) = (world.clone(), assistant.clone(), thread.clone());
            tokio::spawn(async move {
                world.try_post(&format!("/threads/{thread}/runs"), json!({"assistant_id": assistant})).await
            })
        })
        .collect();
    let mut won = Vec::new();
    let mut lost = Vec::new();
    for task in tasks {
        let (status, value) = task.await.unwrap();
        if status == 200 { won.push(value) } else { lost.push(value) }
    }
    assert_eq!(won.len(), 1, "{won:?}");
    let run = id(&won[0]);
    let message = format!("Thread {thread} already has an active run {run}.");
    assert!(lost.iter().all(|lost| lost["error"]["message"] == message.as_str()), "{lost:?}");
    let locked =
        world.post_rejected(&format!("/threads/{thread}/messages"), json!({"role": "user", "content": "hi"})).await;
    assert_eq!(locked, format!("Can't add messages to {thread} while a run {run} is active."));
    assert!(world.server.drain(Duration::from_secs(20)).await, "a stuck run is not waited for");

    world.post(&format!("{}/cancel", path(&won[0])), json!({})).await;
    let ended = world.wait_for_run(&won[0]).await;
    assert_eq!(ended["status"], "cancelled");
    world.post(&format!("/threads/{thread}/messages"), json!({"role": "user", "content": "hi"})).await;
}

#[tokio::test]
async fn a_run_ends_as_the_commands_in_its_message_state() {
    let world = World::new();
    let failed = world.run("fail no luck", json!({})).await;
    let failed = world.wait_for_run(&failed).await;
    assert_eq!(failed["status"], "failed");
    assert_eq!(failed["last_error"], json!({"code": "server_error", "message": "no luck"}));
    let long = "word ".repeat(300);
    for (text, options, reason, words) in [
        ("hi\nincomplete", json!({}), "max_completion_tokens", 1),
        (long.as_str(), json!({"max_completion_tokens": 256}), "max_completion_tokens", 256),
        (long.as_str(), json!({"max_prompt_tokens": 256}), "max_prompt_tokens", 300),
    ] {
        let run = world.run(text, options).await;
        let run = world.wait_for_run(&run).await;
        assert_eq!(
            (&run["status"], &run["incomplete_details"]["reason"]),
            (&json!("incomplete"), &json!(reason)),
            "{run}"
        );
        let messages = world.list(&format!("/threads/{}/messages", run["thread_id"].as_str().unwrap())).await;
        assert_eq!((messages.len(), text_of(&messages[0]).split_whitespace().count()), (2, words));
        assert_eq!(messages[0]["incomplete_details"]["reason"], "max_tokens");
    }
    let run =
        world.run("hi", json!({"tools": [{"type": "code_interpreter"}], "tool_choice": {"type": "code_interpreter"}}));
    let run = run.await;
    assert_eq!(world.wait_for_run(&run).await["status"], "failed");
    world.end().await;
}

#[tokio::test]
async fn a_run_expires_on_read_and_unlocks_its_thread() {
    let world = World::with(ServerSettings { run_life: Duration::ZERO, ..ServerSettings::default() });
    let run = world.run("stuck", json!({})).await;
    let thread = run["thread_id"].as_str().unwrap();
    assert_eq!(world.get(&path(&run)).await["status"], "expired");
    world.post(&format!("/threads/{thread}/messages"), json!({"role": "user", "content": "hi"})).await;
    world.end().await;
}

#[tokio::test]
async fn the_engine_expires_a_waiting_run_and_its_step() {
    // Times are truncated to whole seconds, so at least two of the three seconds remain.
    let world = World::with(ServerSettings { run_life: Duration::from_secs(3), ..ServerSettings::default() });
    let run = world.run("call a", json!({})).await;
    let waiting = world.wait_for_run(&run).await;
    assert_eq!(waiting["status"], "requires_action");
    // No request reads the run in the meantime, so the engine itself must expire it.
    let store = world.server.state.store.clone();
    let expired = async {
        while store.run(&id(&run)).await.unwrap().unwrap().status != crate::api::objects::RunStatus::Expired {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), expired).await.unwrap();
    let steps = world.list(&format!("{}/steps", path(&run))).await;
    assert_eq!(steps[0]["status"], "expired");
    let call = &waiting["required_action"]["submit_tool_outputs"]["tool_calls"][0]["id"];
    let outputs = json!({"tool_outputs": [{"tool_call_id": call, "output": "1"}]});
    let late = world.post_rejected(&format!("{}/submit_tool_outputs", path(&run)), outputs).await;
    assert_eq!(late, "Runs in status \"expired\" do not accept tool outputs.");
    world.end().await;
}

#[tokio::test]
async fn a_damaged_run_does_not_block_other_runs() {
    let reports = Arc::new(std::sync::Mutex::new(Vec::new()));
    let received = reports.clone();
    let report: Reporter = Arc::new(move |text: &str| received.lock().unwrap().push(text.to_owned()));
    let world = World::with(ServerSettings { report, ..ServerSettings::default() });
    let damaged = world.run("call a", json!({})).await;
    world.wait_for_run(&damaged).await;
    world.server.state.store.corrupt_run(&id(&damaged)).await;
    let next = world.run("hello", json!({})).await;
    assert_eq!(world.wait_for_run(&next).await["status"], "completed");
    let another = world.run("hello again", json!({})).await;
    assert_eq!(world.wait_for_run(&another).await["status"], "completed");
    let is_of_run = |text: &&String| text.contains(&id(&damaged));
    assert_eq!(reports.lock().unwrap().iter().filter(is_of_run).count(), 1, "reported once: {reports:?}");
    world.end().await;
}

#[tokio::test]
async fn the_next_server_on_the_store_finishes_the_run() {
    let shared = SharedStore::new();
    let first = shared.world();
    let run = first.run("sleep 600s\nhello", json!({})).await;
    let store = first.server.state.store.clone();
    while store.run(&id(&run)).await.unwrap().unwrap().status != crate::api::objects::RunStatus::InProgress {
        tokio::task::yield_now().await;
    }
    // Simulates a crash of the process: the lease is not released.
    first.server.abandon().await;
    assert!(store.run(&id(&run)).await.unwrap().unwrap().lease.is_some());
    // Delete the message that makes the model sleep, so that the next server finishes the run immediately.
    let thread = run["thread_id"].as_str().unwrap();
    let message = id(&first.list(&format!("/threads/{thread}/messages")).await[0]);
    first.delete(&format!("/threads/{thread}/messages/{message}")).await;

    let second = shared.world();
    assert_eq!(second.server.store_id(), first.server.store_id());
    let finished = async {
        while !store.run(&id(&run)).await.unwrap().unwrap().status.is_terminal() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), finished).await.unwrap();
    assert_eq!(second.get(&path(&run)).await["status"], "completed");
    assert_eq!(second.list(&format!("/threads/{thread}/messages")).await.len(), 1);
    assert_eq!(second.list(&format!("{}/steps", path(&run))).await.len(), 1);
    second.end().await;
}

#[tokio::test]
async fn a_server_that_stops_releases_its_runs() {
    let shared = SharedStore::new();
    let settings =
        || ServerSettings { store: shared.at.clone(), lease: Duration::from_secs(600), ..ServerSettings::default() };
    let first = World::with(settings());
    let run = first.run("stuck", json!({})).await;
    assert!(first.server.drain(Duration::from_secs(20)).await);
    first.end().await;
    let second = World::with(settings());
    assert_eq!(second.get(&path(&run)).await["status"], "in_progress");
    second.post(&format!("{}/cancel", path(&run)), json!({})).await;
    assert_eq!(second.wait_for_run(&run).await["status"], "cancelled");
    second.end().await;
}

#[tokio::test]
async fn a_thread_can_be_deleted_during_its_run() {
    let world = World::new();
    let run = world.run("sleep 600s", json!({})).await;
    let thread = run["thread_id"].as_str().unwrap();
    assert_eq!(world.delete(&format!("/threads/{thread}")).await.0, 200);
    assert!(world.server.drain(Duration::from_secs(20)).await);
    assert_eq!(world.delete(&format!("/threads/{thread}")).await.0, 404);
    world.end().await;
}

#[tokio::test]
async fn a_run_copies_its_assistant_and_adds_instructions() {
    let world = World::new();
    let thread = id(&world.post("/threads", json!({})).await);
    let runs = format!("/threads/{thread}/runs");
    let missing = world.post_rejected(&runs, json!({"assistant_id": "asst_x"})).await;
    assert_eq!(missing, "No assistant found with id 'asst_x'.");
    let (status, value) = world.try_post(&runs, json!({"assistant_id": "asst_x", "stream": true})).await;
    assert_eq!(
        (status, &value["error"]["message"]),
        (404, &json!("No assistant found with id 'asst_x'.")),
        "no stream"
    );
    let body = json!({
        "assistant_id": world.assistant().await,
        "additional_instructions": "And kind.",
        "additional_messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"}],
        "temperature": 0.5,
    });
    let run = world.post(&runs, body).await;
    assert_eq!((&run["instructions"], &run["model"]), (&json!("Be brief.\nAnd kind."), &json!("echo")));
    assert_eq!(run["expires_at"].as_i64().unwrap(), run["created_at"].as_i64().unwrap() + 600);
    assert_eq!((&run["temperature"], &run["top_p"], &run["tool_choice"]), (&json!(0.5), &json!(1.0), &json!("auto")));
    world.wait_for_run(&run).await;
    let messages = world.list(&format!("/threads/{thread}/messages?order=asc")).await;
    assert_eq!(messages.iter().map(text_of).collect::<Vec<_>>(), ["hi", "ho", "hi"]);
    world.end().await;
}

#[tokio::test]
async fn a_run_reads_only_the_newest_messages() {
    let world = World::new();
    let (thread, assistant) = (id(&world.post("/threads", json!({})).await), world.assistant().await);
    for n in 0..120 {
        let message = json!({"role": "user", "content": format!("message {n}")});
        world.post(&format!("/threads/{thread}/messages"), message).await;
    }
    let last = json!({"type": "last_messages", "last_messages": 3});
    for (truncation, words) in [(last, 6), (Value::Null, 200)] {
        let body = json!({"assistant_id": assistant, "truncation_strategy": truncation});
        let run = world.post(&format!("/threads/{thread}/runs"), body).await;
        let done = world.wait_for_run(&run).await;
        let messages = world.list(&format!("/threads/{thread}/messages?limit=1")).await;
        assert_eq!(text_of(&messages[0]), "message 119");
        // The assistant's instructions add two words.
        assert_eq!(done["usage"]["prompt_tokens"], words + 2);
    }
    world.end().await;
}
