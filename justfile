# Recipes for contributors. `just` alone lists them. CONTRIBUTING.md states when to use each.

set shell := ["bash", "-euo", "pipefail", "-c"]

[private]
default:
    @just --list --unsorted

# Format the code
fmt:
    cargo fmt

# What most changes need before a commit: format, lints, and the tests that match FILTER
check FILTER="":
    cargo fmt --check
    cargo clippy --all-targets --quiet -- -D warnings
    cargo test {{ FILTER }}

# Unit tests that match FILTER
unit FILTER="":
    cargo test --lib -- {{ FILTER }}

# Integration tests that match FILTER
it FILTER="":
    cargo test --test it -- {{ FILTER }}

# All tests, each in a process of its own (needs cargo-nextest)
nextest *ARGS:
    cargo nextest run {{ ARGS }}

# Tests with PostgreSQL, on a server that is started for them
postgres:
    tests/postgres/run

# Tests with the official SDKs (needs Python and Node, and a network the first time)
sdk *SUITES:
    tests/sdk/run {{ SUITES }}

# Tests with two mock servers (needs Node, and a network the first time)
mocks:
    tests/mocks/run

# Tests with servers of other projects (needs Python, and a network the first time)
foreign:
    tests/foreign/run

# Tests that mount a file system (needs root, user namespaces, or sudo)
mounts:
    tests/mounts/run

# Write the generated files: src/api/facts.rs, docs/cli.md, docs/environment.md, completions, the README's tables and tour
bless:
    ASST_BLESS=1 cargo test --test it -- facts
    ASST_BLESS=1 cargo test --test it -- drift
    ASST_BLESS=1 cargo test --test it -- readme

# Review inline snapshots that changed (needs cargo-insta)
snapshots:
    cargo insta test --review --test it

# Licences, banned crates, and sources of dependencies (needs cargo-deny)
deny:
    cargo deny check bans licenses sources

# Build the documentation of all items, as CI does
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --document-private-items

# Compare with other programs; `just compare list deletes` runs a part of the comparison
compare *ARGS:
    benches/compare.sh {{ ARGS }}

# Check everything that must hold before a change is merged
ci:
    .ci/run
