//! The worker role against fakes of every port.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use recap_config::Config;
use recap_core::JobKind;
use recap_core::ports::Events as _;
use recap_testkit::fakes::TestJobs;
use tokio_util::sync::CancellationToken;

#[tokio::test(start_paused = true)]
async fn lost_jobs_are_looked_for_after_a_panic() {
    let panicked = Arc::new(AtomicBool::new(false));
    let first = Arc::clone(&panicked);
    let jobs = TestJobs::with(|cx| {
        let clock = Arc::clone(&cx.clock);
        cx.clock = Arc::new(move || {
            assert!(first.swap(true, Ordering::SeqCst), "the first look panics, as it was told to");
            clock()
        });
    });
    let id = jobs.submit(JobKind::Summary).await;
    jobs.queue.lose();
    jobs.clock.advance(jobs.cx.policy.patience * 2);

    let mut events = jobs.events.subscribe();
    let (config, stop) = (Config::default(), CancellationToken::new());
    let working = recap_worker::run(&config, Arc::clone(&jobs.cx), stop.clone());
    let watching = async {
        while !jobs.job(id).status.is_terminal() {
            events.recv().await.unwrap();
        }
        stop.cancel();
    };
    let both = async { tokio::join!(working, watching) };
    let (worked, ()) = tokio::time::timeout(config.worker.patience(), both).await.unwrap();
    worked.unwrap();
    assert!(panicked.load(Ordering::SeqCst));
}
