//! The schemas of members of vector stores, their files and searches (docs/protocol/vector_stores.md).

use super::{CHUNKING, HYBRID};
use crate::api::rules::{Property, Schema, Type, nullable, optional, required};

/// The expiry of a vector store, relative to its last use.
pub(in crate::api) const STORE_EXPIRY: Property = nullable(
    "expires_after",
    Schema::Object(&[
        required("anchor", Schema::Word(&["last_active_at"])),
        required("days", Schema::Integer { least: 1, most: 365 }),
    ]),
);

/// The attributes of a file in a vector store.
pub(in crate::api) const ATTRIBUTES: Property = nullable("attributes", Schema::Attributes);

/// The files of a batch, each with its own attributes and chunking.
pub(in crate::api) const BATCH_FILES: Property = optional("files", Schema::list(&BATCH_FILE));
const BATCH_FILE: Schema = Schema::Object(&[required("file_id", Schema::TEXT), CHUNKING, ATTRIBUTES]);

/// The query of a search: a text, or several.
pub(in crate::api) const QUERY: Property =
    required("query", Schema::ListOr(&Schema::list(&Schema::TEXT), &Schema::TEXT));

/// The ranking options of a search. The tool of an assistant spells the ranker with underscores.
pub(in crate::api) const RANKING: Property = optional(
    "ranking_options",
    Schema::Object(&[
        optional("ranker", Schema::Word(&["none", "auto", "default-2024-11-15"])),
        optional("score_threshold", Schema::Number { least: 0.0, most: 1.0 }),
        HYBRID,
    ]),
);

/// The filter of a search: a comparison with an attribute, or a combination of filters.
pub(in crate::api) const FILTERS: Property = optional("filters", Schema::Ref(&FILTER));
/// A static, because a constant cannot contain a reference to itself.
static FILTER: Schema = Schema::Tagged(&[
    ("eq", COMPARISON),
    ("ne", COMPARISON),
    ("gt", COMPARISON),
    ("gte", COMPARISON),
    ("lt", COMPARISON),
    ("lte", COMPARISON),
    ("in", COMPARISON),
    ("nin", COMPARISON),
    ("and", &COMBINATION),
    ("or", &COMBINATION),
]);
const COMPARISON: &[Property] = &[
    required("key", Schema::TEXT),
    required(
        "value",
        Schema::ListOr(
            &Schema::list(&Schema::Typed(&[Type::String, Type::Number])),
            &Schema::Typed(&[Type::String, Type::Number, Type::Boolean, Type::Array]),
        ),
    ),
];
static COMBINATION: [Property; 1] = [required("filters", Schema::list(&FILTER))];
