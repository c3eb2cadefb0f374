//! Exit codes, and the conversion of errors to exit codes and error reports (docs/design/exit_codes.md).
//!
//! `errors.rs` has the error types of commands, and [`report`] converts every error. The numbers of the codes never
//! change, and a test compares them with the README. No other module sets the exit code of the process.

mod errors;

pub use errors::{
    AlreadyReported, CallFailed, Failure, IncompleteList, NotOffered, NotSent, OutcomeUncertain, RunEnded, Stopped,
    Usage, with_hint,
};

use crate::archive::ArchiveError;
use crate::client::{ApiError, ApiErrorKind, ClientError};
use crate::config::ConfigError;
use crate::db::DbError;
use crate::env::limits::SystemLimit;
use crate::http::TransportError;
use crate::ledger::{IncompleteLedger, LedgerError};
use crate::ui::{CannotAsk, ErrorReport, OutputError};

// [`CODES`] has the meaning of each code.
pub const DONE: u8 = 0;
pub const FAILED: u8 = 1;
pub const USAGE: u8 = 2;
pub const NOT_FOUND: u8 = 3;
pub const NOT_PERMITTED: u8 = 4;
pub const REFUSED: u8 = 5;
pub const RATE_LIMITED: u8 = 6;
pub const UNREACHABLE: u8 = 7;
pub const MIXED: u8 = 8;
pub const DIFFERENT: u8 = 9;
pub const UNKNOWN: u8 = 10;
pub const NOT_OFFERED: u8 = 11;
pub const BUSY: u8 = 12;
pub const RUN_FAILED: u8 = 20;
pub const RUN_INCOMPLETE: u8 = 21;
pub const RUN_EXPIRED: u8 = 22;
pub const RUN_CANCELLED: u8 = 23;
pub const RUN_REQUIRES_ACTION: u8 = 24;
pub const RUN_TIMEOUT: u8 = 25;
pub const INTERRUPTED: u8 = 130;
pub const TERMINATED: u8 = 143;

/// All codes, each with its name in JSON output and its meaning. The README has the same table.
pub const CODES: &[(u8, &str, &str)] = &[
    (DONE, "done", "done"),
    (FAILED, "failed", "any other failure, or the answer \"no\" at a prompt"),
    (
        USAGE,
        "usage",
        "usage: invalid flags, manifest or configuration; input rejected before any request; a confirmation without a \
        terminal to ask on",
    ),
    (NOT_FOUND, "not_found", "not found"),
    (NOT_PERMITTED, "not_permitted", "not authenticated or not permitted"),
    (REFUSED, "refused", "rejected by the server (any other 4xx status)"),
    (RATE_LIMITED, "rate_limited", "rate limit or quota, after the retries"),
    (UNREACHABLE, "unreachable", "unreachable, after the retries: DNS, connection, TLS, timeout, 5xx status"),
    (
        MIXED,
        "mixed",
        "the objects of one command had different outcomes, or its result is incomplete (if all objects fail alike, \
        that code is used)",
    ),
    (DIFFERENT, "different", "differences were found, and `--exit-code` was given"),
    (
        UNKNOWN,
        "outcome_unknown",
        "outcome unknown: the object may have been created; run `asst ledger doctor` before you repeat the command",
    ),
    (NOT_OFFERED, "not_offered", "the backend does not offer the operation"),
    (
        BUSY,
        "busy",
        "busy: the thread has an active run, the run is in another state, or another request changes the conversation; \
        try again later",
    ),
    (RUN_FAILED, "run_failed", "the run failed"),
    (RUN_INCOMPLETE, "run_incomplete", "the run is incomplete"),
    (RUN_EXPIRED, "run_expired", "the run expired"),
    (RUN_CANCELLED, "run_cancelled", "the run was cancelled"),
    (RUN_REQUIRES_ACTION, "run_requires_action", "the run requires action"),
    (RUN_TIMEOUT, "run_timeout", "the run had not ended after `--timeout`, or files made no progress for that long"),
    (INTERRUPTED, "interrupted", "interrupted"),
    (TERMINATED, "terminated", "terminated"),
];

/// Returns `true` if the error means that a signal stopped the command.
pub fn is_stopped(error: &anyhow::Error) -> bool {
    let run = error.downcast_ref::<RunEnded>();
    error.is::<Stopped>() || run.is_some_and(|ended| matches!(ended.code, INTERRUPTED | TERMINATED))
}

/// Returns the exit code of several outcomes: their common code, or [`MIXED`] if they differ.
pub fn combined(codes: impl IntoIterator<Item = u8>) -> u8 {
    let mut codes = codes.into_iter();
    let first = codes.next().unwrap_or(DONE);
    if codes.all(|code| code == first) { first } else { MIXED }
}

/// Returns the report of an error. Returns `None` if standard output was closed, which counts as success.
///
/// The report of [`AlreadyReported`] has its exit code and an empty message.
pub fn report(error: &anyhow::Error) -> Option<ErrorReport> {
    for cause in error.chain() {
        if matches!(cause.downcast_ref(), Some(OutputError::Closed)) {
            return None;
        }
    }
    // A usage error that was added to an `Option` as its context is not part of the chain.
    let context = error.downcast_ref::<Usage>().and_then(|usage| report_of_type(usage));
    let mut report = context.or_else(|| error.chain().find_map(report_of_type)).unwrap_or_default();
    if report.exit_code == DONE {
        report.exit_code = FAILED;
    }
    if report.message.is_empty() && report.kind.is_empty() {
        report.message = error.to_string();
        report.causes = error.chain().skip(1).map(ToString::to_string).collect();
        report.causes.dedup();
    }
    report.kind = kind(report.exit_code).to_owned();
    Some(report)
}

/// Returns the name of an exit code in JSON output.
fn kind(code: u8) -> &'static str {
    CODES.iter().find(|(known, ..)| *known == code).map_or("failed", |(_, name, _)| name)
}

/// Returns the report of an error whose type has an exit code or a hint. Returns `None` for any other type.
fn report_of_type(error: &(dyn std::error::Error + 'static)) -> Option<ErrorReport> {
    let plain = |exit_code, hint| Some(ErrorReport { exit_code, hint, ..ErrorReport::default() });
    if let Some(AlreadyReported(code)) = error.downcast_ref() {
        // The kind is set so that `report` keeps the empty message. `report` then replaces the kind.
        return Some(ErrorReport { exit_code: *code, kind: "already reported".into(), ..ErrorReport::default() });
    }
    if let Some(failed) = error.downcast_ref::<CallFailed>() {
        return Some(call_failed(failed));
    }
    if let Some(list) = error.downcast_ref::<IncompleteList>() {
        return Some(ErrorReport {
            exit_code: MIXED,
            message: list.to_string(),
            causes: vec![list.reason.clone()],
            ..ErrorReport::default()
        });
    }
    if let Some(ended) = error.downcast_ref::<RunEnded>() {
        return Some(ErrorReport {
            exit_code: ended.code,
            message: ended.message.clone(),
            causes: ended.cause.clone().into_iter().collect(),
            code: ended.server_code.clone(),
            hint: ended.hint.clone(),
            ..ErrorReport::default()
        });
    }
    if let Some(failure) = error.downcast_ref::<Failure>() {
        return Some(ErrorReport {
            exit_code: failure.code,
            message: failure.message.clone(),
            causes: failure.causes.clone(),
            hint: failure.hint.clone(),
            ..ErrorReport::default()
        });
    }
    if let Some(uncertain) = error.downcast_ref::<OutcomeUncertain>() {
        return plain(UNKNOWN, Some(uncertain.hint.clone()));
    }
    if let Some(usage) = error.downcast_ref::<Usage>() {
        return plain(USAGE, usage.hint.clone());
    }
    if let Some(missing) = error.downcast_ref::<NotOffered>() {
        return plain(NOT_OFFERED, Some(missing.hint.clone()));
    }
    if let Some(stopped) = error.downcast_ref::<Stopped>() {
        return plain(stopped.code, stopped.hint.clone());
    }
    if let Some(NotSent { source: refusal, hint }) = error.downcast_ref() {
        let (code, param) = (Some(refusal.code.to_owned()), Some(refusal.param.clone()));
        return Some(ErrorReport {
            exit_code: USAGE,
            message: refusal.message.clone(),
            code,
            param,
            hint: hint.clone(),
            ..ErrorReport::default()
        });
    }
    if let Some(config) = error.downcast_ref::<ConfigError>() {
        return plain(config.exit_code(), config.hint().map(str::to_owned));
    }
    if let Some(ledger) = error.downcast_ref::<LedgerError>() {
        let code = match ledger.cause {
            DbError::Unreachable(_) => UNREACHABLE,
            DbError::Denied(_) => NOT_PERMITTED,
            _ => FAILED,
        };
        return plain(code, Some(ledger.hint()));
    }
    if let Some(limit) = error.downcast_ref::<SystemLimit>() {
        return plain(FAILED, Some(limit.hint().to_owned()));
    }
    if let Some(incomplete) = error.downcast_ref::<IncompleteLedger>() {
        return plain(FAILED, Some(incomplete.hint()));
    }
    if let Some(export) = error.downcast_ref::<ArchiveError>() {
        let code = if matches!(export, ArchiveError::WrongPath { .. }) { USAGE } else { FAILED };
        return plain(code, export.hint());
    }
    if error.is::<CannotAsk>()
        || error.is::<crate::env::input::InputError>()
        || error.is::<crate::api::ids::BadId>()
        || error.is::<crate::env::paths::NoHome>()
    {
        return plain(USAGE, None);
    }
    None
}

/// Returns the exit code of a client error.
pub fn code_of(error: &ClientError) -> u8 {
    match error {
        ClientError::Api(refused) => code_of_refusal(refused),
        ClientError::NotOffered(_) => NOT_OFFERED,
        ClientError::WaitTooLong { api_error: Some(refused), .. } if refused.status != 429 => UNREACHABLE,
        ClientError::WaitTooLong { .. } => RATE_LIMITED,
        // A setting of the configuration is invalid, so no request was sent.
        ClientError::Unreachable(TransportError::Settings { .. }) => USAGE,
        ClientError::Unreachable(_) | ClientError::InvalidResponse { .. } => UNREACHABLE,
        ClientError::OutcomeUnknown(_) => UNKNOWN,
        ClientError::StreamFailed(broken) if broken.is_limit() => RATE_LIMITED,
        ClientError::StreamFailed(broken) if broken.is_refusal() => REFUSED,
        ClientError::StreamFailed(_) | ClientError::NotDeleted { .. } => FAILED,
        ClientError::InvalidRequest(_) => USAGE,
        ClientError::File(_) => FAILED,
    }
}

fn code_of_refusal(refused: &ApiError) -> u8 {
    match refused.error_kind() {
        ApiErrorKind::NotFound => NOT_FOUND,
        ApiErrorKind::NotPermitted => NOT_PERMITTED,
        ApiErrorKind::Rejected => REFUSED,
        ApiErrorKind::RateLimit => RATE_LIMITED,
        ApiErrorKind::ServerError => UNREACHABLE,
        ApiErrorKind::NotOffered => NOT_OFFERED,
        ApiErrorKind::Busy => BUSY,
    }
}

/// Returns the report of a failed request, with the members of the error that the server returned.
fn call_failed(failed: &CallFailed) -> ErrorReport {
    let exit_code = code_of(&failed.source);
    let refused = failed.source.api_error();
    let word = kind(exit_code).replace('_', " ");
    let mut report = ErrorReport {
        exit_code,
        message: format!("could not {}: {word}", failed.tried),
        causes: failed.source.causes(),
        hint: failed.hint.clone().or_else(|| failed.source.hint()),
        retryable: matches!(exit_code, RATE_LIMITED | UNREACHABLE | BUSY)
            && !matches!(failed.source, ClientError::InvalidResponse { .. }),
        ..ErrorReport::default()
    };
    if let Some(refused) = refused {
        report.status = Some(refused.status);
        report.r#type.clone_from(&refused.kind);
        report.code.clone_from(&refused.code);
        report.param.clone_from(&refused.param);
        report.request_id.clone_from(&refused.request_id);
    }
    if let Some(broken) = failed.source.stream_error() {
        report.r#type.clone_from(&broken.kind);
        report.code.clone_from(&broken.code);
        report.param.clone_from(&broken.param);
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_outcomes_keep_their_code() {
        assert_eq!(combined([3, 3]), 3);
        assert_eq!(combined([3, 4]), MIXED);
        assert_eq!(combined([0, 3]), MIXED);
        assert_eq!(combined([]), DONE);
    }

    #[test]
    fn a_closed_pipe_is_success() {
        let error = anyhow::Error::from(OutputError::Closed).context("could not print");
        assert_eq!(report(&error), None);
    }

    #[test]
    fn an_untyped_error_is_a_plain_failure() {
        let error = anyhow::anyhow!("below").context("above");
        let parts = report(&error).map(|report| (report.exit_code, report.message, report.causes, report.kind));
        assert_eq!(parts, Some((FAILED, "above".into(), vec!["below".into()], "failed".into())));
    }

    #[test]
    fn a_usage_error_as_context_decides_the_code() {
        use anyhow::Context;
        let error = None::<()>.context(Usage::hinted("what", "do")).err();
        let parts =
            error.and_then(|error| report(&error)).map(|report| (report.exit_code, report.message, report.hint));
        assert_eq!(parts, Some((USAGE, "what".into(), Some("do".into()))));
    }

    #[test]
    fn codes_are_unique() {
        let mut codes: Vec<u8> = CODES.iter().map(|(code, ..)| *code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), CODES.len());
    }
}
