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
//! The model uses the newest hundred messages of a thread, and counts words as tokens.

use super::{Call, Choice, Cut, Piece, Reply, Round, Speech, Turn};
use crate::serve::run_error::Failure;
use std::time::Duration;
use tokio::time::sleep;

/// The maximum number of messages that the model reads and whose words it counts as the prompt.
pub(in crate::serve) const REACH: i64 = 100;

/// The commands and the text in a message.
#[derive(Debug, Default)]
struct Script {
    delay: Duration,
    pace: Duration,
    calls: Vec<Call>,
    fail: Option<String>,
    incomplete: bool,
    stuck: bool,
    text: Vec<String>,
}

/// The result of a round and its timing.
#[derive(Debug)]
pub(in crate::serve) struct Plan {
    /// The pause before the first word.
    delay: Duration,
    /// The pause before each further word.
    pace: Duration,
    pub(in crate::serve) round: Round,
}

/// Publishes the planned result word by word, and returns it.
pub(in crate::serve) async fn speak(turn: &Turn, speech: &Speech) -> Round {
    let Plan { delay, pace, round } = plan(turn);
    pause(delay).await;
    match &round.reply {
        Reply::Message(text) | Reply::Refusal(text) | Reply::Incomplete(text, _) => {
            tell(text, pace, |text| speech.tell(Piece::Text(text))).await;
        }
        Reply::Calls(calls) => {
            for (index, call) in calls.iter().enumerate() {
                speech.tell(Piece::Call { index, name: call.name.clone() });
                tell(&call.arguments, pace, |text| speech.tell(Piece::Arguments { index, text })).await;
            }
        }
        Reply::Failed(_) => {}
        Reply::Stuck => std::future::pending().await,
    }
    round
}

async fn tell(text: &str, pace: Duration, say: impl Fn(String)) {
    for (number, word) in text.split_inclusive(char::is_whitespace).enumerate() {
        if number > 0 {
            pause(pace).await;
        }
        say(word.to_owned());
    }
}

async fn pause(time: Duration) {
    if !time.is_zero() {
        sleep(time).await;
    }
}

/// Returns the result of the next round and its timing.
pub(in crate::serve) fn plan(turn: &Turn) -> Plan {
    let script = read(turn);
    let delay = if turn.rounds.is_empty() { script.delay } else { Duration::ZERO };
    let pace = script.pace;
    let reply = reply(turn, script);
    let prompt = words(&turn.instructions) + turn.messages.iter().map(|said| words(&said.text())).sum::<i64>();
    let completion = match &reply {
        Reply::Message(text) | Reply::Refusal(text) | Reply::Incomplete(text, _) => words(text),
        Reply::Calls(calls) => calls.iter().map(|call| words(&call.name) + words(&call.arguments)).sum(),
        Reply::Failed(_) | Reply::Stuck => 0,
    };
    Plan { delay, pace, round: Round { reply, prompt_tokens: prompt, completion_tokens: completion } }
}

/// Returns the number of words, which are the tokens of this model.
pub(in crate::serve) fn words(text: &str) -> i64 {
    text.split_whitespace().count() as i64
}

fn reply(turn: &Turn, script: Script) -> Reply {
    if script.stuck {
        return Reply::Stuck;
    }
    match next_calls(turn, script.calls) {
        Err(message) => return Reply::Failed(Failure::server(message)),
        Ok(calls) if !calls.is_empty() => return Reply::Calls(calls),
        Ok(_) => {}
    }
    if let Some(message) = script.fail {
        return Reply::Failed(Failure::server(message));
    }
    let outputs = turn.calls().map(|call| format!("{}: {}", call.name, call.output));
    let lines: Vec<String> = trimmed(script.text).into_iter().chain(outputs).collect();
    let text = if lines.is_empty() { "…".to_owned() } else { lines.join("\n") };
    if script.incomplete { Reply::Incomplete(text, Cut::Completion) } else { Reply::Message(text) }
}

/// Removes empty lines at the start and the end of the text that remains after the commands.
fn trimmed(lines: Vec<String>) -> Vec<String> {
    let is_text = |line: &String| !line.trim().is_empty();
    let last = lines.iter().rposition(is_text).map_or(0, |at| at + 1);
    lines.into_iter().take(last).skip_while(|line| !is_text(line)).collect()
}

fn next_calls(turn: &Turn, asked: Vec<Call>) -> Result<Vec<Call>, String> {
    let made = turn.calls().count();
    if let Choice::Tool(tool) = &turn.choice {
        return Err(format!("The tool '{tool}' was chosen, and this server does not run it."));
    }
    if asked.is_empty() {
        let forced = match &turn.choice {
            Choice::Required => turn.functions().next().ok_or("A tool call is required, and the run has no function."),
            Choice::Function(name) => {
                turn.functions().find(|known| known == name).ok_or("The chosen function is not among the run's tools.")
            }
            _ => return Ok(Vec::new()),
        }?;
        let call = Call { name: forced.to_owned(), arguments: "{}".to_owned() };
        return Ok(if made == 0 { vec![call] } else { Vec::new() });
    }
    let rest = asked.into_iter().skip(made);
    Ok(if turn.parallel { rest.collect() } else { rest.take(1).collect() })
}

fn read(turn: &Turn) -> Script {
    let mut script = Script::default();
    for line in turn.last_user_text().unwrap_or_default().lines() {
        if !obey(&mut script, line.trim(), turn) {
            script.text.push(line.to_owned());
        }
    }
    script
}

/// Executes a line as a command. Returns `false` if the line is text.
fn obey(script: &mut Script, line: &str, turn: &Turn) -> bool {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    match (word, rest) {
        ("stuck", "") => script.stuck = true,
        ("incomplete", "") => script.incomplete = true,
        ("fail", "") => script.fail = Some("The message asked for a failure.".to_owned()),
        ("fail", text) => script.fail = Some(text.to_owned()),
        ("sleep", time) => match duration(time) {
            Some(time) => script.delay = script.delay.saturating_add(time),
            None => return false,
        },
        ("pace", time) => match duration(time) {
            Some(time) => script.pace = time,
            None => return false,
        },
        ("call", rest) => {
            let (name, arguments) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            if turn.choice == Choice::None || !turn.functions().any(|known| known == name) {
                return false;
            }
            let arguments = if arguments.trim().is_empty() { "{}" } else { arguments.trim() };
            script.calls.push(Call { name: name.to_owned(), arguments: arguments.to_owned() });
        }
        _ => return false,
    }
    true
}

/// Parses a duration such as `2s`, `1500ms` or `1m`.
fn duration(text: &str) -> Option<Duration> {
    let unit = text.find(|c: char| !c.is_ascii_digit())?;
    let number: u64 = text[..unit].parse().ok()?;
    match &text[unit..] {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_secs(number.checked_mul(60)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Called, Part, Past, Said};
    use super::*;
    use serde_json::json;

    fn turn(text: &str) -> Turn {
        let function = |name| json!({"type": "function", "function": {"name": name}});
        Turn {
            instructions: "Be brief.".into(),
            tools: vec![json!({"type": "file_search"}), function("a"), function("b")],
            parallel: true,
            messages: vec![
                Said { role: "user".into(), parts: vec![Part::Text(text.into())] },
                Said { role: "assistant".into(), parts: vec![Part::Text("fail".into())] },
            ],
            ..Turn::default()
        }
    }

    fn after(turn: Turn, outputs: &[(&str, &str)]) -> Turn {
        let called =
            |&(name, output): &(&str, &str)| Called { name: name.into(), output: output.into(), ..Called::default() };
        Turn { rounds: vec![Past { calls: outputs.iter().map(called).collect(), ..Past::default() }], ..turn }
    }

    fn say(turn: Turn) -> Reply {
        plan(&turn).round.reply
    }

    fn calls(of: &[(&str, &str)]) -> Reply {
        let call = |&(name, arguments): &(&str, &str)| Call { name: name.into(), arguments: arguments.into() };
        Reply::Calls(of.iter().map(call).collect())
    }

    #[test]
    fn lines_are_text_unless_they_are_commands() {
        let table = [
            ("hello\n\nthere", Reply::Message("hello\n\nthere".into())),
            ("sleep well", Reply::Message("sleep well".into())),
            ("call me maybe", Reply::Message("call me maybe".into())),
            ("pace 5ms\nhello", Reply::Message("hello".into())),
            ("pace yourself", Reply::Message("pace yourself".into())),
            ("sleep 5ms", Reply::Message("…".into())),
            ("", Reply::Message("…".into())),
            ("hi\n fail no tea ", Reply::Failed(Failure::server("no tea"))),
            ("hi\nincomplete", Reply::Incomplete("hi".into(), Cut::Completion)),
            ("stuck\ncall a", Reply::Stuck),
            ("call a {\"x\": 1}\nhi\ncall b", calls(&[("a", "{\"x\": 1}"), ("b", "{}")])),
        ];
        for (text, expected) in table {
            assert_eq!(say(turn(text)), expected, "{text:?}");
        }
        assert_eq!(plan(&turn("sleep 2s\nsleep 30ms")).delay, Duration::from_millis(2_030));
    }

    #[test]
    fn outputs_follow_the_text_and_calls_come_once() {
        let done = after(turn("call a\nhi\ncall b\nsleep 9s"), &[("a", "1"), ("b", "2")]);
        assert_eq!(plan(&done).delay, Duration::ZERO, "one wait is enough");
        assert_eq!(say(done), Reply::Message("hi\na: 1\nb: 2".into()));
        let single = Turn { parallel: false, ..turn("call a\ncall b") };
        assert_eq!(say(single.clone()), calls(&[("a", "{}")]));
        assert_eq!(say(after(single, &[("a", "1")])), calls(&[("b", "{}")]));
    }

    #[test]
    fn the_choice_of_a_tool_forces_or_forbids() {
        let with = |choice, text| Turn { choice, ..turn(text) };
        assert_eq!(say(with(Choice::None, "call a")), Reply::Message("call a".into()));
        assert_eq!(say(with(Choice::Required, "hi")), calls(&[("a", "{}")]));
        assert_eq!(say(with(Choice::Function("b".into()), "hi")), calls(&[("b", "{}")]));
        assert_eq!(say(after(with(Choice::Required, "hi"), &[("a", "1")])), Reply::Message("hi\na: 1".into()));
        for choice in [Choice::Function("c".into()), Choice::Tool("code_interpreter".into())] {
            assert!(matches!(say(with(choice, "hi")), Reply::Failed(_)));
        }
    }

    #[test]
    fn words_are_tokens() {
        let round = plan(&turn("one two three")).round;
        assert_eq!((round.prompt_tokens, round.completion_tokens), (6, 3));
    }
    #[tokio::test]
    async fn what_is_told_is_what_is_said() {
        let told = async |turn: Turn| {
            let (speech, mut pieces) = Speech::new();
            let round = speak(&turn, &speech).await;
            drop(speech);
            let mut told = Vec::new();
            while let Some(piece) = pieces.recv().await {
                told.push(piece);
            }
            (round, told)
        };
        let text = |text: &str| Piece::Text(text.into());
        let (round, pieces) = told(turn("pace 1ms\none  two\nthree")).await;
        assert_eq!(round.reply, Reply::Message("one  two\nthree".into()));
        assert_eq!(pieces, ["one ", " ", "two\n", "three"].map(text));
        let (_, pieces) = told(turn("call a {\"x\": 1}\ncall b")).await;
        let call = |index, name: &str| Piece::Call { index, name: name.into() };
        let more = |index, text: &str| Piece::Arguments { index, text: text.into() };
        assert_eq!(pieces, [call(0, "a"), more(0, "{\"x\": "), more(0, "1}"), call(1, "b"), more(1, "{}")]);
        assert_eq!(told(turn("fail")).await.1, []);
    }
}
