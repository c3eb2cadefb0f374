//! Tests of searches in vector stores over HTTP, and of the equality of both engines.

mod embeddings;

use super::*;
use crate::search::fuse::Weights;
use crate::serve::retrieval::{Hit, Search};
use crate::serve::store::{IndexingJob, NewPassage};

const HANDBOOK: &str = "# Employee handbook\n\n## Leave\n\nAnnual leave is thirty days. Unused leave expires in March.\n\n\
    ## Travel\n\nTravel is booked by the office. Hotels cost at most 150 EUR.\n\n\
    ## Sick leave\n\nA certificate is needed from the third day.\n";

impl World {
    /// Returns the data of a search.
    async fn search(&self, store: &str, body: Value) -> Vec<Value> {
        let page = self.post(&format!("/vector_stores/{store}/search"), body).await;
        page["data"].as_array().unwrap().clone()
    }

    /// Adds a file with attributes to a vector store.
    async fn add_text(&self, store: &str, name: &str, text: &str, attributes: Value) -> String {
        let file = self.upload_as(name, text).await;
        self.post(&format!("/vector_stores/{store}/files"), json!({"file_id": file, "attributes": attributes})).await;
        file
    }
}

fn names(hits: &[Value]) -> Vec<&str> {
    hits.iter().map(|hit| hit["filename"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_search_in_a_handbook_returns_the_passage() {
    let world = World::new();
    let file = world.upload_as("handbook.md", HANDBOOK).await;
    let store = world.indexed(&[&file]).await;
    let path = format!("/vector_stores/{store}/search");
    let page = world.post(&path, json!({"query": "How many days of annual leave?", "rewrite_query": true})).await;
    assert_eq!(page["object"], "vector_store.search_results.page");
    assert_eq!(page["search_query"], json!(["How many days of annual leave?"]));
    assert_eq!((&page["has_more"], &page["next_page"]), (&json!(false), &Value::Null));
    let hit = &page["data"][0];
    assert_eq!((&hit["file_id"], &hit["filename"]), (&json!(file), &json!("handbook.md")));
    assert_eq!((&hit["attributes"], &hit["content"][0]["type"]), (&json!({}), &json!("text")));
    assert!(hit["content"][0]["text"].as_str().unwrap().contains("Annual leave is thirty days."), "{hit}");
    let score = hit["score"].as_f64().unwrap();
    assert!(score > 0.0 && score < 1.0, "{score}");
    for (body, expected) in [
        (json!({"query": "certificate"}), 1),
        (json!({"query": "salary"}), 0),
        (json!({"query": ["salary", "hotels"]}), 1),
        (json!({"query": "?!… --"}), 0),
        (json!({"query": "leave ".repeat(1_700)}), 1),
        (json!({"query": "leave", "ranking_options": {"ranker": "none", "score_threshold": 0.0}}), 1),
        (json!({"query": "leave", "ranking_options": {"score_threshold": 1.0}}), 0),
    ] {
        assert_eq!(world.search(&store, body.clone()).await.len(), expected, "{body}");
    }
    for (body, expected) in [
        (json!({"query": ""}), "Invalid 'query': expected a text that is not empty."),
        (json!({"query": []}), "Invalid 'query': expected a text that is not empty."),
        (json!({"query": ["leave", " "]}), "Invalid 'query': expected a text that is not empty."),
        (json!({}), "Missing required parameter: 'query'."),
        (json!({"query": "x", "max_num_results": 51}), "above maximum value"),
        (json!({"query": "x", "max_num_results": 0}), "below minimum value"),
        (json!({"query": "x", "filters": {"type": "like", "key": "a", "value": "b"}}), "'like'"),
        (json!({"query": "x", "ranking_options": {"score_threshold": 1.5}}), "above maximum value"),
    ] {
        let message = world.post_rejected(&path, body.clone()).await;
        assert!(message.contains(expected), "{body}: {message}");
    }
    world.end().await;
}

#[tokio::test]
async fn results_do_not_depend_on_files_of_other_vector_stores_in_between() {
    let world = World::new();
    let (alone, mixed, other) = (world.indexed(&[]).await, world.indexed(&[]).await, world.indexed(&[]).await);
    let texts =
        ["Annual leave is thirty days.", "Sick leave.", "Travel and leave are booked by the office.", "Travel."];
    for (n, text) in texts.iter().enumerate() {
        world.add_text(&alone, &format!("{n}.txt"), text, json!({"n": n})).await;
    }
    for (n, text) in texts.iter().enumerate() {
        world.add_text(&mixed, &format!("{n}.txt"), text, json!({"n": n})).await;
        world.add_text(&other, "other.txt", "leave leave leave travel", json!({"n": n})).await;
    }
    world.wait_for_files().await;
    let found = async |store: &str| {
        let mut all = Vec::new();
        for body in [
            json!({"query": "leave"}),
            json!({"query": "annual leave travel"}),
            json!({"query": "travel", "filters": {"type": "gte", "key": "n", "value": 3}}),
        ] {
            let hits = world.search(store, body).await;
            all.push(
                hits.iter().map(|hit| (hit["filename"].to_string(), hit["score"].to_string())).collect::<Vec<_>>(),
            );
        }
        all
    };
    let expected = found(&alone).await;
    assert_eq!(expected.iter().map(Vec::len).collect::<Vec<_>>(), [3, 4, 1]);
    assert_eq!(found(&mixed).await, expected);
    // Removed passages of the same vector store do not count either.
    for store in [&alone, &mixed] {
        let file = world.add_text(store, "removed.txt", "leave", json!({"n": 9})).await;
        world.add_text(store, "last.txt", "Nothing.", json!({"n": 0})).await;
        world.wait_for_files().await;
        assert_eq!(world.delete(&format!("/vector_stores/{store}/files/{file}")).await.0, 200);
    }
    let later = found(&alone).await;
    assert_eq!(found(&mixed).await, later);
    assert!(later[0].len() == 3 && later != expected, "the number of passages changed the scores: {later:?}");
    world.end().await;
}

#[tokio::test]
async fn results_are_limited_and_ordered_by_score_then_by_file_and_position() {
    let world = World::new();
    let store = world.indexed(&[]).await;
    for n in 0..12 {
        world.add_text(&store, &format!("{n}.txt"), "annual leave for all", json!({})).await;
    }
    world.add_text(&store, "best.txt", "annual leave, annual leave, annual leave", json!({})).await;
    world.wait_for_files().await;
    let hits = world.search(&store, json!({"query": "annual leave", "max_num_results": 4})).await;
    assert_eq!(names(&hits), ["best.txt", "0.txt", "1.txt", "2.txt"]);
    assert_eq!(hits[1]["score"], hits[2]["score"]);
    assert_eq!(world.search(&store, json!({"query": "annual leave"})).await.len(), 10);
    assert_eq!(world.search(&store, json!({"query": "annual leave", "max_num_results": 50})).await.len(), 13);
    world.end().await;
}

#[tokio::test]
async fn filters_compare_attributes() {
    let world = World::new();
    let store = world.indexed(&[]).await;
    for (name, attributes) in [
        ("a", json!({"team": "hr", "year": 2023, "draft": true})),
        ("b", json!({"team": "hr", "year": 2024, "draft": false})),
        ("c", json!({"team": "it", "year": 2025.5})),
        ("d", json!({})),
    ] {
        world.add_text(&store, name, "annual leave", attributes).await;
    }
    world.wait_for_files().await;
    let compare = |kind: &str, key: &str, value: Value| json!({"type": kind, "key": key, "value": value});
    let hr = compare("eq", "team", json!("hr"));
    for (filter, expected) in [
        (hr.clone(), "ab"),
        (compare("ne", "team", json!("hr")), "c"),
        (compare("gt", "year", json!(2023)), "bc"),
        (compare("gte", "year", json!(2024)), "bc"),
        (compare("lt", "year", json!(2024)), "a"),
        (compare("lte", "year", json!(2025.5)), "abc"),
        (compare("eq", "draft", json!(true)), "a"),
        (compare("in", "team", json!(["hr", "it"])), "abc"),
        (compare("nin", "team", json!(["it"])), "ab"),
        (json!({"type": "and", "filters": [hr, compare("gte", "year", json!(2024))]}), "b"),
        (
            json!({"type": "or", "filters": [compare("eq", "team", json!("it")), compare("eq", "draft", json!(true))]}),
            "ac",
        ),
        (compare("eq", "absent", json!("x")), ""),
    ] {
        let hits = world.search(&store, json!({"query": "leave", "filters": filter})).await;
        assert_eq!(names(&hits).concat(), expected, "{filter}");
    }
    let b = world.search(&store, json!({"query": "leave", "filters": compare("eq", "draft", json!(false))})).await;
    assert_eq!(b[0]["attributes"], json!({"team": "hr", "year": 2024, "draft": false}));
    world.end().await;
}

#[tokio::test]
async fn a_search_sees_only_its_vector_store_and_only_completed_files() {
    let world = World::new();
    let (one, other) = (world.indexed(&[]).await, world.indexed(&[]).await);
    for n in 0..15 {
        world.add_text(&one, "one.txt", &format!("annual leave, rule {n}"), json!({})).await;
        world.add_text(&other, "other.txt", &format!("annual travel, rule {n}"), json!({})).await;
    }
    world.wait_for_files().await;
    assert_eq!(names(&world.search(&one, json!({"query": "leave", "max_num_results": 50})).await), ["one.txt"; 15]);
    assert!(world.search(&other, json!({"query": "leave"})).await.is_empty());

    // Passages that a process is still writing change neither results nor scores.
    let before = world.search(&one, json!({"query": "annual rule 7"})).await;
    world.server.abandon().await;
    world.add_text(&one, "new.txt", "never read", json!({})).await;
    let rows = &world.server.state.store;
    let item = rows.claim_files("me", Duration::from_secs(60), 9).await.unwrap()[0];
    let job: IndexingJob = rows.indexing_job(item, "me").await.unwrap().unwrap();
    rows.begin_indexing(&job, "me").await.unwrap();
    let passages = (0..40).map(|_| {
        let terms = crate::search::terms::analyse("annual rule 7");
        let terms = if rows.has_vectors() { terms.tsvector() } else { terms.fts5().to_owned() };
        NewPassage { start: 0, length: 3, tokens: 3, text: "annual rule 7".into(), terms, embedding: None }
    });
    rows.add_passages(&job, "me", 0, passages.collect()).await.unwrap();
    assert_eq!(world.search(&one, json!({"query": "annual rule 7"})).await, before);
    world.end().await;
}

/// A few texts in several languages, in files of several sizes.
fn corpus() -> Vec<(String, String)> {
    let languages = [
        "Annual leave is thirty days. Travel is booked by the office. The getUserName() function returns max_size values. ",
        "Der Urlaub beträgt dreißig Tage. Reisen werden vom Büro gebucht. Größere Ausgaben brauchen eine Freigabe. ",
        "员工每年有三十天年假。差旅由办公室预订。请病假需要医生证明。",
        "有給休暇は年間三十日とする。出張は総務部が手配する。病気休暇には診断書が必要である。",
        "연차 휴가는 삼십 일입니다. 출장은 사무실에서 예약합니다. ",
    ];
    let mut state = 7_u32;
    let mut below = move |bound: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % bound
    };
    let text = |n: usize| {
        let mut text = format!("# Document {n}\n\n");
        for _ in 0..(n % 7 + 1) * 6 {
            let sentence = languages[below(languages.len())];
            text.push_str(sentence);
            text.push_str(&format!("Rule {} of part {}. ", below(50), below(9)));
            if below(4) == 0 {
                text.push_str("\n\n");
            }
        }
        text
    };
    (0..30).map(text).enumerate().map(|(n, text)| (format!("{n:02}.md"), text)).collect()
}

/// Returns what searches find in the corpus, without IDs.
async fn findings(world: &World) -> Vec<Vec<(String, f64, String)>> {
    let store = world.indexed(&[]).await;
    for (n, (name, text)) in corpus().into_iter().enumerate() {
        let file = world.upload_as(&name, text).await;
        let size = json!({"max_chunk_size_tokens": 100 + 10 * n, "chunk_overlap_tokens": 40});
        let chunking = json!({"type": "static", "static": size});
        let body = json!({"file_id": file, "chunking_strategy": chunking, "attributes": {"n": n}});
        world.post(&format!("/vector_stores/{store}/files"), body).await;
    }
    world.wait_for_files().await;
    let filter = crate::search::filter::Filter::from_json(&json!({"type": "lt", "key": "n", "value": 9})).unwrap();
    let mut found = Vec::new();
    for query in [
        "annual leave",
        "Urlaub Tage",
        "getUserName",
        "max_size",
        "年假",
        "休",
        "有給休暇は何日",
        "휴가",
        "rule 7 of part 3",
        "travelling",
        "\"quotes' and :* operators & | ! <->",
    ] {
        for filter in [None, Some(filter.clone())] {
            let stores = vec![store.clone()];
            let queries = vec![query.to_owned()];
            let weights = Weights::default();
            let search = Search { stores, queries, filter, threshold: 0.0, weights, max_results: 20 };
            let hits = world.server.state.retriever.search(search).await.unwrap();
            found.push(hits.into_iter().map(|Hit { filename, score, text, .. }| (filename, score, text)).collect());
        }
    }
    found
}

#[tokio::test]
async fn searches_find_texts_in_every_script() {
    let world = World::new();
    let found = findings(&world).await;
    // Each query once without and once with a filter. The last query has words of no text but `and`.
    assert!(found[..20].iter().all(|hits| !hits.is_empty()), "{:?}", found.iter().map(Vec::len).collect::<Vec<_>>());
    assert!(found[0].len() == 20 && found[8][0].2.contains("年假"), "{:?}", found[8]);
    assert!(found[1].iter().all(|(name, ..)| name.as_str() < "09"));
    world.end().await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
async fn postgres_and_sqlite_return_the_same_results_and_scores() {
    let memory = World::new();
    let server = store::server(&crate::db::fresh_for_tests());
    let settings = ServerSettings { store: StoreLocation::Server(Box::new(server)), ..ServerSettings::default() };
    let postgres = World::with(settings);
    let (one, other) = (findings(&memory).await, findings(&postgres).await);
    assert!(one.iter().map(Vec::len).sum::<usize>() > 200);
    assert_eq!(one, other);
    memory.end().await;
    postgres.end().await;
}
