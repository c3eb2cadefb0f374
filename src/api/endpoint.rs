//! The traits and the macro with which each endpoint is declared once. Client, server, flags, proxy, and ledger read the
//! declaration; `table.rs` lists all endpoints (docs/design/declarations.md#one-declaration-per-endpoint).

use super::details::Details;
use super::dialect::Dialect;
use super::facts;
use super::ids::{self, BadId};
use super::kind::Kind;
use super::response::{ResponseForm, ResponseShape};
use super::rules::{Member, Operation, Type};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::fmt::Debug;

/// An HTTP method of the protocol (docs/protocol/endpoints.md#transport: modification is POST, there is no PUT and no
/// PATCH).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    Get,
    Post,
    Delete,
}

impl Method {
    /// Returns the method as it appears in an HTTP request.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// The effect of sending a request more than once (docs/design/client.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The request changes nothing.
    Read,
    /// Any number of requests leads to the same state: delete, update, cancel.
    Repeatable,
    /// Each request takes effect again: creates, uploads, submitted outputs.
    Once,
}

/// The IDs in a path, in the order of the path.
pub trait PathArgs: clap::Args + Debug + Clone + Send + Sync + 'static {
    /// The kinds of the IDs, outermost first.
    const KINDS: &'static [Kind];
    /// The names of the IDs in the path template, outermost first.
    const NAMES: &'static [&'static str];
    /// Checks texts that are to be the IDs of the path, and stores them. There must be one text per kind.
    fn from_texts(texts: &[&str]) -> Result<Self, BadId>;
    /// Returns the IDs, outermost first.
    fn texts(&self) -> Vec<&str>;
}

/// The query parameters of an endpoint. The same type defines the flags, the URL parameters, and the decoder of the
/// server. Every member is optional.
pub trait Query: clap::Args + Debug + Serialize + DeserializeOwned + Default + Clone + Send + Sync + 'static {}

/// The members of an endpoint's request body. The same type defines the flags, the body, and the decoder of the server.
///
/// Every member is optional, because `--body` may supply it. [`super::check`] reports missing members.
pub trait Body: clap::Args + Debug + Serialize + DeserializeOwned + Default + Clone + Send + Sync + 'static {
    /// The values that the command line sends for members that neither a flag nor `--body` supplies.
    const DEFAULTS: &'static [(&'static str, &'static str)] = &[];

    /// The members whose own members the flags override one by one. Of other members, the flags replace the whole
    /// value.
    const NESTED: &'static [&'static str] = &[];

    /// Moves flags that only the command line has (file variants, short forms) into the members that they represent.
    fn fold(self) -> Self {
        self
    }
}

/// One operation of the protocol. The implementing types have no values and serve as names only.
pub trait Endpoint: Send + Sync + 'static {
    /// The operation's ID in OpenAI's document.
    const OPERATION: &'static str;
    /// A description of the operation for messages, such as `create run`.
    const TITLE: &'static str;
    const METHOD: Method;
    const CLASS: Class;
    /// The path template, in the syntax that axum, OpenAPI and `format!` share.
    const PATH: &'static str;
    type Path: PathArgs;
    type Query: Query;
    type Body: Body;
    type Response: ResponseForm;
    /// The parts of the declaration that have a default.
    const DETAILS: Details = Details::NONE;

    /// The endpoint as a value.
    const SPEC: &'static Spec = &Spec {
        operation: Self::OPERATION,
        title: Self::TITLE,
        method: Self::METHOD,
        class: Self::CLASS,
        path: Self::PATH,
        kinds: Self::Path::KINDS,
        shape: Self::Response::SHAPE,
        kind: Self::Response::KIND,
        made: Self::Response::MADE,
        facts: facts_of(Self::OPERATION),
        details: Self::DETAILS,
    };

    /// Returns the path with these IDs.
    fn path(ids: &Self::Path) -> String;
}

/// An endpoint as a value, for code that does not need the static types.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    pub operation: &'static str,
    pub title: &'static str,
    pub method: Method,
    pub class: Class,
    pub path: &'static str,
    /// The kinds of the path's IDs, outermost first.
    pub kinds: &'static [Kind],
    /// The form of a successful response.
    pub shape: ResponseShape,
    pub kind: Kind,
    /// `true` if the request creates the object in the response.
    pub made: bool,
    /// The rules of the protocol's document, or `None` for an operation that is not in it.
    pub facts: Option<&'static Operation>,
    pub details: Details,
}

/// Returns the rules of the protocol's document for an operation. Runs at compile time.
pub(super) const fn facts_of(operation: &str) -> Option<&'static Operation> {
    let mut n = 0;
    while n < facts::OPERATIONS.len() {
        if equal_bytes(facts::OPERATIONS[n].name.as_bytes(), operation.as_bytes()) {
            return Some(&facts::OPERATIONS[n]);
        }
        n += 1;
    }
    None
}

const fn equal_bytes(one: &[u8], other: &[u8]) -> bool {
    match (one, other) {
        ([], []) => true,
        ([a, one @ ..], [b, other @ ..]) => *a == *b && equal_bytes(one, other),
        _ => false,
    }
}

/// The query parameters of a list that the document lacks: `GET /threads` of Foundry and of the embedded server.
static PAGING: &[Member] = &[
    Member::PLAIN.of("limit", &[Type::Integer]).least(1.0).most(100.0),
    Member::PLAIN.of("order", &[Type::String]).one_of(&["asc", "desc"]),
    Member::PLAIN.of("after", &[Type::String]),
    Member::PLAIN.of("before", &[Type::String]),
];

impl Spec {
    /// Extracts the IDs from a path. Returns `None` if the path does not match this endpoint's template.
    pub fn ids_in(&self, path: &str) -> Option<Vec<String>> {
        let (mut wanted, mut found) = (self.path.split('/'), path.split('/'));
        let mut ids = Vec::new();
        loop {
            match (wanted.next(), found.next()) {
                (None, None) => return Some(ids),
                (Some(name), Some(id)) if name.starts_with('{') && ids::check(id).is_ok() => ids.push(id.to_owned()),
                (Some(name), Some(same)) if name == same => {}
                _ => return None,
            }
        }
    }

    /// Returns the path with these IDs, outermost first. A parameter without an ID stays as it is in the template.
    pub fn path_of(&self, ids: &[&str]) -> String {
        let mut ids = ids.iter();
        let segments = self.path.split('/').map(|segment| match segment.starts_with('{') {
            true => ids.next().copied().unwrap_or(segment),
            false => segment,
        });
        segments.collect::<Vec<_>>().join("/")
    }

    /// Returns the rules for the query parameters.
    pub fn query_facts(&self) -> &'static [Member] {
        self.facts.map_or(PAGING, |operation| operation.query)
    }

    /// Returns `true` if this version of the API has the endpoint.
    pub fn is_offered(&self, dialect: Dialect, version: Option<&str>) -> bool {
        self.details.is_offered(dialect, version)
    }

    /// Returns `true` if the list comes in pages, so that it has an order and a cursor.
    pub fn is_paged(&self, dialect: Dialect) -> bool {
        dialect != Dialect::Foundry || !self.details.foundry.is_one_page
    }

    /// Returns `true` if the response is a stream of events when the body has `stream: true`.
    pub fn may_stream(&self) -> bool {
        self.facts.is_some_and(|operation| operation.body_member("stream").is_some())
    }

    /// Returns the kind of the object that the request creates, or `None` if it creates none.
    pub fn creates(&self) -> Option<Kind> {
        if self.made { Some(self.kind) } else { self.details.also_creates.first().map(|also| also.kind) }
    }
}

/// Declares endpoints. A path parameter without an ID of the same name does not compile. The fields of [`Details`] that
/// differ from the defaults follow in braces.
macro_rules! endpoints {
    ($($name:ident = $operation:literal $title:literal:
        $class:ident $method:ident $path:literal $ids:ident($($id:ident),*), $query:ty, $body:ty => $response:ty
        $({ $($field:ident: $value:expr),* $(,)? })?;)*) => {
        $(
            #[doc = concat!("`", stringify!($method), " ", $path, "`: ", $title, ".")]
            #[derive(Debug, Clone, Copy)]
            pub enum $name {}

            impl $crate::api::Endpoint for $name {
                const OPERATION: &'static str = $operation;
                const TITLE: &'static str = $title;
                const METHOD: $crate::api::Method = $crate::api::Method::$method;
                const CLASS: $crate::api::Class = $crate::api::Class::$class;
                const PATH: &'static str = $path;
                type Path = $ids;
                type Query = $query;
                type Body = $body;
                type Response = $response;
                $(const DETAILS: $crate::api::Details =
                    $crate::api::Details { $($field: $value,)* ..$crate::api::Details::NONE };)?
                fn path(_ids: &$ids) -> String {
                    format!($path $(, $id = _ids.$id)*)
                }
            }
        )*
        /// All endpoints of this noun.
        pub const TABLE: &[&$crate::api::Spec] = &[$(<$name as $crate::api::Endpoint>::SPEC),*];
    };
}
pub(super) use endpoints;

/// Declares the IDs of a path, outermost first.
macro_rules! paths {
    ($($(#[$doc:meta])* $name:ident($($(#[$idoc:meta])* $id:ident: $ty:ident),*);)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
        pub struct $name {
            $($(#[$idoc])* pub $id: $crate::api::ids::$ty,)*
        }
        impl $crate::api::PathArgs for $name {
            const KINDS: &'static [$crate::api::Kind] = &[$($crate::api::ids::$ty::KIND),*];
            const NAMES: &'static [&'static str] = &[$(stringify!($id)),*];
            fn from_texts(_texts: &[&str]) -> Result<Self, $crate::api::ids::BadId> {
                let mut _texts = _texts.iter();
                Ok(Self { $($id: _texts.next().copied().unwrap_or_default().parse()?,)* })
            }
            fn texts(&self) -> Vec<&str> {
                vec![$(self.$id.as_str()),*]
            }
        }
    )*};
}
pub(super) use paths;

/// An empty set of path IDs, query parameters, or body members.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::Args, serde::Serialize, serde::Deserialize)]
#[group(skip)]
pub struct Nothing {}

impl Query for Nothing {}
impl Body for Nothing {}
impl PathArgs for Nothing {
    const KINDS: &'static [Kind] = &[];
    const NAMES: &'static [&'static str] = &[];
    fn from_texts(_: &[&str]) -> Result<Self, BadId> {
        Ok(Self {})
    }
    fn texts(&self) -> Vec<&str> {
        Vec::new()
    }
}

/// Converts a query or body struct to a map. Members without a value are omitted.
pub fn to_map<T: Serialize>(members: &T) -> Map<String, Value> {
    match serde_json::to_value(members) {
        Ok(Value::Object(map)) => map,
        // Structs of optional members always serialize to an object, so this is unreachable.
        _ => Map::new(),
    }
}
