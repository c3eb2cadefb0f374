//! The parser of `--fault`: `KIND[=VALUE][,OPTION=VALUE…]`.

use super::error_response::{BodyFormat, InjectedError};
use super::{Effect, Fault, HeldStatus, Stage, Trigger};
use crate::api;
use crate::config::TimeLimit;
use std::str::FromStr;
use std::time::Duration;

/// The syntax and the description of every fault, for messages and the documentation.
pub const KINDS: &[(&str, &str)] = &[
    ("latency=TIME", "delay each request by TIME, or by a random time within TIME..TIME"),
    ("STATUS", "respond with a status code from 400 to 599 without executing the request"),
    ("STATUS-after-commit", "execute the request, then respond with the status code"),
    ("cut", "close the connection without executing the request"),
    ("cut-after-commit", "execute the request, then close the connection without a response"),
    ("cut-within[=BYTES]", "close the connection within the response"),
    ("stall[=TIME]", "neither execute the request nor respond; close the connection after TIME"),
    ("stall-after-commit[=TIME]", "execute the request without responding; close the connection after TIME"),
    ("stall-within[=BYTES]", "stop sending within the response"),
    ("slow=TIME", "pause before each chunk of the response"),
    (
        "stuck=STATUS",
        "hold runs in queued, in_progress, or cancelling until they expire, and files of vector stores in in_progress",
    ),
    ("detach-everywhere", "detach a file from all vector stores when it is detached from one"),
    ("endless-has-more", "set has_more to true on every page of a list"),
    ("ignore-after", "return the first page of a list for every page"),
    ("wrong-object[=NAME]", "set the member object of all objects to NAME, or to an empty text"),
    ("missing[=MEMBER+MEMBER]", "remove these members from all objects, or all members that may be missing"),
];

/// The options of every fault.
const COMMON_OPTIONS: &str = "on=METHOD PATH, rate=0..1, times=N, after=N";
/// The additional options of a fault that responds with a status code.
const STATUS_OPTIONS: &str = "retry-after=SECONDS, code=CODE, message=TEXT, body=json|html|text|empty";

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut words = text.split(',').map(str::trim);
        let kind = words.next().unwrap_or_default();
        let (name, value) = match kind.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value.trim())),
            None => (kind, None),
        };
        let mut fault = Self { effect: parse_effect(name, value)?, trigger: Trigger::default() };
        for word in words {
            let (option, value) = word
                .split_once('=')
                .ok_or_else(|| format!("expected OPTION=VALUE, got `{word}`; {}", fault.options()))?;
            fault.set(option.trim(), value.trim())?;
        }
        Ok(fault)
    }
}

fn parse_effect(name: &str, value: Option<&str>) -> Result<Effect, String> {
    let required = || value.ok_or_else(|| format!("expected `{}`, got `{name}`", form_of(name)));
    let bytes = || value.map(|text| number(name, text)).transpose();
    let time = || value.map(|text| time(name, text)).transpose();
    let without_value = |effect: Effect| match value {
        None => Ok(effect),
        Some(_) => Err(format!("`{name}` takes no value; use `{}`", form_of(name))),
    };
    match name {
        "latency" => latency(required()?),
        "cut" => without_value(Effect::Cut(Stage::Before)),
        "cut-after-commit" => without_value(Effect::Cut(Stage::AfterCommit)),
        "cut-within" => Ok(Effect::Cut(Stage::Within(bytes()?))),
        "stall" => Ok(Effect::Stall(Stage::Before, time()?)),
        "stall-after-commit" => Ok(Effect::Stall(Stage::AfterCommit, time()?)),
        "stall-within" => Ok(Effect::Stall(Stage::Within(bytes()?), None)),
        "slow" => Ok(Effect::Slow(self::time(name, required()?)?)),
        "stuck" => stuck(required()?),
        "detach-everywhere" => without_value(Effect::DetachEverywhere),
        "endless-has-more" => without_value(Effect::EndlessHasMore),
        "ignore-after" => without_value(Effect::IgnoreAfter),
        "wrong-object" => Ok(Effect::WrongObject(value.unwrap_or_default().to_owned())),
        "missing" => Ok(Effect::Missing(value.map(members).transpose()?.unwrap_or_default())),
        _ => status(name).and_then(|error| without_value(Effect::Respond(error))),
    }
}

/// Returns the syntax of the fault with this name.
fn form_of(name: &str) -> &'static str {
    let found = KINDS.iter().find(|(form, _)| form.split(['=', '[']).next() == Some(name));
    found.map_or("STATUS", |(form, _)| form)
}

fn status(name: &str) -> Result<InjectedError, String> {
    let (digits, after_commit) = match name.strip_suffix("-after-commit") {
        Some(digits) => (digits, true),
        None => (name, false),
    };
    match digits.parse::<u16>() {
        Ok(status @ 400..=599) => Ok(InjectedError::new(status, after_commit)),
        Ok(status) => Err(format!("expected a status code from 400 to 599, got {status}")),
        Err(_) => {
            let known: Vec<&str> = KINDS.iter().map(|(form, _)| *form).collect();
            Err(format!("unknown fault `{name}`; the faults are {}", known.join(", ")))
        }
    }
}

fn latency(text: &str) -> Result<Effect, String> {
    let (min, max) = text.split_once("..").unwrap_or((text, text));
    let (min, max) = (time("latency", min)?, time("latency", max)?);
    if min > max {
        return Err(format!("expected a range from a shorter to a longer time, got `latency={text}`"));
    }
    Ok(Effect::Latency(min, max))
}

fn stuck(text: &str) -> Result<Effect, String> {
    match text {
        "queued" => Ok(Effect::Stuck(HeldStatus::Queued)),
        "in_progress" => Ok(Effect::Stuck(HeldStatus::InProgress)),
        "cancelling" => Ok(Effect::Stuck(HeldStatus::Cancelling)),
        _ => Err(format!("expected queued, in_progress, or cancelling, got `stuck={text}`")),
    }
}

fn members(text: &str) -> Result<Vec<String>, String> {
    let members: Vec<String> = text.split('+').map(|name| name.trim().to_owned()).collect();
    if members.iter().any(String::is_empty) {
        return Err(format!("expected member names, such as `missing=usage+metadata`, got `missing={text}`"));
    }
    Ok(members)
}

fn time(name: &str, text: &str) -> Result<Duration, String> {
    text.trim().parse::<TimeLimit>().map(|span| span.0).map_err(|error| format!("{name}: {error}"))
}

fn number<T: FromStr>(name: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{name}: expected a number, got `{text}`"))
}

impl Fault {
    /// Returns a text that lists the options of the fault.
    fn options(&self) -> String {
        match self.effect {
            Effect::Respond(_) => format!("the options are {STATUS_OPTIONS}, {COMMON_OPTIONS}"),
            Effect::Stuck(_) => "the only option is rate=0..1".to_owned(),
            Effect::DetachEverywhere => "this fault has no options".to_owned(),
            _ => format!("the options are {COMMON_OPTIONS}"),
        }
    }

    /// Sets an option.
    fn set(&mut self, option: &str, value: &str) -> Result<(), String> {
        match (&mut self.effect, option) {
            (Effect::DetachEverywhere, _) => {
                return Err(format!("`detach-everywhere` has no options; remove `{option}`"));
            }
            (_, "rate") => self.trigger.rate = rate(value)?,
            (Effect::Stuck(_), _) => return Err(format!("`stuck` has no option `{option}`; {}", self.options())),
            (_, "on") => self.trigger.on = Some(operations(value)?),
            (_, "times") => self.trigger.times = number(option, value)?,
            (_, "after") => self.trigger.after = number(option, value)?,
            (Effect::Respond(error), "retry-after") => error.retry_after = Some(seconds(value)?),
            (Effect::Respond(error), "code") => error.code = Some(value.to_owned()),
            (Effect::Respond(error), "message") => error.message = value.to_owned(),
            (Effect::Respond(error), "body") => error.form = form(value)?,
            _ => return Err(format!("this fault has no option `{option}`; {}", self.options())),
        }
        Ok(())
    }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate <= 1.0 => Ok(rate),
        _ => Err(format!("rate: expected a number above 0 and up to 1, got `{text}`")),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.map_or_else(|| time("retry-after", text), Ok)
}

fn form(text: &str) -> Result<BodyFormat, String> {
    match text {
        "json" => Ok(BodyFormat::Json),
        "html" => Ok(BodyFormat::Html),
        "text" => Ok(BodyFormat::Text),
        "empty" => Ok(BodyFormat::Empty),
        _ => Err(format!("body: expected json, html, text, or empty, got `{text}`")),
    }
}

/// Returns the operation IDs of the endpoints that match a method, a path, or both. In the path, `*` or any name in
/// braces stands for an ID.
fn operations(text: &str) -> Result<Vec<&'static str>, String> {
    let (method, path) = match text.split_once(' ') {
        Some((method, path)) => (Some(method), Some(path.trim())),
        None if text.starts_with('/') => (None, Some(text)),
        None => (Some(text), None),
    };
    if let Some(method) = method
        && !["GET", "POST", "DELETE"].contains(&method.to_ascii_uppercase().as_str())
    {
        return Err(format!("on: expected the method GET, POST, or DELETE, got `{method}`"));
    }
    let of_method =
        || api::table().filter(|spec| method.is_none_or(|method| spec.method.name().eq_ignore_ascii_case(method)));
    let matching = of_method().filter(|spec| path.is_none_or(|path| matches_path(spec.path, path)));
    let found: Vec<&str> = matching.map(|spec| spec.operation).collect();
    if found.is_empty() {
        let paths = of_method().map(|spec| format!("{} {}", spec.method.name(), spec.path));
        return Err(format!(
            "on: no operation matches `{text}`; the operations are {}",
            paths.collect::<Vec<_>>().join(", ")
        ));
    }
    Ok(found)
}

/// Returns `true` if the path of an endpoint matches the path that `--fault` names.
fn matches_path(template: &str, given: &str) -> bool {
    let (mut expected, mut found) = (template.split('/'), given.split('/'));
    loop {
        match (expected.next(), found.next()) {
            (None, None) => return true,
            (Some(name), Some(given)) if name.starts_with('{') && (given.starts_with('{') || given == "*") => {}
            (Some(name), Some(given)) if name == given => {}
            _ => return false,
        }
    }
}
