//! Several ways to YouTube, of which the first is blocked.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use recap_config::Config;
use recap_simulator::scenario;
use recap_simulator::youtube::YouTube;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::service::Service;

/// Another YouTube, as it is seen from another address.
async fn elsewhere(dir: &TempDir) -> YouTube {
    YouTube::start(0, &dir.path().join("elsewhere")).await.unwrap()
}

/// The way through `youtube` as the second one; yt-dlp trusts both.
fn with_second(config: &mut Config, youtube: &YouTube, dir: &TempDir, line: &str) {
    let both = dir.path().join("both.pem");
    let pem = |it: &Path| fs::read_to_string(it).unwrap();
    let authorities = pem(&config.media.ca_file) + &pem(youtube.ca_file());
    fs::write(&both, authorities).unwrap();
    config.media.ca_file = both;
    let line = format!("home proxy={} {line}", youtube.proxy_url());
    config.media.egress = vec![line.try_into().unwrap()];
}

fn left(job: &Value) -> Vec<String> {
    let attempts = job["transcript_attempts"].as_array().unwrap().iter();
    let text = |it: &Value| it.as_str().unwrap_or("-").to_owned();
    attempts
        .map(|it| format!("{} {} {}", text(&it["rung"]), text(&it["route"]), text(&it["code"])))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blocked_way_is_left_alone_until_a_probe_goes_through() {
    const PAUSE: Duration = Duration::from_secs(20);
    let dir = tempfile::tempdir().unwrap();
    let second = elsewhere(&dir).await;
    let service = Service::start(|config| {
        with_second(config, &second, &dir, "");
        config.media.block_pause_seconds = PAUSE.as_secs();
    })
    .await;
    let blocked = scenario::find("er_botchk01").unwrap();
    service.youtube.disguise(Some(blocked));

    let copy = |number| scenario::copy(number);
    let since = Instant::now();
    let job = service.summarize(&copy(0)).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    assert_eq!(left(&job), ["captions first blocked_bot_check"]);
    assert_eq!(job["transcript"]["source"], "captions_manual");

    // The next ten do not even knock.
    service.youtube.reset();
    let mut jobs = Vec::new();
    for number in 1..=10 {
        jobs.push(service.submit(&copy(number)).await);
    }
    for id in jobs {
        let job = service.settled(&id).await;
        assert_eq!(
            (&job["status"], left(&job)),
            (&json!("succeeded"), vec!["captions first route_resting".to_owned()])
        );
    }
    assert!(since.elapsed() < PAUSE, "the machine is too slow for this test");
    assert!(service.youtube.requests().is_empty());

    // It is open again; one finds out, and then all use it.
    let mut number = 10;
    while service.youtube.requests().is_empty() {
        number += 1;
        let job = service.summarize(&copy(number)).await;
        assert_eq!(job["status"], "succeeded", "{job:#}");
    }
    assert!(since.elapsed() >= PAUSE);
    let elsewhere = second.requests().len();
    let job = service.summarize(&copy(number + 1)).await;
    assert!(left(&job).is_empty() && second.requests().len() == elsewhere, "{job:#}");
    service.stop().await;
    second.stop().await;
}
