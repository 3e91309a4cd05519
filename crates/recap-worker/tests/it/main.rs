//! The worker role against fakes of every port.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use recap_config::Config;
use recap_core::JobKind;
use recap_core::ports::Events as _;
use recap_testkit::fakes::TestJobs;
use tokio_util::sync::CancellationToken;

#[tokio::test(start_paused = true)]
async fn lost_jobs_are_looked_for_after_a_panic() {
    let asked = Arc::new(AtomicUsize::new(0));
    let times = Arc::clone(&asked);
    let jobs = TestJobs::with(|cx| {
        let clock = Arc::clone(&cx.clock);
        cx.clock = Arc::new(move || {
            // The worker itself asks first, and then the one that looks.
            assert_ne!(times.fetch_add(1, Ordering::SeqCst), 1, "it panics, as it was told to");
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
    assert!(asked.load(Ordering::SeqCst) > 1);
}
