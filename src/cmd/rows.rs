//! The filters and the output of commands that list rows of the ledger.

use crate::api::args::{self, Pair};
use crate::api::{Kind, ids};
use crate::app::records::{IdFilter, ObjectKey, ObjectState, Records, Row, RowQuery, Source, StateFilter};
use crate::app::{App, Cardinality, TableSpec};
use crate::config::Age;
use crate::env::clock;
use crate::exit::Usage;
use crate::ui::counted;
use crate::view::Members;
use anyhow::Result;
use clap::ValueEnum;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The members of a row that `--columns` accepts.
pub(super) const MEMBERS: Members = Members::These(
    "id kind state origin parent created_at recorded_at checked_at active_at deleted_at name assistant \
         messages metadata source provenance ci_job request_id raw made_by assistant_name",
);

/// The number of rows that are read from the ledger at a time.
const PAGE: usize = 200;

/// The states to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum StateArg {
    /// Objects that may still exist: live and unknown
    #[default]
    Present,
    /// Existed at the last check at the backend
    Live,
    /// Imported and not checked yet, or without a clear response from the backend
    Unknown,
    /// Deleted by asst
    Deleted,
    /// Missing at the last check at the backend
    Gone,
    /// Known to belong to another origin
    Foreign,
    /// Any state
    Any,
}

/// The source of a row: the event by which its object came into the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SourceArg {
    /// Created by a command of asst
    Created,
    /// Created by a program under `asst record`
    Recorded,
    /// Named as an argument of a command
    Met,
    /// Listed by a backend
    Listed,
    /// Imported by `asst ledger import`
    Imported,
    /// Found by a scan
    Scanned,
}

/// The filters on facts about an object that its row stores. All given filters must match.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Filters")]
pub(super) struct ObjectFilter {
    /// Only objects whose last known run used this assistant
    #[arg(long, value_name = "ID", value_parser = args::filter)]
    pub(super) assistant: Option<String>,
    /// Only objects with this metadata pair (repeatable)
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) metadata: Vec<Pair>,
    /// Only objects that were created longer ago than this, such as 12h or 30d
    #[arg(long, value_name = "DURATION")]
    pub(super) older_than: Option<Age>,
    /// Only objects that were created more recently than this
    #[arg(long, value_name = "DURATION")]
    pub(super) newer_than: Option<Age>,
    /// Only objects without known activity for at least this long
    #[arg(long, value_name = "DURATION")]
    pub(super) idle: Option<Age>,
    /// Only objects that this CI job created; JOB is its number or the URL of its page
    #[arg(long, value_name = "JOB", value_parser = args::filter)]
    pub(super) ci_job: Option<String>,
    /// Only IDs that start with TEXT
    #[arg(long, value_name = "TEXT", value_parser = args::filter)]
    pub(super) id_prefix: Option<String>,
}

impl ObjectFilter {
    /// Returns the query for these filters. Ages are relative to `now`, in Unix seconds.
    pub(super) fn filter(&self, now: i64) -> RowQuery {
        let ago = |span: &Option<Age>| span.map(|span| now - seconds(span));
        RowQuery {
            assistant: self.assistant.clone(),
            metadata: self.metadata.iter().map(|pair| (pair.key.clone(), pair.value.clone())).collect(),
            created_before: ago(&self.older_than),
            created_after: ago(&self.newer_than),
            idle_since: ago(&self.idle),
            ci_job: self.ci_job.clone(),
            ids: self.id_prefix.clone().map_or(IdFilter::All, IdFilter::Prefix),
            ..RowQuery::default()
        }
    }

    /// Returns `true` if any filter is given.
    pub(super) fn is_set(&self) -> bool {
        self.filter(0) != RowQuery::default()
    }
}

/// Returns a duration in whole seconds.
pub(super) fn seconds(span: Age) -> i64 {
    i64::try_from(span.0.as_secs()).unwrap_or(i64::MAX)
}

/// All filters of a list of rows. All given filters must match.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Filters")]
pub(super) struct RowFilter {
    /// Only objects in this state
    #[arg(long, value_enum, default_value_t)]
    state: StateArg,
    /// Only objects from this source
    #[arg(long, value_enum)]
    source: Option<SourceArg>,
    #[command(flatten)]
    object_filter: ObjectFilter,
    /// Only objects of this origin [default: that of the profile, if there is one]
    #[arg(long, value_parser = args::filter)]
    origin: Option<String>,
    /// Include objects of every origin
    #[arg(long, conflicts_with = "origin")]
    all_origins: bool,
}

impl RowFilter {
    /// Returns `true` if a filter on states, sources or facts is given.
    pub(super) fn is_set(&self) -> bool {
        self.state != StateArg::default() || self.source.is_some() || self.object_filter.is_set()
    }

    /// Returns an error if `--assistant` has the ID of another kind of object.
    fn check(&self, app: &App) -> Result<(), Usage> {
        let Some(given) = self.object_filter.assistant.as_deref() else { return Ok(()) };
        match ids::mistaken(Kind::Assistant, given) {
            Some(found) if !app.options().any_id => {
                let found = found.words();
                let message = format!("--assistant: expected an assistant ID, got a {found} ID: {given}");
                Err(Usage::hinted(message, "pass --any-id to search for it anyway"))
            }
            _ => Ok(()),
        }
    }

    /// Warns if `--assistant` may have a name instead of an ID. For a filter that matches no row.
    pub(super) fn warn_if_given_a_name(&self, app: &App) {
        let given = self.object_filter.assistant.as_deref();
        if let Some(given) = given.filter(|given| Kind::of_id(given) != Some(Kind::Assistant)) {
            app.ui().warn(&format!(
                "--assistant expects an assistant ID such as asst_abc, got `{given}`; `asst assistants list` shows the IDs"
            ));
        }
    }

    /// Returns the query for these filters.
    pub(super) fn filter(&self, app: &App) -> Result<RowQuery> {
        self.check(app)?;
        let origin = match (&self.origin, self.all_origins) {
            (Some(origin), _) => Some(origin.clone()),
            (None, true) => None,
            (None, false) => app.origin_to_list()?,
        };
        Ok(RowQuery {
            origin,
            states: match self.state {
                StateArg::Present => StateFilter::Present,
                StateArg::Any => StateFilter::All,
                StateArg::Live => StateFilter::One(ObjectState::Live),
                StateArg::Unknown => StateFilter::One(ObjectState::Unknown),
                StateArg::Deleted => StateFilter::One(ObjectState::Deleted),
                StateArg::Gone => StateFilter::One(ObjectState::Gone),
                StateArg::Foreign => StateFilter::One(ObjectState::Foreign),
            },
            source: self.source.map(|source| match source {
                SourceArg::Created => Source::Created,
                SourceArg::Recorded => Source::Recorded,
                SourceArg::Met => Source::Referenced,
                SourceArg::Listed => Source::Listed,
                SourceArg::Imported => Source::Imported,
                SourceArg::Scanned => Source::Scanned,
            }),
            ..self.object_filter.filter(clock::now())
        })
    }
}

/// The number of rows that were printed.
#[derive(Debug, Clone, Copy)]
pub(super) struct ShownRows {
    pub(super) count: u64,
    /// `true` if more rows match than the limit allows.
    pub(super) has_more: bool,
    /// `true` if a filter selected the rows.
    pub(super) is_filtered: bool,
}

/// Prints the rows that match a filter, newest first, as they are read.
pub(super) fn show(
    app: &App,
    records: &Records,
    table: TableSpec,
    filter: &RowQuery,
    limit: Option<u64>,
) -> Result<ShownRows> {
    let mut printer = app.printer(table, Cardinality::Many)?;
    app.check_output(table)?;
    let (mut shown, mut names) = (0, AssistantNames::default());
    let mut pages = records.rows(filter, PAGE, limit);
    while let Some(rows) = pages.next_page()? {
        shown += rows.len() as u64;
        let mut items: Vec<Value> = rows.iter().map(item).collect();
        for (row, item) in rows.iter().zip(&mut items) {
            if let Some(name) = names.of(records, row)? {
                item["assistant_name"] = name.into();
            }
        }
        app.ui().out(&printer.page(&items)?)?;
    }
    app.ui().out(&printer.end()?)?;
    app.warn_unknown_columns(&printer);
    Ok(ShownRows { count: shown, has_more: pages.exceeds_limit()?, is_filtered: false })
}

/// Prints the summary of a list: the number of rows that were printed, the time of the last check, and whether the backend has such a
/// list.
///
/// `noun` is the plural of the objects, such as `threads`. `lists` states whether the backend can list them. It is
/// `None` without a profile, and `Some(None)` if only a request can show whether the backend has the list.
pub(super) fn summarize(
    app: &App,
    shown: ShownRows,
    noun: &str,
    origin: Option<&str>,
    checked_at: Option<i64>,
    lists: Option<Option<bool>>,
) {
    let last_checked =
        |time: i64| match (jiff::Timestamp::from_second(time), jiff::Timestamp::from_second(clock::now())) {
            (Ok(then), Ok(now)) => format!("last checked {} ago", crate::view::age(then, now)),
            _ => "last checked at an unknown time".to_owned(),
        };
    let ShownRows { count, has_more, is_filtered } = shown;
    let (newest, matching) = (if has_more { "newest " } else { "" }, if is_filtered { "matching " } else { "" });
    let rows = format!("{newest}{}", counted(count, &format!("{matching}{}", noun.trim_end_matches('s'))));
    let remote = match lists {
        Some(Some(true)) => format!("; pass --remote to list the {noun} of the backend"),
        Some(Some(false)) => format!("; this backend cannot list {noun}"),
        Some(None) => format!("; pass --remote to ask the backend, if it can list {noun}"),
        None => String::new(),
    };
    let place = origin.unwrap_or("all origins");
    let checked = checked_at.map_or_else(|| "never checked".to_owned(), last_checked);
    app.ui().summary(
        &format!("{rows} in the ledger ({place}), {checked}{remote}"),
        &json!({ "shown": count, "has_more": has_more, "origin": origin, "checked_at": checked_at }),
    );
}

/// A cache of assistant names, by origin and ID.
#[derive(Default)]
struct AssistantNames(HashMap<(String, String), Option<String>>);

impl AssistantNames {
    /// Returns the name of the assistant that a row was last run on, if the ledger contains it.
    fn of(&mut self, records: &Records, row: &Row) -> Result<Option<String>> {
        let Some(id) = &row.assistant else { return Ok(None) };
        Ok(match self.0.entry((row.origin.clone(), id.clone())) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(place) => {
                let key = ObjectKey { origin: row.origin.clone(), kind: Kind::Assistant, id: id.clone() };
                let name = records.get(&key)?.and_then(|assistant| assistant.name);
                place.insert(name).clone()
            }
        })
    }
}

/// Returns a row as JSON for output, with the creator of the object as one string.
pub(super) fn item(row: &Row) -> Value {
    let mut item = row.to_json();
    item["made_by"] = made_by(&item["provenance"]);
    item
}

/// Returns the creator of an object as one string: the CI job, or the user and the host.
fn made_by(provenance: &Value) -> Value {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let ci = &provenance["ci"];
    let job = text(&ci["url"]).or_else(|| Some(format!("{} {}", text(&ci["system"])?, text(&ci["job"])?)));
    let person = || match (text(&provenance["user"]), text(&provenance["host"])) {
        (Some(user), Some(host)) => Some(format!("{user}@{host}")),
        (user, host) => user.or(host),
    };
    json!(job.or_else(person))
}
