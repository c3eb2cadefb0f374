//! The client with servers of other projects. `tests/foreign/run` installs them and runs these tests. `ASST_FOREIGN` is
//! the folder of the servers, and `ASST_REQUIRE_FOREIGN` makes their absence a failure.

mod ogx;
mod openai_responses;

use crate::support::test_env::Asst;
use crate::support::third_party::{Started, installed};
use std::path::Path;
use std::process::Command;

/// Starts a third-party server, and returns it with a user whose configuration names it.
fn visiting(test: &str, name: &str) -> Option<(Started, Asst)> {
    let folder = installed(test, "ASST_FOREIGN", "ASST_REQUIRE_FOREIGN", "tests/foreign/run")?.join(name);
    if !folder.join("bin/python").exists() {
        crate::support::test_env::skipped(test, &format!("{name} is not installed in {}", folder.display()));
        return None;
    }
    let asst = Asst::new().env("FOREIGN_KEY", "sk-foreign-0123456789");
    let script = format!("tests/foreign/{}_server.py", name.replace('-', "_"));
    let mut command = Command::new(folder.join("bin/python"));
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(script)).current_dir(asst.work()).env_clear();
    command.env("HOME", asst.home()).env("TMPDIR", asst.home().join("tmp"));
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let server = Started::new(&mut command, "listening on ").unwrap();
    asst.config(&format!(
        "default_profile = \"foreign\"\n[profiles.foreign]\nbackend = \"compatible\"\nbase_url = \"{}\"\n\
         api_key_env = \"FOREIGN_KEY\"\n",
        server.url
    ));
    Some((server, asst))
}
