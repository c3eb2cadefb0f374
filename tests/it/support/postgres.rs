//! Databases on the PostgreSQL server of the tests.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// Creates a database and returns its URL. `ASST_TEST_POSTGRES` is the URL of the server (docs/testing.md#postgresql).
pub(crate) fn database() -> String {
    static CREATED: AtomicU32 = AtomicU32::new(0);
    let server =
        std::env::var("ASST_TEST_POSTGRES").expect("ASST_TEST_POSTGRES names a server; tests/postgres/run sets it");
    let name = format!("asst_it_{}_{}", std::process::id(), CREATED.fetch_add(1, Ordering::Relaxed));
    let created = Command::new("psql").args([&server, "-qc", &format!("create database {name}")]).status().unwrap();
    assert!(created.success());
    format!("{}/{name}", server.rsplit_once('/').unwrap().0)
}

/// Splits a URL into the URL without its password, and the password.
pub(crate) fn without_password(url: &str) -> (String, String) {
    let (user, rest) = url.split_once('@').unwrap();
    let (user, password) = user.rsplit_once(':').unwrap();
    (format!("{user}@{rest}"), password.to_owned())
}
