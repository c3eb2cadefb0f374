//! The model `echo`, which repeats the last user message and executes the command lines in it (docs/design/server.md).
//! The same input always gives the same output.
//!
//! The commands, in this order of precedence:
//!
//! - `sleep 2s` waits before the first round.
//! - `pace 50ms` waits before each further word.
//! - `stuck` never responds.
//! - `call NAME {json}` calls a function of the run. If the run has no such function, the line is text.
//! - `fail [TEXT]` fails the run.
//! - `incomplete` ends the run as incomplete.
//!
//! If the run has vector stores to search, the model first searches for the text of the message, and quotes the best
//! passage.
//!
//! The model uses the newest hundred messages of a thread, and counts words as tokens.

mod commands;

use super::search::{self, FILE_SEARCH, Passage};
use super::words::count_words;
use super::{
    IncompleteReason, ModelDelta, ModelInput, ModelReply, RequestedCall, Round, RunFailure, TokenSink, ToolChoice,
};
use crate::search::passage::passage;
use commands::Commands;
use std::time::Duration;
use tokio::time::sleep;

/// The maximum number of messages that the model reads. It counts their words as prompt tokens.
pub(in crate::serve) const MAX_MESSAGES: i64 = 100;

/// The maximum number of characters that the model quotes from a passage.
const MAX_QUOTE: usize = 400;

/// The result of a round, and the pauses between its words.
#[derive(Debug)]
pub(in crate::serve) struct PlannedRound {
    /// The pause before the first word.
    delay: Duration,
    /// The pause before each further word.
    pace: Duration,
    pub(in crate::serve) round: Round,
}

/// Sends the planned result word by word, and returns it.
pub(in crate::serve) async fn respond(input: &ModelInput, sink: &TokenSink) -> Round {
    let PlannedRound { delay, pace, round } = plan(input);
    pause(delay).await;
    match &round.reply {
        ModelReply::Message(text) | ModelReply::Refusal(text) | ModelReply::Incomplete(text, _) => {
            send_words(text, pace, |text| sink.send(ModelDelta::Text(text))).await;
        }
        ModelReply::Calls(calls) => {
            for (index, call) in calls.iter().enumerate() {
                sink.send(ModelDelta::Call { index, name: call.name.clone() });
                send_words(&call.arguments, pace, |text| sink.send(ModelDelta::Arguments { index, text })).await;
            }
        }
        ModelReply::Failed(_) => {}
        ModelReply::Stuck => std::future::pending().await,
    }
    round
}

async fn send_words(text: &str, pace: Duration, send: impl Fn(String)) {
    for (number, word) in text.split_inclusive(char::is_whitespace).enumerate() {
        if number > 0 {
            pause(pace).await;
        }
        send(word.to_owned());
    }
}

async fn pause(time: Duration) {
    if !time.is_zero() {
        sleep(time).await;
    }
}

/// Returns the result of the next round, and the pauses between its words.
pub(in crate::serve) fn plan(input: &ModelInput) -> PlannedRound {
    let commands = Commands::of(input);
    let delay = if input.rounds.is_empty() { commands.delay } else { Duration::ZERO };
    let pace = commands.pace;
    let reply = reply(input, commands);
    let completion_tokens = match &reply {
        ModelReply::Message(text) | ModelReply::Refusal(text) | ModelReply::Incomplete(text, _) => count_words(text),
        ModelReply::Calls(calls) => {
            calls.iter().map(|call| count_words(&call.name) + count_words(&call.arguments)).sum()
        }
        ModelReply::Failed(_) | ModelReply::Stuck => 0,
    };
    let round = Round { reply, prompt_tokens: input.count_words(), completion_tokens };
    PlannedRound { delay, pace, round }
}

fn reply(input: &ModelInput, commands: Commands) -> ModelReply {
    if commands.stuck {
        return ModelReply::Stuck;
    }
    let text = trimmed(commands.text);
    let query = text.join("\n");
    match next_calls(input, commands.calls, &query) {
        Err(message) => return ModelReply::Failed(RunFailure::server(message)),
        Ok(calls) if !calls.is_empty() => return ModelReply::Calls(calls),
        Ok(_) => {}
    }
    if let Some(message) = commands.fail {
        return ModelReply::Failed(RunFailure::server(message));
    }
    let outputs = input.calls().filter_map(|call| match &call.passages {
        None => Some(format!("{}: {}", call.name, call.output)),
        Some(passages) => passages.first().map(|best| quote(best, &query)),
    });
    let lines: Vec<String> = text.into_iter().chain(outputs).collect();
    let text = if lines.is_empty() { "…".to_owned() } else { lines.join("\n") };
    if commands.incomplete {
        ModelReply::Incomplete(text, IncompleteReason::Completion)
    } else {
        ModelReply::Message(text)
    }
}

/// Returns the part of a passage that matches the query best, with the name and the marker of its file. If lines of the
/// query have a question mark, only these lines are compared.
fn quote(best: &Passage, query: &str) -> String {
    let whole = || best.text.trim().chars().take(MAX_QUOTE).collect();
    let questions: Vec<&str> = query.lines().filter(|line| line.contains(['?', '？'])).collect();
    let query = if questions.is_empty() { query.to_owned() } else { questions.join("\n") };
    let quoted = passage(&best.text, &query, MAX_QUOTE).map_or_else(whole, str::to_owned);
    let words = |lines: &[&str]| lines.iter().flat_map(|line| line.split_whitespace()).collect::<Vec<_>>().join(" ");
    let lines: Vec<&str> = quoted.lines().collect();
    // Markdown headings are left out, unless the quotation has nothing else.
    let text: Vec<&str> = lines.iter().copied().filter(|line| !line.trim_start().starts_with('#')).collect();
    let quoted = Some(words(&text)).filter(|text| !text.is_empty()).unwrap_or_else(|| words(&lines));
    format!("{}: {quoted}{}", best.filename, best.marker())
}

/// Removes empty lines at the start and at the end of a text.
fn trimmed(lines: Vec<String>) -> Vec<String> {
    let is_text = |line: &String| !line.trim().is_empty();
    let last = lines.iter().rposition(is_text).map_or(0, |at| at + 1);
    lines.into_iter().take(last).skip_while(|line| !is_text(line)).collect()
}

/// Returns the tool calls of the next round. In the first round, this is a search, if there is something to search.
/// Then follow the `call` commands that were not executed yet, or else the call that the tool choice requires.
///
/// # Errors
/// Returns an error if the tool choice cannot be followed.
fn next_calls(input: &ModelInput, commanded: Vec<RequestedCall>, query: &str) -> Result<Vec<RequestedCall>, String> {
    let executed = input.calls().filter(|call| call.passages.is_none()).count();
    if let Some(tool) = input.unusable_tool() {
        return Err(super::unusable_tool(tool));
    }
    let may_search = input.offers_search() && !matches!(input.choice, ToolChoice::None | ToolChoice::Function(_));
    if may_search && input.rounds.is_empty() && (!query.is_empty() || input.requires_search()) {
        return Ok(vec![RequestedCall { name: FILE_SEARCH.to_owned(), arguments: search::arguments(query) }]);
    }
    if commanded.is_empty() {
        let required = match &input.choice {
            ToolChoice::Required if input.rounds.is_empty() => {
                input.functions().next().ok_or("The tool choice is 'required', and the run has no function.")
            }
            ToolChoice::Function(name) => input
                .functions()
                .find(|known| known == name)
                .ok_or("The function of the tool choice is not among the tools of the run."),
            _ => return Ok(Vec::new()),
        }?;
        let call = RequestedCall { name: required.to_owned(), arguments: "{}".to_owned() };
        return Ok(if executed == 0 { vec![call] } else { Vec::new() });
    }
    let rest = commanded.into_iter().skip(executed);
    Ok(if input.parallel { rest.collect() } else { rest.take(1).collect() })
}

#[cfg(test)]
mod tests {
    use super::super::{CompletedCall, InputMessage, MessagePart, PastRound, SearchTool};
    use super::*;
    use crate::api::objects::{JsonObject, Tool};
    use serde_json::json;

    fn input(text: &str) -> ModelInput {
        let function = |name| Tool::from_literal(json!({"type": "function", "function": {"name": name}}));
        ModelInput {
            instructions: "Be brief.".into(),
            tools: vec![Tool::from_literal(json!({"type": "file_search"})), function("a"), function("b")],
            parallel: true,
            messages: vec![
                InputMessage { role: "user".into(), parts: vec![MessagePart::Text(text.into())] },
                InputMessage { role: "assistant".into(), parts: vec![MessagePart::Text("fail".into())] },
            ],
            ..ModelInput::default()
        }
    }

    /// Returns an input after a round with these calls, as names and outputs.
    fn after(input: ModelInput, outputs: &[(&str, &str)]) -> ModelInput {
        let called = |&(name, output): &(&str, &str)| CompletedCall {
            name: name.into(),
            output: output.into(),
            ..CompletedCall::default()
        };
        ModelInput {
            rounds: vec![PastRound { calls: outputs.iter().map(called).collect(), ..PastRound::default() }],
            ..input
        }
    }

    /// Returns the reply of the model.
    fn reply_to(input: ModelInput) -> ModelReply {
        plan(&input).round.reply
    }

    /// Returns a reply with these calls, as names and arguments.
    fn calls(of: &[(&str, &str)]) -> ModelReply {
        let call = |&(name, arguments): &(&str, &str)| RequestedCall { name: name.into(), arguments: arguments.into() };
        ModelReply::Calls(of.iter().map(call).collect())
    }

    #[test]
    fn lines_are_text_unless_they_are_commands() {
        let table = [
            ("hello\n\nthere", ModelReply::Message("hello\n\nthere".into())),
            ("sleep well", ModelReply::Message("sleep well".into())),
            ("call me maybe", ModelReply::Message("call me maybe".into())),
            ("pace 5ms\nhello", ModelReply::Message("hello".into())),
            ("pace yourself", ModelReply::Message("pace yourself".into())),
            ("sleep 5ms", ModelReply::Message("…".into())),
            ("", ModelReply::Message("…".into())),
            ("hi\n fail no tea ", ModelReply::Failed(RunFailure::server("no tea"))),
            ("hi\nincomplete", ModelReply::Incomplete("hi".into(), IncompleteReason::Completion)),
            ("stuck\ncall a", ModelReply::Stuck),
            ("call a {\"x\": 1}\nhi\ncall b", calls(&[("a", "{\"x\": 1}"), ("b", "{}")])),
        ];
        for (text, expected) in table {
            assert_eq!(reply_to(input(text)), expected, "{text:?}");
        }
        assert_eq!(plan(&input("sleep 2s\nsleep 30ms")).delay, Duration::from_millis(2_030));
    }

    #[test]
    fn outputs_follow_the_text_and_each_call_is_made_once() {
        let done = after(input("call a\nhi\ncall b\nsleep 9s"), &[("a", "1"), ("b", "2")]);
        assert_eq!(plan(&done).delay, Duration::ZERO, "only the first round waits");
        assert_eq!(reply_to(done), ModelReply::Message("hi\na: 1\nb: 2".into()));
        let single = ModelInput { parallel: false, ..input("call a\ncall b") };
        assert_eq!(reply_to(single.clone()), calls(&[("a", "{}")]));
        assert_eq!(reply_to(after(single, &[("a", "1")])), calls(&[("b", "{}")]));
    }

    #[test]
    fn the_tool_choice_requires_or_forbids_calls() {
        let with = |choice, text| ModelInput { choice, ..input(text) };
        assert_eq!(reply_to(with(ToolChoice::None, "call a")), ModelReply::Message("call a".into()));
        assert_eq!(reply_to(with(ToolChoice::Required, "hi")), calls(&[("a", "{}")]));
        assert_eq!(reply_to(with(ToolChoice::Function("b".into()), "hi")), calls(&[("b", "{}")]));
        assert_eq!(
            reply_to(after(with(ToolChoice::Required, "hi"), &[("a", "1")])),
            ModelReply::Message("hi\na: 1".into())
        );
        for choice in [ToolChoice::Function("c".into()), ToolChoice::Tool("code_interpreter".into())] {
            assert!(matches!(reply_to(with(choice, "hi")), ModelReply::Failed(_)));
        }
    }

    #[test]
    fn a_run_with_files_is_answered_from_the_best_passage() {
        let with = |search, text| ModelInput { search, ..input(text) };
        let (stores, none) = (Some(SearchTool { has_stores: true }), Some(SearchTool { has_stores: false }));
        let search = |query| calls(&[(FILE_SEARCH, &search::arguments(query))]);
        assert_eq!(reply_to(with(stores, "sleep 1ms\nhow long?\ncall a")), search("how long?"));
        assert_eq!(reply_to(with(none, "how long?")), ModelReply::Message("how long?".into()));
        assert_eq!(reply_to(with(stores, "call a")), calls(&[("a", "{}")]), "there is nothing to search for");
        let forced = ModelInput { choice: ToolChoice::Tool(FILE_SEARCH.into()), ..with(none, "call a") };
        assert_eq!(reply_to(forced), search(""));
        let best = Passage {
            file: "file-1".into(),
            filename: "a.md".into(),
            text: "# A\n\nIt is\nso.".into(),
            ..Passage::default()
        };
        let call = CompletedCall { name: FILE_SEARCH.into(), passages: Some(vec![best]), ..CompletedCall::default() };
        let found = vec![PastRound { calls: vec![call], ..PastRound::default() }];
        let answered = ModelInput { rounds: found.clone(), ..with(stores, "hi") };
        assert_eq!(reply_to(answered), ModelReply::Message("hi\na.md: It is so.【0:0†a.md】".into()));
        let quoted = ModelInput { rounds: found.clone(), ..with(stores, "so?") };
        assert_eq!(reply_to(quoted), ModelReply::Message("so?\na.md: It is so.【0:0†a.md】".into()));
        let asked = ModelInput { rounds: found.clone(), ..with(stores, "A\nso?") };
        assert_eq!(reply_to(asked), ModelReply::Message("A\nso?\na.md: It is so.【0:0†a.md】".into()));
        let calling = ModelInput { rounds: found, ..with(stores, "hi\ncall b") };
        assert_eq!(reply_to(calling), calls(&[("b", "{}")]), "a search is not one of the commanded calls");
    }

    #[test]
    fn words_count_as_tokens() {
        let round = plan(&input("one two three")).round;
        assert_eq!((round.prompt_tokens, round.completion_tokens), (6, 3));
    }

    #[tokio::test]
    async fn the_published_deltas_add_up_to_the_reply() {
        let published = async |input: ModelInput| {
            let (sink, mut deltas) = TokenSink::new();
            let round = respond(&input, &sink).await;
            drop(sink);
            let mut all = Vec::new();
            while let Some(delta) = deltas.recv().await {
                all.push(delta);
            }
            (round, all)
        };
        let text = |text: &str| ModelDelta::Text(text.into());
        let (round, deltas) = published(input("pace 1ms\none  two\nthree")).await;
        assert_eq!(round.reply, ModelReply::Message("one  two\nthree".into()));
        assert_eq!(deltas, ["one ", " ", "two\n", "three"].map(text));
        let (_, deltas) = published(input("call a {\"x\": 1}\ncall b")).await;
        let call = |index, name: &str| ModelDelta::Call { index, name: name.into() };
        let more = |index, text: &str| ModelDelta::Arguments { index, text: text.into() };
        assert_eq!(deltas, [call(0, "a"), more(0, "{\"x\": "), more(0, "1}"), call(1, "b"), more(1, "{}")]);
        assert_eq!(published(input("fail")).await.1, []);
    }
}
