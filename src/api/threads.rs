//! Threads (docs/protocol/endpoints.md#threads).

use super::args::{self, Pair};
use super::details::{AlsoCreated, Foundry, Messages};
use super::endpoint::{Body, Nothing, endpoints};
use super::kind::Kind;
use super::objects::{Run, Thread};
use super::paging::Paging;
use super::parts::{OfThread, RunOptions, with_texts};
use super::response::{Deleted, Made, One, Page};
use super::schemas::{
    FIRST_MESSAGES, METADATA, NEW_THREAD, NEW_TOOL_RESOURCES, RESPONSE_FORMAT, TOOL_CHOICE, TOOL_RESOURCES, TOOLS,
    TRUNCATION, foundry,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The members of a new thread.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default)]
pub struct ThreadSpec {
    /// First message, with role user (repeatable)
    #[arg(long, value_name = "TEXT")]
    #[serde(skip)]
    pub message: Vec<String>,
    /// Complete first message, placed after those of --message (repeatable)
    #[arg(long = "message-json", value_name = "JSON|@path", value_parser = args::object)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<Value>>,
    /// Files and vector stores for the tools
    #[arg(long, value_name = "JSON|@path", value_parser = args::object)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_resources: Option<Value>,
    /// Metadata pair (repeatable, at most 16)
    #[arg(long, value_name = "KEY=VALUE")]
    #[serde(with = "args::pairs", skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Vec<Pair>>,
}

impl Body for ThreadSpec {
    fn fold(mut self) -> Self {
        self.messages = with_texts(&self.message, self.messages.take());
        self
    }
}

/// The members of a thread that an update can change.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default)]
pub struct ThreadChange {
    /// Files and vector stores for the tools
    #[arg(long, value_name = "JSON|@path", value_parser = args::object)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_resources: Option<Value>,
    /// Metadata pair (repeatable, at most 16); replaces all existing pairs
    #[arg(long, value_name = "KEY=VALUE")]
    #[serde(with = "args::pairs", skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Vec<Pair>>,
}
impl Body for ThreadChange {}

/// The members of a new thread and its first run.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(default)]
pub struct ThreadAndRunSpec {
    /// ID of the assistant to run
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assistant_id: Option<String>,
    /// The complete thread; the other --thread flags override its members
    #[arg(long, value_name = "JSON|@path", value_parser = args::object)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<Value>,
    /// First message of the thread, with role user (repeatable)
    #[arg(long, value_name = "TEXT")]
    #[serde(skip)]
    pub thread_message: Vec<String>,
    /// Complete first message of the thread (repeatable)
    #[arg(long, value_name = "JSON|@path", value_parser = args::object)]
    #[serde(skip)]
    pub thread_message_json: Option<Vec<Value>>,
    /// Metadata pair of the thread (repeatable, at most 16)
    #[arg(long, value_name = "KEY=VALUE")]
    #[serde(skip)]
    pub thread_metadata: Option<Vec<Pair>>,
    /// Files and vector stores for the tools of the thread
    #[arg(long, value_name = "JSON|@path", value_parser = args::object)]
    #[serde(skip)]
    pub thread_tool_resources: Option<Value>,
    /// Files and vector stores for the tools of the run
    #[arg(long, value_name = "JSON|@path", value_parser = args::object)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_resources: Option<Value>,
    #[command(flatten)]
    #[serde(flatten)]
    pub options: RunOptions,
}

impl Body for ThreadAndRunSpec {
    const NESTED: &'static [&'static str] = &["thread"];

    fn fold(mut self) -> Self {
        let overrides = super::to_map(&ThreadSpec {
            messages: with_texts(&self.thread_message, self.thread_message_json.take()),
            tool_resources: self.thread_tool_resources.take(),
            metadata: self.thread_metadata.take(),
            ..ThreadSpec::default()
        });
        if !overrides.is_empty() {
            let mut thread = match self.thread.take() {
                Some(Value::Object(thread)) => thread,
                _ => serde_json::Map::new(),
            };
            thread.extend(overrides);
            self.thread = Some(thread.into());
        }
        self.options = self.options.fold();
        self
    }
}

const FOUNDRY: Foundry = Foundry {
    members: &[foundry::MESSAGES, foundry::TOOL_RESOURCES],
    preview: &[foundry::PREVIEW_TOOL_RESOURCES],
    ..Foundry::SAME
};

endpoints! {
    ListThreads = "listThreads" "list threads":
        Read Get "/threads" Nothing(), Paging, Nothing => Page<Thread>;
    CreateThread = "createThread" "create thread":
        Once Post "/threads" Nothing(), Nothing, ThreadSpec => Made<Thread> {
            members: &[FIRST_MESSAGES, NEW_TOOL_RESOURCES, METADATA],
            foundry: FOUNDRY,
            messages: Messages::At(&["messages"]),
        };
    GetThread = "getThread" "get thread":
        Read Get "/threads/{thread_id}" OfThread(thread_id), Nothing, Nothing => One<Thread>;
    UpdateThread = "modifyThread" "update thread":
        Repeatable Post "/threads/{thread_id}" OfThread(thread_id), Nothing, ThreadChange => One<Thread> {
            members: &[TOOL_RESOURCES, METADATA],
            foundry: FOUNDRY,
        };
    DeleteThread = "deleteThread" "delete thread":
        Repeatable Delete "/threads/{thread_id}" OfThread(thread_id), Nothing, Nothing => Deleted<Thread> {
            deletes: &[Kind::Message, Kind::Run, Kind::Step],
        };
    CreateThreadAndRun = "createThreadAndRun" "create thread and run":
        Once Post "/threads/runs" Nothing(), Nothing, ThreadAndRunSpec => Made<Run> {
            members: &[
                NEW_THREAD, TOOLS, TOOL_RESOURCES, METADATA, TRUNCATION, TOOL_CHOICE, RESPONSE_FORMAT,
            ],
            foundry: Foundry {
                members: &[foundry::NEW_THREAD, foundry::TOOLS, foundry::TOOL_RESOURCES, foundry::TOOL_CHOICE],
                preview: &[
                    foundry::PREVIEW_NEW_THREAD, foundry::PREVIEW_TOOLS, foundry::PREVIEW_TOOL_RESOURCES,
                    foundry::PREVIEW_TOOL_CHOICE,
                ],
                ..Foundry::SAME
            },
            also_creates: &[AlsoCreated {
                kind: Kind::Thread, member: "thread_id", described_by: Some("thread"),
            }],
            messages: Messages::At(&["thread", "messages"]),
        };
}
