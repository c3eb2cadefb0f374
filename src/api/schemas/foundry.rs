//! The schemas of members that Azure AI Foundry "Agents (classic)" defines differently
//! (docs/protocol/dialects.md#azure-ai-foundry-agents-classic).

use super::{CONTENT, FILE_IDS, METADATA, NAMED_FUNCTION, ONE_STORE, ROLE};
use crate::api::rules::{Property, Schema, nullable, optional, required};

/// The tools of Foundry. The content of the tools that OpenAI lacks is not checked, because only the service defines
/// it.
pub(in crate::api) const TOOLS: Property = optional("tools", Schema::list(&TOOL));
const TOOL: Schema = Schema::Tagged(&STABLE_TOOLS);
const STABLE_TOOLS: [Variant; 8] = [
    ("code_interpreter", &[]),
    ("file_search", &[optional("file_search", FILE_SEARCH)]),
    ("function", &[required("function", FUNCTION)]),
    ("azure_ai_search", &[]),
    ("azure_function", &[required("azure_function", Schema::Any)]),
    ("bing_grounding", &[required("bing_grounding", Schema::Any)]),
    ("connected_agent", &[required("connected_agent", Schema::Any)]),
    ("openapi", &[required("openapi", Schema::Any)]),
];
type Variant = (&'static str, &'static [Property]);

/// The tools of the preview.
pub(in crate::api) const PREVIEW_TOOLS: Property = optional("tools", Schema::list(&PREVIEW_TOOL));
const PREVIEW_TOOL: Schema = Schema::Tagged(&{
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
        ("bing_custom_search", &[required("bing_custom_search", Schema::Any)]),
        ("browser_automation", &[required("browser_automation", Schema::Any)]),
        ("computer_use_preview", &[required("computer_use_preview", Schema::Any)]),
        ("deep_research", &[required("deep_research", Schema::Any)]),
        ("fabric_dataagent", &[required("fabric_dataagent", Schema::Any)]),
        (
            "mcp",
            &[
                required("server_label", Schema::TEXT),
                required("server_url", Schema::TEXT),
                nullable("allowed_tools", Schema::list(&Schema::TEXT)),
            ],
        ),
        ("sharepoint_grounding", &[required("sharepoint_grounding", Schema::Any)]),
    ]
});
const FILE_SEARCH: Schema = Schema::Object(&[
    optional("max_num_results", Schema::Integer { least: 1, most: 50 }),
    optional(
        "ranking_options",
        Schema::Object(&[
            required("ranker", Schema::TEXT),
            required("score_threshold", Schema::Number { least: 0.0, most: 1.0 }),
        ]),
    ),
]);
const FUNCTION: Schema = Schema::Object(&[
    required("name", Schema::FunctionName),
    optional("description", Schema::TEXT),
    required("parameters", Schema::Any),
    nullable("strict", Schema::Boolean),
]);

/// The choice of a tool. Unlike OpenAI, Foundry does not accept the word `required`.
pub(in crate::api) const TOOL_CHOICE: Property = optional("tool_choice", choice(&NAMED_TOOL));
const NAMED_TOOL: Schema = Schema::Tagged(&[
    ("function", &[NAMED_FUNCTION]),
    ("code_interpreter", &[]),
    ("file_search", &[]),
    ("bing_grounding", &[]),
    ("azure_ai_search", &[]),
    ("connected_agent", &[]),
]);

/// The choice of a tool in the preview.
pub(in crate::api) const PREVIEW_TOOL_CHOICE: Property = optional("tool_choice", choice(&PREVIEW_NAMED_TOOL));
const PREVIEW_NAMED_TOOL: Schema = Schema::Tagged(&[
    ("function", &[NAMED_FUNCTION]),
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

const fn choice(named: &'static Schema) -> Schema {
    Schema::TextOr(&Schema::Word(&["none", "auto"]), named)
}

/// The resources of tools, for every object.
pub(in crate::api) const TOOL_RESOURCES: Property =
    nullable("tool_resources", Schema::Object(&[CODE, SEARCH, AZURE_SEARCH]));
/// The resources of tools in the preview.
pub(in crate::api) const PREVIEW_TOOL_RESOURCES: Property =
    nullable("tool_resources", Schema::Object(&[CODE, SEARCH, AZURE_SEARCH, nullable("mcp", MCP_SERVERS)]));
const SOURCES: Schema = Schema::List { of: &Schema::Any, least: 0, most: 20 };
const CODE: Property =
    nullable("code_interpreter", Schema::Object(&[nullable("file_ids", FILE_IDS), nullable("data_sources", SOURCES)]));
const SEARCH: Property = nullable(
    "file_search",
    Schema::Object(&[
        nullable("vector_store_ids", ONE_STORE),
        nullable("vector_stores", Schema::List { of: &Schema::Any, least: 0, most: 1 }),
    ]),
);
const AZURE_SEARCH: Property = nullable("azure_ai_search", Schema::Any);
const MCP_SERVERS: Schema = Schema::list(&Schema::Object(&[
    required("server_label", Schema::TEXT),
    nullable("headers", Schema::Any),
    nullable("require_approval", Schema::Any),
]));

/// The attachments of a message. An attachment may refer to data in Azure storage instead of a file.
pub(in crate::api) const ATTACHMENTS: Property = nullable("attachments", Schema::list(&ATTACHMENT));
const ATTACHMENT: Schema = Schema::Object(&[
    optional("file_id", Schema::TEXT),
    optional("data_source", Schema::Any),
    required("tools", Schema::list(&Schema::Tagged(&[("code_interpreter", &[]), ("file_search", &[])]))),
]);

const MESSAGE: Schema = Schema::Object(&[ROLE, CONTENT, ATTACHMENTS, METADATA]);
/// The first messages of a thread.
pub(in crate::api) const MESSAGES: Property = optional("messages", Schema::list(&MESSAGE));
/// The messages that are added to a thread before a run.
pub(in crate::api) const ADDITIONAL_MESSAGES: Property = optional("additional_messages", Schema::list(&MESSAGE));

/// The thread that is created together with its first run.
pub(in crate::api) const NEW_THREAD: Property =
    optional("thread", Schema::Object(&[MESSAGES, TOOL_RESOURCES, METADATA]));
/// The thread in the preview.
pub(in crate::api) const PREVIEW_NEW_THREAD: Property =
    optional("thread", Schema::Object(&[MESSAGES, PREVIEW_TOOL_RESOURCES, METADATA]));

/// The outputs of tool calls. In the published document, an output has a `type` besides its content.
pub(in crate::api) const TOOL_OUTPUTS: Property = required("tool_outputs", Schema::list(&TOOL_OUTPUT));
const TOOL_OUTPUT: Schema = Schema::Object(&[
    optional("tool_call_id", Schema::TEXT),
    optional("output", Schema::TEXT),
    optional("type", Schema::TEXT),
]);

/// Data in Azure storage, in place of an uploaded file.
pub(in crate::api) const DATA_SOURCE: Schema =
    Schema::Object(&[required("uri", Schema::TEXT), required("type", Schema::Word(&["uri_asset", "id_asset"]))]);

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

    fn message_of<E: Endpoint>(body: Value, rules: Rules) -> String {
        let map = body.as_object().cloned().unwrap_or_default();
        check::body::<E>(&map, rules).err().map_or("ok".to_owned(), |refusal| refusal.message)
    }

    #[test]
    fn the_tools_of_foundry_are_accepted_and_unknown_ones_are_not() {
        let tools = |tool: Value, rules| message_of::<CreateAssistant>(json!({ "model": "m", "tools": [tool] }), rules);
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
            assert_eq!(message_of::<CreateAssistant>(body.clone(), preview), "ok", "{tool}");
            for version in [None, Some("v1"), Some("2025-05-01")] {
                let message = message_of::<CreateAssistant>(body.clone(), IN.of_version(version));
                assert!(message.starts_with("Invalid value: "), "{tool}: {message}");
            }
            assert_eq!(message_of::<CreateAssistant>(body, OUT), "ok", "{tool}");
            let choice = json!({ "assistant_id": "a", "tool_choice": { "type": tool["type"] } });
            let expected = if tool["type"] == "browser_automation" { "Invalid value: " } else { "ok" };
            assert!(message_of::<CreateRun>(choice, preview).starts_with(expected), "{tool}");
        }
        let bare = json!({ "model": "m", "tools": [{ "type": "mcp", "server_label": "git" }] });
        assert_eq!(message_of::<CreateAssistant>(bare, preview), "Missing required parameter: 'tools[0].server_url'.");
        let server = json!({ "server_label": "git", "headers": { "X-A": "b" }, "require_approval": "never" });
        let run = json!({ "assistant_id": "a", "tool_resources": { "mcp": [server] } });
        assert_eq!(message_of::<CreateRun>(run.clone(), preview), "ok");
        assert_eq!(message_of::<CreateRun>(run, IN), "Unknown parameter: 'tool_resources.mcp'.");
    }

    #[test]
    fn no_tool_can_be_required() {
        for rules in [IN, OUT] {
            assert_eq!(
                message_of::<CreateRun>(json!({ "assistant_id": "a", "tool_choice": "required" }), rules),
                "Invalid value: 'required'. Supported values are: 'none' and 'auto'.",
                "{rules:?}"
            );
            let named = json!({ "assistant_id": "a", "tool_choice": { "type": "azure_ai_search" } });
            assert_eq!(message_of::<CreateRun>(named, rules), "ok", "{rules:?}");
        }
    }

    #[test]
    fn members_differ() {
        let effort = json!({ "model": "m", "reasoning_effort": "low" });
        assert_eq!(message_of::<CreateAssistant>(effort.clone(), IN), "Unknown parameter: 'reasoning_effort'.");
        assert_eq!(message_of::<CreateAssistant>(effort, OUT), "ok", "a later version may take it");
        let resources = json!({ "assistant_id": "a", "tool_resources": { "azure_ai_search": { "indexes": [] } } });
        assert_eq!(message_of::<CreateRun>(resources, IN), "ok");
    }

    #[test]
    fn files_are_listed_whole() {
        let after = json!({ "after": "file-1" }).as_object().cloned().unwrap_or_default();
        for rules in [IN, OUT] {
            let message = check::query::<ListFiles>(&after, rules).err().map(|refusal| refusal.message);
            assert_eq!(message.as_deref(), Some("Unknown parameter: 'after'."), "{rules:?}");
        }
        let novel = json!({ "novelty": "x" }).as_object().cloned().unwrap_or_default();
        assert!(check::query::<ListFiles>(&novel, OUT).is_ok() && check::query::<ListFiles>(&novel, IN).is_err());
    }
}
