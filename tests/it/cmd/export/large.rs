//! The memory use of an export does not grow with the length of a thread.

#[cfg(target_os = "linux")]
#[test]
fn a_long_thread_is_exported_in_little_memory() {
    use super::fake::Fake;
    use crate::support::mock_server::MockServer;
    use crate::support::test_env::Asst;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::{Arc, Mutex};

    const MESSAGES: usize = 3_000;
    const LENGTH: usize = 10_000;
    let mut fake = Fake::with_thread("thread_1");
    fake.say("thread_1", MESSAGES, &"x".repeat(LENGTH));
    let process = Arc::new(AtomicU32::new(0));
    let peaks: Arc<Mutex<Vec<u64>>> = Arc::default();
    let (of, seen) = (Arc::clone(&process), Arc::clone(&peaks));
    let listener = MockServer::new(move |request, _| {
        if request.target.contains("/messages") || request.target.contains("/files?") {
            // The first request may arrive before the test has stored the process ID.
            let process = crate::support::test_env::eventually("the process", || {
                Some(of.load(Ordering::SeqCst)).filter(|id| *id > 0)
            });
            seen.lock().unwrap().extend(crate::support::memory::most_kib(process));
        }
        fake.answer(request)
    });
    let asst = Asst::with_backend(&listener.url());
    // Files are requested last, after all messages were received.
    let child = asst.command(["export", "out", "thread_1", "--kind", "threads,files"]).spawn().unwrap();
    process.store(child.id(), Ordering::SeqCst);
    asst.ran(child.wait_with_output().unwrap()).ok();
    let peaks = peaks.lock().unwrap();
    assert!(peaks.len() > MESSAGES / 100, "{peaks:?}");
    // After three pages, the allocator has all the memory that it needs.
    let (early, last) = (peaks[4], peaks[peaks.len() - 1]);
    let grown = last.saturating_sub(early) * 1024;
    assert!(
        grown < (MESSAGES * LENGTH / 4) as u64,
        "{grown} bytes more after {} MB: {peaks:?}",
        MESSAGES * LENGTH / 1_000_000
    );
    asst.run(["export", "verify", "out"]).ok();
}
