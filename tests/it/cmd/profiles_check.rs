//! `asst profiles check` sends a request with a profile.

use crate::support::test_env::Asst;

#[test]
fn any_profile_can_be_checked_by_its_name() {
    let asst = Asst::new();
    let server = asst.serve(&[]);
    asst.config(&format!("default_profile = 'gone'\n[profiles.gone]\nbase_url = 'http://127.0.0.1:1/v1'\n[profiles.here]\nbase_url = '{}'\n", server.url));
    asst.run(["profiles", "check", "--retries", "0"]).code(7);
    asst.run(["profiles", "check", "here"]).ok().says("profile here works");
    asst.run(["profiles", "check", "hree"]).code(2).says("did you mean `here`?");
}
