//! Forms of a backend or of a checkout that are equal to the manifest: `asst plan` shows no difference.

use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::{Asst, served};
use serde_json::{Value, json};

const MANIFEST: &str = "asst: 1
project: hr
assistants:
  helper:
    model: m
    instructions: {file: helper.md}
    temperature: 0.2
    top_p: 1
    tools:
      - {file: lookup.json}
      - type: file_search
    metadata: {team: hr}
";

const TOOL: &str = "{\n  \"type\": \"function\",\n  \"function\": {\"name\": \"lookup\", \"parameters\": {\"type\": \"object\", \"required\": [\"b\", \"a\"]}}\n}\n";

/// A change to an assistant as the backend sends it.
type Change = fn(&mut Value);

#[test]
fn another_notation_of_the_backend_is_no_difference() {
    let responses: [(&str, Change); 6] = [
        ("numbers as texts", |live| {
            live["temperature"] = json!("0.2");
            live["top_p"] = json!("1.0");
        }),
        ("32-bit numbers", |live| live["temperature"] = json!(0.200_000_003)),
        ("additional members", |live| {
            live["reasoning_summary"] = json!({ "a": [1] });
            live["tools"][1]["file_search"] = json!({ "max_num_results": null, "hybrid": false });
            live["tool_resources"] = json!({ "code_interpreter": { "file_ids": [] }, "browser": null });
        }),
        ("other defaults", |live| {
            live["description"] = json!("");
            live["tools"][0]["function"]["strict"] = json!(false);
            live["tools"][1]["file_search"] =
                json!({ "ranking_options": { "ranker": "default_2024_08_21", "score_threshold": 0.0 } });
        }),
        ("tools in another order", |live| live["tools"].as_array_mut().unwrap().reverse()),
        ("no null members", |live| live.as_object_mut().unwrap().retain(|_, value| !value.is_null())),
    ];
    for (case, change) in responses {
        let mut live = json!({
            "id": "asst_0123456789abcdef", "object": "assistant", "created_at": 1_700_000_000, "name": null,
            "description": null, "model": "m", "instructions": "Be kind.", "temperature": 0.2, "top_p": 1.0,
            "tools": [
                { "type": "function", "function": { "name": "lookup", "description": null,
                    "parameters": { "required": ["b", "a"], "type": "object" }, "strict": null } },
                { "type": "file_search" },
            ],
            "tool_resources": {}, "metadata": { "team": "hr", "asst_key": "hr/default/helper" }, "response_format": "auto",
        });
        change(&mut live);
        let server = MockServer::new(move |request, _| {
            let data = if request.target.contains("after=") { json!([]) } else { json!([live]) };
            Response::json(200, &json!({ "object": "list", "data": data, "has_more": false }))
        });
        let asst = Asst::with_backend(&server.url());
        asst.file("asst.yaml", MANIFEST);
        asst.file("helper.md", "Be kind.\n");
        asst.file("lookup.json", TOOL);
        let plan = asst.run(["plan", "--exit-code"]);
        assert_eq!(plan.code, Some(0), "{case}: {}", plan.text());
    }
}

#[test]
fn a_checkout_with_other_line_ends_and_a_byte_order_mark_is_no_difference() {
    let (_server, asst) = served(&[]);
    let files = [("asst.yaml", MANIFEST), ("helper.md", "Be kind.\nBe brief.\n"), ("lookup.json", TOOL)];
    files.iter().for_each(|(name, text)| drop(asst.file(name, text)));
    asst.run(["apply"]).ok();
    for mark in ["", "\u{feff}"] {
        for (name, text) in files {
            asst.file(name, format!("{mark}{}", text.replace('\n', "\r\n")));
        }
        let plan = asst.run(["plan", "--exit-code"]);
        assert_eq!(plan.code, Some(0), "mark {mark:?}: {}", plan.text());
    }
}
