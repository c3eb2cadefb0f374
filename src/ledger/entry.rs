//! The values that the ledger accepts and returns: rows, intents, events. The module must not depend on their storage.

use crate::api::Kind;
use crate::json;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The lifecycle state of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectState {
    Live,
    /// Deleted by a request. Final, unless a request that started later proves otherwise.
    Deleted,
    /// Found missing at its origin.
    Gone,
    /// Belongs to another origin than the recorded one.
    Foreign,
    Unknown,
}

impl ObjectState {
    pub const ALL: [Self; 5] = [Self::Live, Self::Deleted, Self::Gone, Self::Foreign, Self::Unknown];

    /// Returns the name that the ledger stores.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Deleted => "deleted",
            Self::Gone => "gone",
            Self::Foreign => "foreign",
            Self::Unknown => "unknown",
        }
    }

    /// Returns the state with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

impl fmt::Display for ObjectState {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// The way in which the ledger learned of an object, from the weakest to the strongest. The source of a row only gets
/// stronger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Scanned,
    Imported,
    Listed,
    #[serde(rename = "met")]
    Referenced,
    Recorded,
    Created,
}

impl Source {
    pub const ALL: [Self; 6] =
        [Self::Scanned, Self::Imported, Self::Listed, Self::Referenced, Self::Recorded, Self::Created];

    /// Returns the name that outputs and filters use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scanned => "scanned",
            Self::Imported => "imported",
            Self::Listed => "listed",
            Self::Referenced => "met",
            Self::Recorded => "recorded",
            Self::Created => "created",
        }
    }

    /// Returns the source with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }

    /// Returns the stored number. Its order is the order of strength, so that SQL can compare sources. The gaps are
    /// reserved for future sources.
    pub(super) const fn rank(self) -> i64 {
        match self {
            Self::Scanned => 10,
            Self::Imported => 20,
            Self::Listed => 30,
            Self::Referenced => 40,
            Self::Recorded => 50,
            Self::Created => 60,
        }
    }

    pub(super) fn from_rank(rank: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.rank() == rank)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// The key of an object. An ID is valid only within its origin.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectKey {
    pub origin: String,
    pub kind: Kind,
    pub id: String,
}

/// A position in a listing. The next page begins after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Cursor(pub(super) i64);

/// An object in the ledger, or one observation of it. A field that is `None` was not observed and erases nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The position of the row in a listing. Ignored when the row is stored.
    #[serde(skip)]
    pub cursor: Cursor,
    pub origin: String,
    #[serde(with = "kind_name")]
    pub kind: Kind,
    pub id: String,
    /// The ID of the parent object, for example the thread of a run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    pub state: ObjectState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<i64>,
    pub recorded_at: i64,
    /// The time at which a backend last returned or reported on the object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assistant: Option<String>,
    /// The number of messages that asst sent, or saw being sent, to a thread whose creation it recorded. Messages that
    /// runs add are not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    pub source: Source,
    /// JSON text: host, user, folder, noun, verb, flag names, CI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ci_job: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// JSON text, without instructions and message text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// The start time of the request that made this observation, in seconds. Not stored. `None`: the observation
    /// never revives a deleted row. From a source up to [`Source::Listed`], an observation without this time does not
    /// change the state of a known row, with one exception: `Listed` turns unknown into live.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<i64>,
}

impl Row {
    /// Returns an observation of a live object with only these facts.
    pub fn new(origin: impl Into<String>, kind: Kind, id: impl Into<String>, source: Source, recorded_at: i64) -> Self {
        Self {
            cursor: Cursor::default(),
            origin: origin.into(),
            kind,
            id: id.into(),
            parent: None,
            state: ObjectState::Live,
            created_at: None,
            recorded_at,
            checked_at: None,
            active_at: None,
            deleted_at: None,
            name: None,
            assistant: None,
            messages: None,
            metadata: None,
            source,
            provenance: None,
            ci_job: None,
            request_id: None,
            raw: None,
            started_at: None,
        }
    }

    /// Returns the names of the CI job that created the object: its URL, and its ID in the CI system.
    pub fn ci_jobs(&self) -> BTreeSet<String> {
        let provenance = self.provenance.as_deref().and_then(|text| json::stored(text).ok());
        let id = provenance.as_ref().and_then(|provenance| provenance["ci"]["job"].as_str()).map(str::to_owned);
        self.ci_job.iter().cloned().chain(id).collect()
    }

    /// Returns the row as JSON for people and archives. `provenance` and `raw`, which are stored as JSON text, become
    /// objects.
    pub fn to_json(&self) -> Value {
        let mut item = serde_json::to_value(self).unwrap_or_default();
        for member in ["provenance", "raw"] {
            let parsed = item.get(member).and_then(Value::as_str).and_then(|text| json::stored(text).ok());
            if let Some(parsed) = parsed {
                item[member] = parsed;
            }
        }
        item
    }

    /// Returns the key of the object.
    pub fn key(&self) -> ObjectKey {
        ObjectKey { origin: self.origin.clone(), kind: self.kind, id: self.id.clone() }
    }
}

/// A create request that is about to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    pub id: String,
    pub origin: String,
    #[serde(with = "kind_name")]
    pub kind: Kind,
    pub opened_at: i64,
    /// JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<String>,
    /// The action in words, for example `create thread`.
    pub what: String,
    /// `true` if the request carries the intent in its metadata, so that the created object can be found again.
    pub mark: bool,
}

/// The outcome of a create request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentOutcome {
    /// The request created these objects.
    Recorded { ids: Vec<String> },
    /// The server rejected the request.
    Refused,
    /// The request is known to have created nothing.
    Nothing,
}

/// The settlement of an intent, once its outcome is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    pub intent: String,
    pub outcome: IntentOutcome,
    pub at: i64,
}

/// Activity on a known object. It creates no row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    pub origin: String,
    #[serde(with = "kind_name")]
    pub kind: Kind,
    pub id: String,
    pub active_at: i64,
    /// Added to the number of messages of the object, if that number is known.
    #[serde(default)]
    pub messages: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assistant: Option<String>,
}

/// An action on an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEvent {
    pub origin: String,
    #[serde(with = "kind_name")]
    pub kind: Kind,
    pub id: String,
    /// The action, for example `delete`.
    pub verb: String,
    pub at: i64,
    /// JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// One item to store. As JSON, it is one line of a spill file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    Intent(Intent),
    Settled(Settlement),
    Row(Box<Row>),
    Touched(Activity),
    Event(LedgerEvent),
}

impl From<Intent> for Entry {
    fn from(intent: Intent) -> Self {
        Self::Intent(intent)
    }
}

impl From<Settlement> for Entry {
    fn from(settled: Settlement) -> Self {
        Self::Settled(settled)
    }
}

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        Self::Row(Box::new(row))
    }
}

impl From<Activity> for Entry {
    fn from(touched: Activity) -> Self {
        Self::Touched(touched)
    }
}

impl From<LedgerEvent> for Entry {
    fn from(event: LedgerEvent) -> Self {
        Self::Event(event)
    }
}

mod kind_name {
    //! Serialization of a kind as its name.

    use crate::api::Kind;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use std::borrow::Cow;

    pub(super) fn serialize<S: Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(kind.name())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        Kind::named(&name).ok_or_else(|| D::Error::custom(format!("unknown kind of object: `{name}`")))
    }
}
