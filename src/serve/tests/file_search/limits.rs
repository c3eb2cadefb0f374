//! Tests of the token budget for search results, and of the vector stores that a run can name.

use super::*;

#[tokio::test]
async fn results_beyond_the_token_budget_are_left_out() {
    let world = World::new();
    let file = world.upload_as("long.md", &"Everybody is on leave today. ".repeat(6_000)).await;
    let store = async |size: i64| {
        let sizes = json!({"max_chunk_size_tokens": size, "chunk_overlap_tokens": 0});
        let body = json!({"file_ids": [file], "chunking_strategy": {"type": "static", "static": sizes}});
        let store = id(&world.post("/vector_stores", body).await);
        world.wait_for_files().await;
        store
    };
    for (size, model, expected) in
        [(4_096, "gpt-4o", 3), (800, "gpt-4o", 20), (4_096, "gpt-3.5-turbo", 1), (800, "gpt-3.5-turbo", 5)]
    {
        let assistant = world.searching_assistant(&[&store(size).await], json!({})).await;
        let run = world.run_with_files(&assistant, "leave", &[], json!({"model": model})).await;
        assert_eq!(result_files(&world.steps(&run, "").await[0]).len(), expected, "{size} tokens, {model}");
    }
    let options = json!({"tools": [{"type": "file_search", "file_search": {"max_num_results": 50}}]});
    let assistant = world.searching_assistant(&[&store(1_000).await], options).await;
    for (model, expected) in [("gpt-4o", 16), ("gpt-3.5-turbo-0125", 4)] {
        let run = world.run_with_files(&assistant, "leave", &[], json!({"model": model})).await;
        assert_eq!(result_files(&world.steps(&run, "").await[0]).len(), expected, "{model}");
    }
    world.end().await;
}

#[tokio::test]
async fn the_vector_stores_of_a_run_replace_those_of_its_assistant() {
    let world = World::new();
    let [first, second, third] =
        ["one.md", "two.md", "three.md"].map(|name| world.upload_as(name, "Leave is granted."));
    let [of_assistant, of_run, of_thread] = [first.await, second.await, third.await];
    let (usual, own) = (world.indexed(&[&of_assistant]).await, world.indexed(&[&of_run]).await);
    let assistant = world.searching_assistant(&[&usual], json!({})).await;
    let with = |stores: Value| json!({"tool_resources": {"file_search": {"vector_store_ids": stores}}});
    for (options, expected) in [
        (with(json!([own])), vec!["three.md", "two.md"]),
        (with(json!([])), vec!["three.md"]),
        (json!({"tool_resources": {"code_interpreter": {"file_ids": []}}}), vec!["one.md", "three.md"]),
        (json!({"tool_resources": null}), vec!["one.md", "three.md"]),
        (json!({}), vec!["one.md", "three.md"]),
    ] {
        let run = world.run_with_files(&assistant, "leave", &[&of_thread], options.clone()).await;
        let steps = world.steps(&run, "").await;
        let mut names = result_files(&steps[0]);
        names.sort_unstable();
        assert_eq!(names, expected, "{options}");
        assert!(run.get("tool_resources").is_none(), "{run}");
    }
    let body =
        json!({"assistant_id": assistant, "tool_resources": {"file_search": {"vector_store_ids": ["vs_missing"]}}});
    let error = world.post_rejected("/threads/runs", body).await;
    assert!(error.contains("vs_missing"), "{error}");
    world.end().await;
}
