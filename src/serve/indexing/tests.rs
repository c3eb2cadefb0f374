//! Tests of the list of workers: when an entry is added, replaced, and removed.
#![allow(clippy::unwrap_used)]

use super::*;
use std::future::pending;

fn indexer() -> Arc<Indexer> {
    Indexer::new(Arc::new(Store::memory().unwrap()), Duration::from_secs(60), None, None, Arc::new(|_| {}))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_ends_at_once_leaves_no_entry() {
    let (indexer, mut workers) = (indexer(), JoinSet::new());
    for item in 0..2_000 {
        indexer.spawn_worker(item, &mut workers);
    }
    while workers.join_next().await.is_some() {}
    assert_eq!(indexer.active().len(), 0);
}

#[tokio::test]
async fn a_second_worker_for_a_file_ends_the_first() {
    let (indexer, mut workers) = (indexer(), JoinSet::new());
    let worker = workers.spawn(pending());
    indexer.active().insert(7, ActiveFile { worker, is_held: false });
    indexer.spawn_worker(7, &mut workers);
    let ended = async {
        let mut cancelled = 0;
        while let Some(ended) = workers.join_next().await {
            cancelled += usize::from(ended.is_err_and(|error| error.is_cancelled()));
        }
        cancelled
    };
    let cancelled = timeout(Duration::from_secs(20), ended).await.expect("the earlier worker did not end");
    assert_eq!((cancelled, indexer.active().len()), (1, 0));
}

#[tokio::test]
async fn a_worker_that_ends_keeps_the_entry_of_a_later_worker() {
    let (indexer, mut workers) = (indexer(), JoinSet::new());
    indexer.spawn_worker(7, &mut workers);
    let later = tokio::spawn(pending::<()>());
    indexer.active().insert(7, ActiveFile { worker: later.abort_handle(), is_held: false });
    while workers.join_next().await.is_some() {}
    assert_eq!(indexer.active().len(), 1);
    later.abort();
}
