//! The parser of `--fault`: `KIND[=VALUE][,OPTION=VALUE…]`.

use super::refuse::{Form, Refusal};
use super::{Deed, Fault, Moment, Stuck, When};
use crate::api;
use crate::config::TimeLimit;
use std::str::FromStr;
use std::time::Duration;

/// The forms and descriptions of all faults, for messages and the documentation.
pub const KINDS: &[(&str, &str)] = &[
    ("latency=TIME", "wait before the request is looked at; TIME..TIME waits some time in between"),
    ("STATUS", "answer 400 to 599 and do nothing"),
    ("STATUS-after-commit", "do what is asked for, and answer with that status all the same"),
    ("cut", "close the connection and do nothing"),
    ("cut-after-commit", "do what is asked for, and close the connection without a word"),
    ("cut-within[=BYTES]", "close the connection in the middle of the answer"),
    ("stall[=TIME]", "do nothing and answer nothing; after TIME close the connection"),
    ("stall-after-commit[=TIME]", "do what is asked for and answer nothing"),
    ("stall-within[=BYTES]", "stop in the middle of the answer"),
    ("slow=TIME", "pause before every piece of the answer"),
    ("stuck=STATUS", "leave runs in queued, in_progress or cancelling until they expire"),
    ("endless-has-more", "say on every page of a list that there is more"),
    ("ignore-after", "answer every page of a list with the first one"),
    ("wrong-object[=NAME]", "call every object of the answer NAME; nothing without it"),
    ("missing[=MEMBER+MEMBER]", "leave members out; without names all that may be missing"),
];

/// The options of every fault.
const EVERYWHERE: &str = "on=METHOD PATH, rate=0..1, times=N, after=N";
/// The additional options of a fault that responds with a status code.
const OF_STATUS: &str = "retry-after=SECONDS, code=CODE, message=TEXT, body=json|html|text|empty";

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut words = text.split(',').map(str::trim);
        let kind = words.next().unwrap_or_default();
        let (name, value) = match kind.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value.trim())),
            None => (kind, None),
        };
        let mut fault = Self { deed: deed(name, value)?, when: When::default() };
        for word in words {
            let (option, value) =
                word.split_once('=').ok_or_else(|| format!("`{word}` is no OPTION=VALUE; {}", fault.options()))?;
            fault.set(option.trim(), value.trim())?;
        }
        Ok(fault)
    }
}

fn deed(name: &str, value: Option<&str>) -> Result<Deed, String> {
    let needed = || value.ok_or_else(|| format!("`{name}` needs a value: {}", form_of(name)));
    let bytes = || value.map(|text| number(name, text)).transpose();
    let time = || value.map(|text| time(name, text)).transpose();
    let bare = |deed: Deed| match value {
        None => Ok(deed),
        Some(_) => Err(format!("`{name}` takes no value; write `{}`", form_of(name))),
    };
    match name {
        "latency" => latency(needed()?),
        "cut" => bare(Deed::Cut(Moment::Before)),
        "cut-after-commit" => bare(Deed::Cut(Moment::AfterCommit)),
        "cut-within" => Ok(Deed::Cut(Moment::Within(bytes()?))),
        "stall" => Ok(Deed::Stall(Moment::Before, time()?)),
        "stall-after-commit" => Ok(Deed::Stall(Moment::AfterCommit, time()?)),
        "stall-within" => Ok(Deed::Stall(Moment::Within(bytes()?), None)),
        "slow" => Ok(Deed::Slow(self::time(name, needed()?)?)),
        "stuck" => stuck(needed()?),
        "endless-has-more" => bare(Deed::EndlessHasMore),
        "ignore-after" => bare(Deed::IgnoreAfter),
        "wrong-object" => Ok(Deed::WrongObject(value.unwrap_or_default().to_owned())),
        "missing" => Ok(Deed::Missing(value.map(members).transpose()?.unwrap_or_default())),
        _ => status(name).and_then(|refusal| bare(Deed::Refuse(refusal))),
    }
}

fn form_of(name: &str) -> &'static str {
    let found = KINDS.iter().find(|(form, _)| form.split(['=', '[']).next() == Some(name));
    found.map_or("STATUS", |(form, _)| form)
}

fn status(name: &str) -> Result<Refusal, String> {
    let (digits, after_commit) = match name.strip_suffix("-after-commit") {
        Some(digits) => (digits, true),
        None => (name, false),
    };
    match digits.parse::<u16>() {
        Ok(status @ 400..=599) => Ok(Refusal::new(status, after_commit)),
        Ok(status) => Err(format!("{status} is no status of a failure; they go from 400 to 599")),
        Err(_) => {
            let known: Vec<&str> = KINDS.iter().map(|(form, _)| *form).collect();
            Err(format!("there is no fault `{name}`; there are {}", known.join(", ")))
        }
    }
}

fn latency(text: &str) -> Result<Deed, String> {
    let (least, most) = text.split_once("..").unwrap_or((text, text));
    let (least, most) = (time("latency", least)?, time("latency", most)?);
    if least > most {
        return Err(format!("`latency={text}` ends before it begins"));
    }
    Ok(Deed::Latency(least, most))
}

fn stuck(text: &str) -> Result<Deed, String> {
    match text {
        "queued" => Ok(Deed::Stuck(Stuck::Queued)),
        "in_progress" => Ok(Deed::Stuck(Stuck::InProgress)),
        "cancelling" => Ok(Deed::Stuck(Stuck::Cancelling)),
        _ => Err(format!("runs cannot be stuck in `{text}`; there are queued, in_progress, cancelling")),
    }
}

fn members(text: &str) -> Result<Vec<String>, String> {
    let members: Vec<String> = text.split('+').map(|name| name.trim().to_owned()).collect();
    if members.iter().any(String::is_empty) {
        return Err(format!("`missing={text}` names no member; write `missing=usage+metadata`"));
    }
    Ok(members)
}

fn time(name: &str, text: &str) -> Result<Duration, String> {
    text.trim().parse::<TimeLimit>().map(|span| span.0).map_err(|error| format!("{name}: {error}"))
}

fn number<T: FromStr>(name: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{name}: `{text}` is no number"))
}

impl Fault {
    /// Returns a text that lists the options of the fault.
    fn options(&self) -> String {
        match self.deed {
            Deed::Refuse(_) => format!("there are {OF_STATUS}, {EVERYWHERE}"),
            Deed::Stuck(_) => "there is rate=0..1".to_owned(),
            _ => format!("there are {EVERYWHERE}"),
        }
    }

    fn set(&mut self, option: &str, value: &str) -> Result<(), String> {
        match (&mut self.deed, option) {
            (_, "rate") => self.when.rate = rate(value)?,
            (Deed::Stuck(_), _) => return Err(format!("`stuck` takes no `{option}`; {}", self.options())),
            (_, "on") => self.when.on = Some(operations(value)?),
            (_, "times") => self.when.times = number(option, value)?,
            (_, "after") => self.when.after = number(option, value)?,
            (Deed::Refuse(refusal), "retry-after") => refusal.retry_after = Some(seconds(value)?),
            (Deed::Refuse(refusal), "code") => refusal.code = Some(value.to_owned()),
            (Deed::Refuse(refusal), "message") => refusal.message = value.to_owned(),
            (Deed::Refuse(refusal), "body") => refusal.form = form(value)?,
            _ => return Err(format!("there is no option `{option}` here; {}", self.options())),
        }
        Ok(())
    }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate <= 1.0 => Ok(rate),
        _ => Err(format!("rate: `{text}` is no part of all requests; write a number above 0 and up to 1")),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.map_or_else(|| time("retry-after", text), Ok)
}

fn form(text: &str) -> Result<Form, String> {
    match text {
        "json" => Ok(Form::Json),
        "html" => Ok(Form::Html),
        "text" => Ok(Form::Text),
        "empty" => Ok(Form::Empty),
        _ => Err(format!("body: there is no `{text}`; there are json, html, text, empty")),
    }
}

/// Returns the operations that match a method, a path, or both. A segment in braces matches any name in braces, and
/// `*`.
fn operations(text: &str) -> Result<Vec<&'static str>, String> {
    let (method, path) = match text.split_once(' ') {
        Some((method, path)) => (Some(method), Some(path.trim())),
        None if text.starts_with('/') => (None, Some(text)),
        None => (Some(text), None),
    };
    if let Some(method) = method
        && !["GET", "POST", "DELETE"].contains(&method.to_ascii_uppercase().as_str())
    {
        return Err(format!("on: there is no method `{method}`; there are GET, POST, DELETE"));
    }
    let of_method =
        || api::table().filter(|spec| method.is_none_or(|method| spec.method.name().eq_ignore_ascii_case(method)));
    let meant = of_method().filter(|spec| path.is_none_or(|path| is_path(spec.path, path)));
    let found: Vec<&str> = meant.map(|spec| spec.operation).collect();
    if found.is_empty() {
        let paths = of_method().map(|spec| format!("{} {}", spec.method.name(), spec.path));
        return Err(format!("on: there is no `{text}`; there are {}", paths.collect::<Vec<_>>().join(", ")));
    }
    Ok(found)
}

fn is_path(template: &str, given: &str) -> bool {
    let (mut wanted, mut found) = (template.split('/'), given.split('/'));
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some(name), Some(given)) if name.starts_with('{') && (given.starts_with('{') || given == "*") => {}
            (Some(name), Some(given)) if name == given => {}
            _ => return false,
        }
    }
}
