//! The memory that the proxy needs for responses that it reads in order to record them.

use super::Recording;
use crate::support::memory::most_kib;
use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::Asst;

#[test]
fn long_responses_take_turns_and_their_ids_are_recorded() {
    const ANSWERS: usize = 8;
    let zeros = ",0".repeat(3_800_000);
    let listener = MockServer::new(move |_, before| {
        let body = format!(r#"{{"id":"asst_{before:024}","created_at":1700000000,"x":[0{zeros}]}}"#);
        Response::text(200, body).with("content-type", "application/json")
    });
    let asst = Asst::with_backend(&listener.url());
    let recording = Recording::start(&asst, &[]);
    let before = most_kib(recording.pid());
    std::thread::scope(|scope| {
        for _ in 0..ANSWERS {
            scope.spawn(|| {
                let mut answer =
                    recording.begin("POST /v1/assistants\ncontent-type: application/json", br#"{"model":"m"}"#);
                assert_eq!(answer.status, 200);
                assert!(answer.body().unwrap().len() > 7_600_000);
            });
        }
    });
    let grown = most_kib(recording.pid()).zip(before).map_or(0, |(peak, before)| (peak - before) / 1024);
    recording.end().ok();
    let ids = asst.run(["ledger", "list", "-o", "id"]).ok().ids();
    assert_eq!(ids.len(), ANSWERS, "{ids:?}");
    assert!(grown < 400, "{grown} MiB");
}
