//! Classification of whole texts: IDs, near misses, and other words.

use super::classify::Rejection;
use super::find::IdFinder;

fn found(text: &str) -> Vec<(String, Option<Rejection>)> {
    let found = IdFinder::new(&[]).find(text.as_bytes(), 0, text.len());
    found.into_iter().map(|found| (found.id, found.rejection)).collect()
}

#[test]
fn texts_close_to_an_id_are_near_misses() {
    for (text, id, wanted) in [
        ("thread_AbCdEfGhIj\u{2026} ok", "thread_AbCdEfGhIj", Rejection::Cut),
        ("thread_AbC12... ok", "thread_AbC12", Rejection::Cut),
        ("thread_AbCd\nEfGhIjKlMnOpQrSt1234", "thread_AbCd", Rejection::Cut),
        ("thread_\r\nAbCdEfGhIjKlMnOpQrSt1234\r\n", "thread_", Rejection::Cut),
        ("thread_AbCdEfGhIjKl=\nMnOpQrSt1234", "thread_AbCdEfGhIjKl", Rejection::Cut),
        ("thread_AbCdEf\n    > GhIjKlMnOpQrSt1234", "thread_AbCdEf", Rejection::Cut),
        ("thread_AbCdEfGhIjKlMnOpQrSt123", "thread_AbCdEfGhIjKlMnOpQrSt123", Rejection::Cut),
        ("thread_AbCdEfGhIjKlMnOpQrSt1234Budget", "thread_AbCdEfGhIjKlMnOpQrSt1234Budget", Rejection::Long),
        ("my_thread_AbCdEfGhIjKlMnOpQrSt1234", "thread_AbCdEfGhIjKlMnOpQrSt1234", Rejection::Joined),
        ("thread_AbCdEfGhIjKlMnOpQrSt1234_2", "thread_AbCdEfGhIjKlMnOpQrSt1234", Rejection::Joined),
        ("thread_PoolExecutorWorkerThread", "thread_PoolExecutorWorkerThread", Rejection::Words),
        ("run_507f1f77bcf86cd799439011", "run_507f1f77bcf86cd799439011", Rejection::Unknown),
        ("thread_6b29fc40-ca47-1067-b31d-00dd010662da", "thread_6b29fc40", Rejection::Unknown),
    ] {
        assert_eq!(found(text), [(id.to_owned(), Some(wanted))], "{text}");
    }
}

#[test]
fn words_are_not_near_misses() {
    for text in [
        "thread_id run_id file-id asst_id vs_id thread_ids",
        "run_until_complete file-upload... run_forever... thread_pool_size=8 profile-Bx8K2a9Q.js",
        "thread_poolexecutor run_IntegrationTests run_2026-11-30T07:00:00Z vs_6_0 conv_64",
        "thread_\nmessages run_\nIntegrationTests",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}
