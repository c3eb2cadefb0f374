# Recipes for contributors. `just` alone lists them. CONTRIBUTING.md tells when to use which.

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

# Ledger and store on a PostgreSQL server that is started for the tests
postgres:
    #!/usr/bin/env bash
    set -euo pipefail
    database=$(mktemp -d)
    trap 'tests/postgres/stop "$database" || true; rm -rf "$database"' EXIT
    ASST_TEST_POSTGRES=$(tests/postgres/start "$database")
    export ASST_TEST_POSTGRES
    ASST_TEST_LEDGER=postgres cargo test --lib -- ledger::tests::rules ledger::tests::importing ledger::tests::listing
    ASST_TEST_STORE=postgres cargo test --lib -- serve::
    cargo test --test it -- shared

# The official SDKs against the embedded server (needs Python or Node, and a network the first time)
sdk:
    tests/sdk/run

# Requests and responses before two mock servers (needs Node, and a network the first time)
mocks:
    tests/mocks/run

# The program before servers of other projects (needs Python, and a network the first time)
foreign:
    tests/foreign/run

# Write what is generated: src/api/facts.rs, docs/cli.md, docs/environment.md, completions, the README's tables and tour
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

# Documentation of all items, as CI builds it
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --document-private-items

# The comparison with other programs; `just compare list deletes` runs a part of it
compare *ARGS:
    benches/compare.sh {{ ARGS }}

# Everything that must hold before a change is merged
ci:
    .ci/run
