//! `asst profiles use` selects the default profile.

use crate::support::test_env::{Asst, shows};

#[test]
fn default_profile_must_exist() {
    let asst = Asst::new();
    asst.config("# first\n[profiles.work]\nbackend = 'local' # here\n");
    shows!(asst.run(["profiles", "use", "wrok"]), @r"
    --- stderr ---
    error: no profile `wrok` in [home]/config/asst/config.toml
      hint: did you mean `work`?
    exit 2
    ");
    asst.run(["profiles", "use", "work"]).ok();
    assert_eq!(
        asst.configuration(),
        "default_profile = \"work\"\n\n# first\n[profiles.work]\nbackend = 'local' # here\n"
    );
    asst.run(["assistants", "list"]).ok();
    asst.run(["profiles", "use", "local"]).ok();
    assert!(asst.configuration().starts_with("default_profile = \"local\"\n\n# first\n"));
}
