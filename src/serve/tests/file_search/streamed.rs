//! Tests of the events of a run that searches.

use super::*;

#[tokio::test]
async fn the_stream_shows_the_search_before_the_message() {
    let world = World::new();
    let file = world.upload_as("handbook.md", HANDBOOK).await;
    let store = world.indexed(&[&file]).await;
    let assistant = world.searching_assistant(&[&store], json!({})).await;
    let thread = id(&world.post("/threads", json!({"messages": [{"role": "user", "content": QUESTION}]})).await);
    let events = world.stream(&format!("/threads/{thread}/runs?{CONTENT}"), json!({"assistant_id": assistant})).await;
    let mut names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    names.dedup();
    assert_eq!(
        names,
        [
            "thread.run.created",
            "thread.run.queued",
            "thread.run.in_progress",
            "thread.run.step.created",
            "thread.run.step.in_progress",
            "thread.run.step.delta",
            "thread.run.step.completed",
            "thread.run.step.created",
            "thread.run.step.in_progress",
            "thread.message.created",
            "thread.message.in_progress",
            "thread.message.delta",
            "thread.message.completed",
            "thread.run.step.completed",
            "thread.run.completed",
            "done",
        ]
    );
    let of = |wanted: &str| events.iter().filter(|(name, _)| name == wanted).map(|(_, data)| data).collect::<Vec<_>>();
    let call = &of("thread.run.step.delta")[0]["delta"]["step_details"]["tool_calls"][0];
    assert_eq!((&call["index"], &call["type"], &call["file_search"]), (&json!(0), &json!("file_search"), &json!({})));
    let step = of("thread.run.step.completed")[0];
    let stored = &step["step_details"]["tool_calls"][0];
    assert_eq!(stored["id"], call["id"]);
    assert!(stored["file_search"]["results"][0]["content"].is_array() && stored["file_search"].get("query").is_none());
    let deltas = of("thread.message.delta");
    let text: String =
        deltas.iter().filter_map(|delta| delta["delta"]["content"][0]["text"]["value"].as_str()).collect();
    assert_eq!(text, ANSWER);
    let annotated = &deltas.last().unwrap()["delta"]["content"][0]["text"]["annotations"][0];
    assert_eq!((&annotated["index"], &annotated["file_citation"]["file_id"]), (&json!(0), &json!(file)));
    let message = of("thread.message.completed")[0];
    assert_eq!(message["content"][0]["text"]["annotations"].as_array().unwrap().len(), 1);
    world.end().await;
}
