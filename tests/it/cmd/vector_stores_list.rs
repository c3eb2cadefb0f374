//! `asst vector-stores list` and `asst ledger stats` show what vector stores cost.

use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::Asst;
use serde_json::{Value, json};

/// Returns vector stores of 3 GB, of 1.2 MB, and of an unknown size.
fn stores() -> Vec<Value> {
    let store = |id: &str, bytes: Value| {
        json!({ "id": id, "object": "vector_store", "name": id, "status": "completed", "created_at": 1_700_000_000,
            "usage_bytes": bytes, "file_counts": { "total": 2 } })
    };
    let unknown = json!({ "id": "vs_unknown", "object": "vector_store", "status": "completed" });
    vec![store("vs_large", json!(3_000_000_000_i64)), store("vs_small", json!(1_200_000)), unknown]
}

fn user() -> (MockServer, Asst) {
    let server = MockServer::new(|request, _| match request.target.trim_start_matches("/v1/vector_stores/") {
        id if id.starts_with("vs_") => Response::json(200, stores().iter().find(|store| store["id"] == *id).unwrap()),
        _ => Response::json(200, &json!({ "object": "list", "data": stores(), "has_more": false })),
    });
    let asst = Asst::with_backend(&server.url());
    (server, asst)
}

#[test]
fn tables_have_the_price_per_month_and_json_is_that_of_the_api() {
    let (server, asst) = user();
    let list = ["vector-stores", "list"];
    let prices = |asst: &Asst, args: &[&str]| {
        let ran = asst.run([&list[..], &["--columns", "id,usd_per_month"], args].concat()).ok();
        ran.stdout.replace('\t', " ")
    };
    assert_eq!(prices(&asst, &[]), "vs_large 9.0000\nvs_small 0.0036\nvs_unknown \n");
    assert_eq!(prices(&asst, &["--storage-price", "0.25"]), "vs_large 22.5000\nvs_small 0.0090\nvs_unknown \n");
    assert!(prices(&asst, &["-o", "csv"]).contains("vs_large,9.0000"));
    let table = asst.run(list).ok().stdout;
    assert!(table.starts_with("vs_large\tvs_large\tcompleted\t2\t3000000000\t9.0000\t"), "{table}");
    assert_eq!(asst.run([&list[..], &["-o", "json"]].concat()).ok().json(), json!(stores()));
    assert_eq!(asst.run([&list[..], &["--jq", ".[0] | has(\"usd_per_month\")"]].concat()).ok().stdout, "false\n");
    asst.run([&list[..], &["--storage-price", "free"]].concat()).code(2).says("a price in USD per GB and day");

    let asst = asst.env("K", "sk-test-0123456789");
    let url = server.url();
    let profile = |price: &str| {
        let keys = format!("backend = \"compatible\"\nbase_url = \"{url}\"\napi_key_env = \"K\"\n");
        asst.config(&format!("[profiles.p]\n{keys}storage_price = {price}\n"));
    };
    for (price, expected) in [("0", "vs_large 0.0000"), ("1", "vs_large 90.0000"), ("0.2", "vs_large 18.0000")] {
        profile(price);
        assert!(prices(&asst, &["-p", "p"]).starts_with(expected), "{price}");
    }
    profile("-1");
    asst.run(["-p", "p", "vector-stores", "list"]).code(2).says("a price in USD per GB and day");
}

#[test]
fn the_statistics_of_the_ledger_add_up_the_vector_stores_of_an_account() {
    let (_server, asst) = user();
    asst.run(["vector-stores", "get", "vs_large", "vs_small", "vs_unknown"]).ok();
    asst.fed("thread_1\n", &["ledger", "import", "-"]).ok();
    let of = |args: &[&str], kind: &str| {
        let all = asst.run([&["ledger", "stats", "-o", "json"], args].concat()).ok().json();
        all.as_array().unwrap().iter().find(|item| item["kind"] == kind).unwrap().clone()
    };
    let stores = of(&[], "vector_store");
    // The first GB is free.
    assert_eq!((&stores["bytes"], &stores["usd_per_month"]), (&json!(3_001_200_000_i64), &json!(6.0036)));
    assert_eq!(of(&["--storage-price", "1"], "vector_store")["usd_per_month"], json!(60.036));
    assert_eq!(of(&[], "thread").get("usd_per_month"), None);
}
