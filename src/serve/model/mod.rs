//! The models that produce the responses of assistants. A model receives the input of one round and returns its result.
//! The module must not depend on the store.

mod echo;
mod failure;
mod input;
mod openai;
mod round;
mod script;
mod search;
mod token_sink;
mod words;

pub(super) use failure::RunFailure;
pub(super) use input::{
    AssistantInfo, CompletedCall, InputMessage, InputNeeds, MessagePart, ModelInput, PastRound, ToolChoice,
};
pub use openai::{ChatEndpoint, DEFAULT_EMBEDDING_MODEL, EmbeddingEndpoint, EndpointSettings, ModelNames};
pub(super) use round::{IncompleteReason, ModelReply, RequestedCall, Round};
pub use script::Script;
pub(super) use search::{FILE_SEARCH, Passage, SearchTool, arguments, citations, output, query};
pub(super) use token_sink::{ModelDelta, TokenSink};

use std::sync::Arc;

/// Returns the error message for a run whose tool choice names a tool that it cannot use.
fn unusable_tool(tool: &str) -> String {
    match tool {
        FILE_SEARCH => "The tool choice is 'file_search', and the run does not have that tool.".to_owned(),
        tool => format!("The tool choice is '{tool}', and this server does not support that tool."),
    }
}

/// The model of a server, which is used for all its assistants. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub enum Model {
    /// Repeats the last user message and executes the command lines in it.
    #[default]
    Echo,
    /// Returns the responses that a script file defines.
    Script(Arc<Script>),
    /// Sends requests to a chat completions endpoint.
    Endpoint(Arc<ChatEndpoint>),
}

impl Model {
    /// Returns the model with this name: `echo`, `script:FILE` or `openai:URL`. `settings` applies only to the last.
    ///
    /// # Errors
    /// Returns an error if the name is unknown, the file cannot be read, or the URL is not usable.
    pub fn named(text: &str, settings: EndpointSettings) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "echo" => Ok(Self::Echo),
            Some(("script", path)) if !path.is_empty() => Ok(Self::Script(Arc::new(Script::read(path)?))),
            Some(("openai", url)) => Ok(Self::Endpoint(Arc::new(ChatEndpoint::new(url, settings)?))),
            _ => Err(format!("expected echo, script:FILE, or openai:URL, got `{text}`")),
        }
    }

    /// Returns the result of the next round. The model may send parts of the result to `sink` before it is complete.
    /// Together, these parts must be the start of the result.
    pub(super) async fn round(&self, input: &ModelInput, sink: &TokenSink) -> Round {
        match self {
            Self::Echo => echo::respond(input, sink).await,
            Self::Script(script) => script.respond(input, sink).await,
            Self::Endpoint(endpoint) => endpoint.respond(input, sink).await,
        }
    }

    /// Returns the maximum number of messages of a thread that the model reads, counted from the newest. A limit keeps
    /// the cost of a run independent of the length of its thread.
    pub(super) const fn max_messages(&self) -> i64 {
        match self {
            Self::Echo | Self::Script(_) => echo::MAX_MESSAGES,
            // No limit: the endpoint responds with an error if the prompt exceeds its context.
            Self::Endpoint(_) => i64::MAX,
        }
    }

    /// Returns the optional parts of the input that the model needs.
    pub(super) fn needs(&self) -> InputNeeds {
        match self {
            Self::Echo => InputNeeds::default(),
            Self::Script(script) => script.needs(),
            Self::Endpoint(_) => ChatEndpoint::needs(),
        }
    }

    /// Returns `true` if the model will not produce a result for this input.
    pub(super) fn is_stuck(&self, input: &ModelInput) -> bool {
        match self {
            Self::Echo => matches!(echo::plan(input).round.reply, ModelReply::Stuck),
            Self::Script(_) | Self::Endpoint(_) => false,
        }
    }
}
