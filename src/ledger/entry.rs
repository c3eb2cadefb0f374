//! What the ledger is told and what it tells: rows, intents, events. Plain values; must not know where they are kept.

use crate::api::Kind;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// What is known about an object's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Live,
    /// Deleted by somebody; final unless a request that started later proves otherwise.
    Deleted,
    /// Found missing at its origin.
    Gone,
    /// Belongs to another origin than the one that it was recorded for.
    Foreign,
    Unknown,
}

impl State {
    pub const ALL: [Self; 5] = [Self::Live, Self::Deleted, Self::Gone, Self::Foreign, Self::Unknown];

    /// Returns the name, as the ledger stores it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Deleted => "deleted",
            Self::Gone => "gone",
            Self::Foreign => "foreign",
            Self::Unknown => "unknown",
        }
    }

    /// Returns the state of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

impl fmt::Display for State {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// How the ledger came to know an object, from the weakest to the strongest; it only gets stronger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Scanned,
    Imported,
    Listed,
    Met,
    Recorded,
    Created,
}

impl Source {
    pub const ALL: [Self; 6] = [Self::Scanned, Self::Imported, Self::Listed, Self::Met, Self::Recorded, Self::Created];

    /// Returns the name, as outputs and filters say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scanned => "scanned",
            Self::Imported => "imported",
            Self::Listed => "listed",
            Self::Met => "met",
            Self::Recorded => "recorded",
            Self::Created => "created",
        }
    }

    /// Returns the source of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }

    /// The number that is stored, so that a comparison in SQL is a comparison of strength; gaps are for later ones.
    pub(super) const fn rank(self) -> i64 {
        match self {
            Self::Scanned => 10,
            Self::Imported => 20,
            Self::Listed => 30,
            Self::Met => 40,
            Self::Recorded => 50,
            Self::Created => 60,
        }
    }

    pub(super) fn ranked(rank: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.rank() == rank)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// What names an object: an id means something in its origin only.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    pub origin: String,
    pub kind: Kind,
    pub id: String,
}

/// A place in a listing; the next page begins after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Cursor(pub(super) i64);

/// An object as the ledger knows it, or one observation of it: what is `None` was not observed and erases nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Where the row stands in a listing; meaningless on the way in.
    #[serde(skip)]
    pub cursor: Cursor,
    pub origin: String,
    #[serde(with = "kind_name")]
    pub kind: Kind,
    pub id: String,
    /// The thread of a run, for instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    pub state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<i64>,
    pub recorded_at: i64,
    /// When a backend last answered about it.
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
    /// How many messages asst sent, or saw being sent, to a thread that it saw being created. Those that runs add are not
    /// in it.
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
    /// When the request started that made this observation. Without it, the observation never revives a deleted row, and
    /// one of a weak source never changes the state of a row. Not stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<i64>,
}

impl Row {
    /// Returns an observation of a live object of which no more than this is known.
    pub fn new(origin: impl Into<String>, kind: Kind, id: impl Into<String>, source: Source, recorded_at: i64) -> Self {
        Self {
            cursor: Cursor::default(),
            origin: origin.into(),
            kind,
            id: id.into(),
            parent: None,
            state: State::Live,
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

    /// Returns what names the object.
    pub fn key(&self) -> Key {
        Key { origin: self.origin.clone(), kind: self.kind, id: self.id.clone() }
    }
}

/// A create that is about to be sent.
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
    /// What it was, in words: `create thread`.
    pub what: String,
    /// Whether the request carries the intent in its metadata, so that it can be found again.
    pub mark: bool,
}

/// How a create ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It made these.
    Recorded { ids: Vec<String> },
    /// The server refused it.
    Refused,
    /// It is known to have made nothing.
    Nothing,
}

/// That an intent's outcome is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    pub intent: String,
    pub outcome: Outcome,
    pub at: i64,
}

/// That something happened to an object that is known; it creates no row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched {
    pub origin: String,
    #[serde(with = "kind_name")]
    pub kind: Kind,
    pub id: String,
    pub active_at: i64,
    /// Added to the number of messages that were sent, where that is known.
    #[serde(default)]
    pub messages: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assistant: Option<String>,
}

/// Who did what to an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub origin: String,
    #[serde(with = "kind_name")]
    pub kind: Kind,
    pub id: String,
    /// `delete`, for instance.
    pub verb: String,
    pub at: i64,
    /// JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// One thing to write down; as JSON, one line of a spill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    Intent(Intent),
    Settled(Settled),
    Row(Box<Row>),
    Touched(Touched),
    Event(Event),
}

impl From<Intent> for Entry {
    fn from(intent: Intent) -> Self {
        Self::Intent(intent)
    }
}

impl From<Settled> for Entry {
    fn from(settled: Settled) -> Self {
        Self::Settled(settled)
    }
}

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        Self::Row(Box::new(row))
    }
}

impl From<Touched> for Entry {
    fn from(touched: Touched) -> Self {
        Self::Touched(touched)
    }
}

impl From<Event> for Entry {
    fn from(event: Event) -> Self {
        Self::Event(event)
    }
}

mod kind_name {
    //! A kind as its name.

    use crate::api::Kind;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use std::borrow::Cow;

    pub(super) fn serialize<S: Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(kind.name())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        Kind::named(&name).ok_or_else(|| D::Error::custom(format!("`{name}` is no kind of object")))
    }
}
