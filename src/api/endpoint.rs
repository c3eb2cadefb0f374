//! One declaration per endpoint: what client, server, flags and table all read (DESIGN.md 6).

use super::Kind;
use super::check::Operation;
use super::facts;
use super::ids::BadId;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::fmt::Debug;

/// The methods that the protocol uses (PROTOCOL.md 1.1: modification is POST, there is no PUT and no PATCH).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    Get,
    Post,
    Delete,
}

impl Method {
    /// Returns the method as it stands on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// What repeating a call may do (DESIGN.md 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Changes nothing.
    Read,
    /// Leads to the same state however often it is sent: delete, update, cancel.
    Repeatable,
    /// Happens again each time: creates, uploads, submitted outputs.
    Once,
}

/// What a good answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One object of the kind.
    One,
    /// A page of the list envelope (PROTOCOL.md 1.2).
    Page,
    /// A deletion stub (PROTOCOL.md 4.10).
    Deleted,
    /// Raw bytes.
    Bytes,
}

/// What the answer of an endpoint is, and of which kind.
pub trait Answer: Send + 'static {
    const SHAPE: Shape;
    const KIND: Kind;
    /// Whether the call made the object that it answers with.
    const MADE: bool = false;
}

/// The ids that a path holds, in the order of the path.
pub trait PathArgs: clap::Args + Debug + Clone + Send + Sync + 'static {
    /// The kinds of the ids, outermost first.
    const KINDS: &'static [Kind];
    /// Checks texts and takes them as the path's ids; there must be as many as kinds.
    fn from_texts(texts: &[&str]) -> Result<Self, BadId>;
    /// Returns the ids, outermost first.
    fn texts(&self) -> Vec<&str>;
}

/// The query parameters of an endpoint: flags, URL and server decoder at once. Every member is optional.
pub trait Query: clap::Args + Debug + Serialize + DeserializeOwned + Default + Clone + Send + Sync + 'static {}

/// The request members of an endpoint: flags, body and server decoder at once. Every member is optional, so that what
/// was not given can come from `--body`; [`super::check`] says what is missing.
pub trait Body: clap::Args + Debug + Serialize + DeserializeOwned + Default + Clone + Send + Sync + 'static {
    /// What the command line sends for a member that neither flag nor `--body` gave.
    const DEFAULTS: &'static [(&'static str, &'static str)] = &[];

    /// Moves what only the command line has (file twins, short forms) into the members it stands for.
    fn fold(self) -> Self {
        self
    }
}

/// One operation of the protocol; the implementing types are names only.
pub trait Endpoint: Send + Sync + 'static {
    /// The operation's id in OpenAI's document.
    const OPERATION: &'static str;
    /// What it does, for messages: `create run`.
    const TITLE: &'static str;
    const METHOD: Method;
    const CLASS: Class;
    /// Template in the form that axum, OpenAPI and `format!` all read.
    const PATH: &'static str;
    type Path: PathArgs;
    type Query: Query;
    type Body: Body;
    type Answer: Answer;

    /// The endpoint as a value.
    const SPEC: &'static Spec = &Spec {
        operation: Self::OPERATION,
        title: Self::TITLE,
        method: Self::METHOD,
        class: Self::CLASS,
        path: Self::PATH,
        kinds: Self::Path::KINDS,
        shape: Self::Answer::SHAPE,
        kind: Self::Answer::KIND,
        made: Self::Answer::MADE,
        facts: facts_of(Self::OPERATION),
    };

    /// Returns the path with these ids in it.
    fn path(ids: &Self::Path) -> String;
}

/// An endpoint as a value: what is needed once the types have done their work.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    pub operation: &'static str,
    pub title: &'static str,
    pub method: Method,
    pub class: Class,
    pub path: &'static str,
    /// The kinds of the path's ids, outermost first.
    pub kinds: &'static [Kind],
    /// What a good answer is, and of which kind.
    pub shape: Shape,
    pub kind: Kind,
    /// Whether the call makes the object that it answers with.
    pub made: bool,
    /// What the protocol's document says of the operation; `None` for those it does not have.
    pub facts: Option<&'static Operation>,
}

/// Returns what the protocol's document says of an operation. It is looked up while this is compiled.
pub(super) const fn facts_of(operation: &str) -> Option<&'static Operation> {
    let mut n = 0;
    while n < facts::OPERATIONS.len() {
        if same(facts::OPERATIONS[n].name.as_bytes(), operation.as_bytes()) {
            return Some(&facts::OPERATIONS[n]);
        }
        n += 1;
    }
    None
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    match (one, other) {
        ([], []) => true,
        ([a, one @ ..], [b, other @ ..]) => *a == *b && same(one, other),
        _ => false,
    }
}

impl Spec {
    /// Returns the ids that a path has where this endpoint's template has parameters; `None` if it is not of its form.
    pub fn ids_in(&self, path: &str) -> Option<Vec<String>> {
        let (mut wanted, mut found) = (self.path.split('/'), path.split('/'));
        let mut ids = Vec::new();
        loop {
            match (wanted.next(), found.next()) {
                (None, None) => return Some(ids),
                (Some(name), Some(id)) if name.starts_with('{') && super::ids::check(id).is_ok() => {
                    ids.push(id.to_owned())
                }
                (Some(name), Some(same)) if name == same => {}
                _ => return None,
            }
        }
    }
}

/// Declares endpoints; a path parameter without an id of that name does not compile.
macro_rules! endpoints {
    ($($name:ident = $operation:literal $title:literal:
        $class:ident $method:ident $path:literal $ids:ident($($id:ident),*), $query:ty, $body:ty => $answer:ty;)*) => {
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
                type Answer = $answer;
                fn path(_ids: &$ids) -> String {
                    format!($path $(, $id = _ids.$id)*)
                }
            }
        )*
        /// The endpoints of this noun.
        pub const TABLE: &[&$crate::api::Spec] = &[$(<$name as $crate::api::Endpoint>::SPEC),*];
    };
}
pub(super) use endpoints;

/// Declares the ids of a path, outermost first.
macro_rules! paths {
    ($($(#[$doc:meta])* $name:ident($($(#[$idoc:meta])* $id:ident: $ty:ident),*);)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
        pub struct $name {
            $($(#[$idoc])* pub $id: $crate::api::ids::$ty,)*
        }
        impl $crate::api::PathArgs for $name {
            const KINDS: &'static [$crate::api::Kind] = &[$($crate::api::ids::$ty::KIND),*];
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

/// No path ids, no query parameters, or no body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::Args, serde::Serialize, serde::Deserialize)]
#[group(skip)]
pub struct Nothing {}

impl Query for Nothing {}
impl Body for Nothing {}
impl PathArgs for Nothing {
    const KINDS: &'static [Kind] = &[];
    fn from_texts(_: &[&str]) -> Result<Self, BadId> {
        Ok(Self {})
    }
    fn texts(&self) -> Vec<&str> {
        Vec::new()
    }
}

macro_rules! answers {
    ($($(#[$doc:meta])* $name:ident = $shape:ident $made:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name<O>(std::marker::PhantomData<fn() -> O>);
        impl<O: Object> Answer for $name<O> {
            const SHAPE: Shape = Shape::$shape;
            const KIND: Kind = O::KIND;
            const MADE: bool = $made;
        }
    )*};
}

/// A kind of object as a type, for the answers of endpoints.
pub trait Object: 'static {
    const KIND: Kind;
}

answers! {
    /// The answer is one object.
    One = One false;
    /// The answer is one object, which the call made.
    Made = One true;
    /// The answer is a page of objects.
    Page = Page false;
    /// The answer is a deletion stub.
    Deleted = Deleted false;
    /// The answer is the object's bytes.
    Content = Bytes false;
}

macro_rules! objects {
    ($($name:ident),*) => {$(
        #[doc = concat!("The kind [`Kind::", stringify!($name), "`] as a type.")]
        #[derive(Debug)]
        pub enum $name {}
        impl Object for $name {
            const KIND: Kind = Kind::$name;
        }
    )*};
}
objects!(Assistant, Thread, Message, Run, Step, File);

/// Turns a query or body struct into its map: what was not given is not there.
pub fn to_map<T: Serialize>(members: &T) -> Map<String, Value> {
    match serde_json::to_value(members) {
        Ok(Value::Object(map)) => map,
        // Structs of optional members always serialize to an object.
        _ => Map::new(),
    }
}
