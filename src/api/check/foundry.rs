//! The differences between the requests of Azure AI Foundry "Agents (classic)" and those of OpenAI (PROTOCOL.md 12.3).

use super::nested::{CONTENT, FILE_IDS, ONE_STORE};
use super::shape::{Shape, nullable, optional, required};

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
const TOOL: Shape = Shape::Tagged(&[
    ("code_interpreter", &[]),
    ("file_search", &[optional("file_search", FILE_SEARCH)]),
    ("function", &[required("function", FUNCTION)]),
    ("azure_ai_search", &[]),
    ("azure_function", &[required("azure_function", Shape::Any)]),
    ("bing_grounding", &[required("bing_grounding", Shape::Any)]),
    ("connected_agent", &[required("connected_agent", Shape::Any)]),
    ("openapi", &[required("openapi", Shape::Any)]),
]);
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

const SOURCES: Shape = Shape::List { of: &Shape::Any, least: 0, most: 20 };
const RESOURCES: Shape = Shape::Object(&[
    optional("code_interpreter", Shape::Object(&[optional("file_ids", FILE_IDS), optional("data_sources", SOURCES)])),
    optional(
        "file_search",
        Shape::Object(&[
            optional("vector_store_ids", ONE_STORE),
            optional("vector_stores", Shape::List { of: &Shape::Any, least: 0, most: 1 }),
        ]),
    ),
    optional("azure_ai_search", Shape::Any),
]);

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

/// In the published document, an output has a `type` besides its content.
const OUTPUT: Shape = Shape::Object(&[
    optional("tool_call_id", Shape::Text(None)),
    optional("output", Shape::Text(None)),
    optional("type", Shape::Text(None)),
]);

/// Returns the shape of a member if it differs from OpenAI's.
pub(super) fn shape(member: &str) -> Option<&'static Shape> {
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
