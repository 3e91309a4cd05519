//! A worker that has something to do keeps itself awake.

use std::sync::Arc;
use std::time::Duration;

use recap_config::Config;
use recap_core::JobKind;
use recap_core::ports::{Control, Events as _, JobEvent, Store as _};
use recap_testkit::fakes::{Reply, TestJobs};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::slots;

/// The door of the instance, and a worker's settings that name it.
async fn door() -> (TcpListener, Config) {
    let door = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = Config::default();
    config.server.keep_awake_url = format!("http://{}/awake", door.local_addr().unwrap());
    config.server.keep_awake_seconds = 1;
    config.webhooks.allow_http = true;
    config.webhooks.allow_cidrs = vec!["127.0.0.1/32".to_owned()];
    (door, config)
}

/// Returns when the door has been asked for and has answered.
async fn asked_for(door: &TcpListener) {
    let (mut stream, _) = door.accept().await.unwrap();
    let mut head = [0; 15];
    stream.read_exact(&mut head).await.unwrap();
    assert_eq!(&head, b"GET /awake HTTP");
    stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await.unwrap();
}

#[tokio::test]
async fn its_own_address_is_asked_for_after_work() {
    let (door, config) = door().await;
    let (jobs, stop) = (TestJobs::new(), CancellationToken::new());
    jobs.submit(JobKind::Summary).await;
    let working = recap_worker::run(&config, Arc::clone(&jobs.cx), slots(), stop.clone());
    let standing = async {
        asked_for(&door).await;
        stop.cancel();
    };
    let (worked, ()) = tokio::join!(working, standing);
    worked.unwrap();
}

#[tokio::test]
async fn it_is_asked_for_while_a_drained_worker_has_a_job_in_hand() {
    let (door, config) = door().await;
    let (jobs, stop) = (TestJobs::new(), CancellationToken::new());
    jobs.media.then(Reply::Hang);
    jobs.submit(JobKind::Summary).await;
    let mut events = jobs.events.subscribe();
    let working = recap_worker::run(&config, Arc::clone(&jobs.cx), slots(), stop.clone());
    let standing = async {
        while jobs.media.calls().is_empty() {
            events.recv().await.unwrap();
        }
        let drain_asked_at = Some(jobs.clock.now());
        jobs.store.set_control(&Control { drain_asked_at, ..Control::default() }).await.unwrap();
        jobs.events.publish(JobEvent::ControlChanged).await;
        timeout(Duration::from_secs(10), asked_for(&door)).await.expect("it is asked for");
        stop.cancel();
    };
    let (worked, ()) = tokio::join!(working, standing);
    worked.unwrap();
}

#[tokio::test(start_paused = true)]
async fn nobody_asks_for_it_while_there_is_no_work() {
    let (door, config) = door().await;
    let (jobs, stop) = (TestJobs::new(), CancellationToken::new());
    let working = recap_worker::run(&config, Arc::clone(&jobs.cx), slots(), stop.clone());
    let standing = async {
        timeout(Duration::from_mins(1), door.accept()).await.expect_err("nobody asks");
        stop.cancel();
    };
    let (worked, ()) = tokio::join!(working, standing);
    worked.unwrap();
}
