//! The client with servers of other projects. `cargo test` ignores these tests. `tests/foreign/run` installs the servers
//! and runs the tests. `ASST_FOREIGN` is the folder of the servers.

mod ogx;
mod openai_responses;

use crate::support::test_env::Asst;
use crate::support::third_party::Started;
use std::path::Path;
use std::process::Command;

/// Starts a third-party server, and returns it with a user whose configuration names it.
fn visiting(name: &str) -> (Started, Asst) {
    let folder = std::env::var_os("ASST_FOREIGN").expect("ASST_FOREIGN names a folder; tests/foreign/run sets it");
    let folder = Path::new(&folder).join(name);
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
    (server, asst)
}
