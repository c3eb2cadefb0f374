//! Rules about the repository itself: imports, citations, and files that are generated or listed.

mod benches;
mod citations;
mod docs;
mod drift;
mod facts;
mod flags;
mod imports;
mod layers;
mod readme;
