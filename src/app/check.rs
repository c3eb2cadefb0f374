//! Checks of a request before it is sent.

use super::call::Query;
use super::{App, Call};
use crate::api::check::{self, Rules};
use crate::api::{Dialect, Kind, Offer, ids};
use crate::client::Payload;
use crate::exit::{NotOffered, NotSent, Usage};
use anyhow::Result;
use serde_json::Value;

impl App {
    /// Checks the IDs, the query and the body of a request before it is sent. Errors use the member names of the API.
    pub fn check(&self, call: &Call) -> Result<()> {
        if !call.spec.may_stream() {
            no_stream(&call.payload)?;
        }
        let Query::Members(query) = &call.query else { return Ok(()) };
        self.check_offered(call)?;
        self.check_ids(call)?;
        let rules = self.rules();
        self.not_sent(check::query_of(call.spec, query, rules))?;
        match &call.payload {
            Payload::Json(body) => self.not_sent(check::body_of(call.spec, body, rules)),
            Payload::None | Payload::Form(_) => Ok(()),
        }
    }

    /// Returns an error for an endpoint or a member that no version of Foundry's interface supports. The other dialects
    /// support all of them.
    fn check_offered(&self, call: &Call) -> Result<(), NotOffered> {
        if self.dialect() != Dialect::Foundry {
            return Ok(());
        }
        let refuse = |what: &str, instead: &str| {
            let message = format!("could not {}: {what} by Azure AI Foundry Agents (classic)", call.tried());
            Err(NotOffered { message, hint: instead.to_owned() })
        };
        if let Offer::Never { instead } = call.spec.details.foundry.offer {
            return refuse("not offered", instead);
        }
        let Payload::Json(body) = &call.payload else { return Ok(()) };
        match check::unsupported_member(call.spec, body, self.rules()) {
            Some((member, instead)) => refuse(&format!("`{member}` is not offered"), instead),
            None => Ok(()),
        }
    }

    /// Converts the result of a check. The error has a hint with the flag that sets the rejected member, if there is
    /// one.
    pub fn not_sent(&self, checked: Result<(), check::InvalidRequest>) -> Result<()> {
        checked.map_err(|source| {
            let flags = self.invocation.flags_of(&source.param);
            let given = flags.first().is_some_and(|flag| self.invocation.has(flag));
            let missing = source.code == check::MISSING;
            // The flags cover the members of all backends, so the backend of the profile may not support a member.
            let unsupported = source.code == check::UNKNOWN && !source.param.contains(['.', '[']);
            let flags: Vec<String> = flags.into_iter().map(|flag| format!("--{flag}")).collect();
            let hint = match (flags.as_slice(), given || missing) {
                (_, false) if self.invocation.has("body") => Some("it is in --body".to_owned()),
                ([], _) => None,
                ([flag], _) if unsupported => Some(format!("this backend does not support it: omit {flag}")),
                ([flag], _) => Some(format!("set it with {flag}")),
                (flags, _) => Some(format!("set it with one of {}", flags.join(", "))),
            };
            NotSent { source, hint }.into()
        })
    }

    /// Returns the rules for requests to the backend of the profile.
    pub fn rules(&self) -> Rules {
        Rules::outgoing(self.dialect())
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.profile_if_any().ok().flatten().map(|profile| profile.backend.dialect()).unwrap_or_default()
    }

    /// Checks the prefix of each ID against the expected kind: an ID `run_…` in place of a thread ID is an error,
    /// unless `--any-id` is given.
    fn check_ids(&self, call: &Call) -> Result<(), Usage> {
        if self.options.any_id {
            return Ok(());
        }
        for (kind, id) in call.spec.kinds.iter().zip(&call.ids) {
            if let Some(found) = ids::mistaken(*kind, id) {
                let (expected, found) = (with_article(*kind), with_article(found));
                let message = format!("expected {expected} ID, got {found} ID: {id}");
                return Err(Usage::hinted(message, "pass --any-id to send it anyway"));
            }
        }
        Ok(())
    }
}

/// Returns an error if the body requests a stream, because the caller does not read one.
pub fn no_stream(payload: &Payload) -> Result<(), Usage> {
    match payload {
        Payload::Json(body) if body.get("stream") == Some(&Value::Bool(true)) => Err(Usage::hinted(
            "this command cannot read the stream that `stream` requests",
            "`runs create`, `runs submit-tool-outputs` and `threads create-and-run` read a stream: pass --stream to \
            them",
        )),
        _ => Ok(()),
    }
}

/// Returns the name of a kind with its indefinite article.
fn with_article(kind: Kind) -> String {
    let article = if kind == Kind::Assistant { "an" } else { "a" };
    format!("{article} {}", kind.words())
}
