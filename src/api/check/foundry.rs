//! The differences between the requests of Azure AI Foundry "Agents (classic)" and those of OpenAI
//! (docs/protocol/dialects.md#azure-ai-foundry-agents-classic).

use super::Edition;
use super::nested::{CONTENT, FILE_IDS, ONE_STORE};
use super::shape::{Field, Shape, nullable, optional, required};

/// OpenAI members that an operation of Foundry does not accept.
const LACKING: [(&str, &str); 7] = [
    ("createAssistant", "reasoning_effort"),
    ("modifyAssistant", "reasoning_effort"),
    ("createRun", "reasoning_effort"),
    ("createFile", "expires_after"),
    ("listFiles", "limit"),
    ("listFiles", "order"),
    ("listFiles", "after"),
];

/// Members that only an operation of Foundry accepts.
const ADDED: [(&str, &str); 2] = [("createFile", "filename"), ("createRun", "tool_resources")];

pub(super) fn lacks(operation: &str, member: &str) -> bool {
    LACKING.contains(&(operation, member))
}

pub(super) fn adds(operation: &str, member: &str) -> bool {
    ADDED.contains(&(operation, member))
}

/// The tools of Foundry. The content of its own tools is not checked, because only the service defines it.
const TOOL: Shape = Shape::Tagged(&STABLE_TOOLS);
const STABLE_TOOLS: [Kind; 8] = [
    ("code_interpreter", &[]),
    ("file_search", &[optional("file_search", FILE_SEARCH)]),
    ("function", &[required("function", FUNCTION)]),
    ("azure_ai_search", &[]),
    ("azure_function", &[required("azure_function", Shape::Any)]),
    ("bing_grounding", &[required("bing_grounding", Shape::Any)]),
    ("connected_agent", &[required("connected_agent", Shape::Any)]),
    ("openapi", &[required("openapi", Shape::Any)]),
];
type Kind = (&'static str, &'static [Field]);

/// Tools that the preview has besides.
const PREVIEW_TOOL: Shape = Shape::Tagged(&{
    let [one, two, three, four, five, six, seven, eight] = STABLE_TOOLS;
    [
        one,
        two,
        three,
        four,
        five,
        six,
        seven,
        eight,
        ("bing_custom_search", &[required("bing_custom_search", Shape::Any)]),
        ("browser_automation", &[required("browser_automation", Shape::Any)]),
        ("computer_use_preview", &[required("computer_use_preview", Shape::Any)]),
        ("deep_research", &[required("deep_research", Shape::Any)]),
        ("fabric_dataagent", &[required("fabric_dataagent", Shape::Any)]),
        (
            "mcp",
            &[
                required("server_label", Shape::Text(None)),
                required("server_url", Shape::Text(None)),
                nullable("allowed_tools", Shape::List { of: &Shape::Text(None), least: 0, most: usize::MAX }),
            ],
        ),
        ("sharepoint_grounding", &[required("sharepoint_grounding", Shape::Any)]),
    ]
});
const FILE_SEARCH: Shape = Shape::Object(&[
    optional("max_num_results", Shape::Integer { least: 1, most: 50 }),
    optional(
        "ranking_options",
        Shape::Object(&[
            required("ranker", Shape::Text(None)),
            required("score_threshold", Shape::Number { least: 0.0, most: 1.0 }),
        ]),
    ),
]);
const FUNCTION: Shape = Shape::Object(&[
    required("name", Shape::FunctionName),
    optional("description", Shape::Text(None)),
    required("parameters", Shape::Any),
    nullable("strict", Shape::Boolean),
]);

/// Unlike OpenAI, Foundry does not accept the word `required`.
const TOOL_CHOICE: Shape = Shape::TextOr(&Shape::Word(&["none", "auto"]), &NAMED_TOOL);
const NAMED_TOOL: Shape = Shape::Tagged(&[
    ("function", &[optional("function", Shape::Object(&[required("name", Shape::Text(None))]))]),
    ("code_interpreter", &[]),
    ("file_search", &[]),
    ("bing_grounding", &[]),
    ("azure_ai_search", &[]),
    ("connected_agent", &[]),
]);

const PREVIEW_TOOL_CHOICE: Shape = Shape::TextOr(&Shape::Word(&["none", "auto"]), &PREVIEW_NAMED_TOOL);
const PREVIEW_NAMED_TOOL: Shape = Shape::Tagged(&[
    ("function", &[optional("function", Shape::Object(&[required("name", Shape::Text(None))]))]),
    ("code_interpreter", &[]),
    ("file_search", &[]),
    ("bing_grounding", &[]),
    ("azure_ai_search", &[]),
    ("connected_agent", &[]),
    ("bing_custom_search", &[]),
    ("computer_use_preview", &[]),
    ("deep_research", &[]),
    ("fabric_dataagent", &[]),
    ("mcp", &[]),
    ("sharepoint_grounding", &[]),
]);

const SOURCES: Shape = Shape::List { of: &Shape::Any, least: 0, most: 20 };
const CODE: Field =
    nullable("code_interpreter", Shape::Object(&[nullable("file_ids", FILE_IDS), nullable("data_sources", SOURCES)]));
const SEARCH: Field = nullable(
    "file_search",
    Shape::Object(&[
        nullable("vector_store_ids", ONE_STORE),
        nullable("vector_stores", Shape::List { of: &Shape::Any, least: 0, most: 1 }),
    ]),
);
const AZURE_SEARCH: Field = nullable("azure_ai_search", Shape::Any);
const RESOURCES: Shape = Shape::Object(&[CODE, SEARCH, AZURE_SEARCH]);
const PREVIEW_RESOURCES: Shape = Shape::Object(&[CODE, SEARCH, AZURE_SEARCH, nullable("mcp", MCP_SERVERS)]);
const MCP_SERVERS: Shape = Shape::List {
    of: &Shape::Object(&[
        required("server_label", Shape::Text(None)),
        nullable("headers", Shape::Any),
        nullable("require_approval", Shape::Any),
    ]),
    least: 0,
    most: usize::MAX,
};

/// An attachment may refer to data in Azure storage instead of a file.
const ATTACHMENT: Shape = Shape::Object(&[
    optional("file_id", Shape::Text(None)),
    optional("data_source", Shape::Any),
    required("tools", MANY_ATTACHMENT_TOOLS),
]);
const MANY_ATTACHMENT_TOOLS: Shape =
    Shape::List { of: &Shape::Tagged(&[("code_interpreter", &[]), ("file_search", &[])]), least: 0, most: usize::MAX };
const ATTACHMENTS: Shape = Shape::List { of: &ATTACHMENT, least: 0, most: usize::MAX };

const MESSAGE: Shape = Shape::Object(&[
    required("role", Shape::Word(&["user", "assistant"])),
    required("content", CONTENT),
    nullable("attachments", ATTACHMENTS),
    nullable("metadata", Shape::Metadata),
]);
const MESSAGES: Shape = Shape::List { of: &MESSAGE, least: 0, most: usize::MAX };
const THREAD: Shape = Shape::Object(&[
    optional("messages", MESSAGES),
    nullable("tool_resources", RESOURCES),
    nullable("metadata", Shape::Metadata),
]);
const PREVIEW_THREAD: Shape = Shape::Object(&[
    optional("messages", MESSAGES),
    nullable("tool_resources", PREVIEW_RESOURCES),
    nullable("metadata", Shape::Metadata),
]);

/// In the published document, an output has a `type` besides its content.
const OUTPUT: Shape = Shape::Object(&[
    optional("tool_call_id", Shape::Text(None)),
    optional("output", Shape::Text(None)),
    optional("type", Shape::Text(None)),
]);

/// Returns the shape of a member if it differs from OpenAI's.
pub(super) fn shape(member: &str, edition: Edition) -> Option<&'static Shape> {
    if edition == Edition::Preview {
        match member {
            "tools" => return Some(&Shape::List { of: &PREVIEW_TOOL, least: 0, most: usize::MAX }),
            "tool_choice" => return Some(&PREVIEW_TOOL_CHOICE),
            "tool_resources" => return Some(&PREVIEW_RESOURCES),
            "thread" => return Some(&PREVIEW_THREAD),
            _ => {}
        }
    }
    Some(match member {
        "tools" => &Shape::List { of: &TOOL, least: 0, most: usize::MAX },
        "tool_choice" => &TOOL_CHOICE,
        "tool_resources" => &RESOURCES,
        "attachments" => &ATTACHMENTS,
        "messages" | "additional_messages" => &MESSAGES,
        "thread" => &THREAD,
        "tool_outputs" => &Shape::List { of: &OUTPUT, least: 0, most: usize::MAX },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use crate::api::assistants::CreateAssistant;
    use crate::api::check::{self, Rules};
    use crate::api::files::ListFiles;
    use crate::api::runs::CreateRun;
    use crate::api::{Dialect, Endpoint};
    use serde_json::{Value, json};

    const IN: Rules = Rules::incoming(Dialect::Foundry);
    const OUT: Rules = Rules::outgoing(Dialect::Foundry);

    fn said<E: Endpoint>(body: Value, rules: Rules) -> String {
        let map = body.as_object().cloned().unwrap_or_default();
        check::body::<E>(&map, rules).err().map_or("ok".to_owned(), |refusal| refusal.message)
    }

    #[test]
    fn tools_of_its_own_are_known_and_others_are_not() {
        let tools = |tool: Value, rules| said::<CreateAssistant>(json!({ "model": "m", "tools": [tool] }), rules);
        let bing = json!({ "type": "bing_grounding", "bing_grounding": { "search_configurations": [] } });
        assert_eq!((tools(bing.clone(), IN), tools(bing, OUT)), ("ok".into(), "ok".into()));
        assert!(tools(json!({ "type": "retrieval" }), IN).starts_with("Invalid value: 'retrieval'."));
        assert_eq!(tools(json!({ "type": "deep_research" }), OUT), "ok", "a preview may have it");
        let bare = json!({ "type": "function", "function": { "name": "f" } });
        assert!(tools(bare, IN).contains("parameters"));
    }

    #[test]
    fn the_preview_has_more_tools() {
        let preview = IN.of_version(Some("2025-05-15-preview"));
        let mcp =
            json!({ "type": "mcp", "server_label": "git", "server_url": "https://mcp.example", "allowed_tools": [] });
        let names = ["bing_custom_search", "browser_automation", "computer_use_preview", "deep_research"];
        let names = names.into_iter().chain(["fabric_dataagent", "sharepoint_grounding"]);
        let tools = names.map(|name| json!({ "type": name, name: {} })).chain([mcp]);
        for tool in tools {
            let body = json!({ "model": "m", "tools": [tool, { "type": "file_search" }] });
            assert_eq!(said::<CreateAssistant>(body.clone(), preview), "ok", "{tool}");
            for version in [None, Some("v1"), Some("2025-05-01")] {
                let said = said::<CreateAssistant>(body.clone(), IN.of_version(version));
                assert!(said.starts_with("Invalid value: "), "{tool}: {said}");
            }
            assert_eq!(said::<CreateAssistant>(body, OUT), "ok", "{tool}");
            let choice = json!({ "assistant_id": "a", "tool_choice": { "type": tool["type"] } });
            let expected = if tool["type"] == "browser_automation" { "Invalid value: " } else { "ok" };
            assert!(said::<CreateRun>(choice, preview).starts_with(expected), "{tool}");
        }
        let bare = json!({ "model": "m", "tools": [{ "type": "mcp", "server_label": "git" }] });
        assert_eq!(said::<CreateAssistant>(bare, preview), "Missing required parameter: 'tools[0].server_url'.");
        let server = json!({ "server_label": "git", "headers": { "X-A": "b" }, "require_approval": "never" });
        let run = json!({ "assistant_id": "a", "tool_resources": { "mcp": [server] } });
        assert_eq!(said::<CreateRun>(run.clone(), preview), "ok");
        assert_eq!(said::<CreateRun>(run, IN), "Unknown parameter: 'tool_resources.mcp'.");
    }

    #[test]
    fn no_tool_can_be_required() {
        for rules in [IN, OUT] {
            assert_eq!(
                said::<CreateRun>(json!({ "assistant_id": "a", "tool_choice": "required" }), rules),
                "Invalid value: 'required'. Supported values are: 'none' and 'auto'."
            );
            let named = json!({ "assistant_id": "a", "tool_choice": { "type": "azure_ai_search" } });
            assert_eq!(said::<CreateRun>(named, rules), "ok");
        }
    }

    #[test]
    fn members_differ() {
        let effort = json!({ "model": "m", "reasoning_effort": "low" });
        assert_eq!(said::<CreateAssistant>(effort.clone(), IN), "Unknown parameter: 'reasoning_effort'.");
        assert_eq!(said::<CreateAssistant>(effort, OUT), "ok", "a later version may take it");
        let resources = json!({ "assistant_id": "a", "tool_resources": { "azure_ai_search": { "indexes": [] } } });
        assert_eq!(said::<CreateRun>(resources, IN), "ok");
    }

    #[test]
    fn files_are_listed_whole() {
        let after = json!({ "after": "file-1" }).as_object().cloned().unwrap_or_default();
        for rules in [IN, OUT] {
            let said = check::query::<ListFiles>(&after, rules).err().map(|refusal| refusal.message);
            assert_eq!(said.as_deref(), Some("Unknown parameter: 'after'."));
        }
        let novel = json!({ "novelty": "x" }).as_object().cloned().unwrap_or_default();
        assert!(check::query::<ListFiles>(&novel, OUT).is_ok() && check::query::<ListFiles>(&novel, IN).is_err());
    }
}
