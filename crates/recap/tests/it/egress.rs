//! Several ways to YouTube, of which the first is blocked.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use recap_config::Config;
use recap_simulator::scenario;
use recap_simulator::youtube::YouTube;
use serde_json::Value;
use tempfile::TempDir;

use crate::service::Service;

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

pub(crate) fn left(job: &Value) -> Vec<String> {
    let attempts = job["transcript_attempts"].as_array().unwrap().iter();
    let text = |it: &Value| it.as_str().unwrap_or("-").to_owned();
    attempts
        .map(|it| format!("{} {} {}", text(&it["rung"]), text(&it["route"]), text(&it["code"])))
        .collect()
}

/// A service that is blocked on its first way, for so long, and on the second not.
async fn blocked(pause: Duration) -> (Service, YouTube, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let second = YouTube::start(0, &dir.path().join("elsewhere")).await.unwrap();
    let service = Service::start(|config| {
        with_second(config, &second, &dir, "");
        config.media.block_pause_seconds = pause.as_secs();
    })
    .await;
    service.youtube.disguise(scenario::find("er_botchk01"));
    let job = service.summarize(&scenario::copy(0)).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    assert_eq!(left(&job), ["captions first blocked_bot_check"]);
    assert_eq!(job["transcript"]["source"], "captions_manual");
    service.youtube.reset();
    (service, second, dir)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_ten_jobs_do_not_even_knock_at_a_blocked_way() {
    let (service, second, _dir) = blocked(Duration::from_hours(1)).await;
    let mut jobs = Vec::new();
    for number in 1..=10 {
        jobs.push(service.submit(&scenario::copy(number)).await);
    }
    for id in jobs {
        let job = service.settled(&id).await;
        assert_eq!(job["status"], "succeeded", "{job:#}");
        assert_eq!(left(&job), ["captions first route_resting"]);
    }
    assert!(service.youtube.requests().is_empty());
    service.stop().await;
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_its_time_one_job_tries_and_opens_the_way() {
    const PAUSE: Duration = Duration::from_secs(3);
    let began = Instant::now();
    let (service, second, _dir) = blocked(PAUSE).await;
    let mut number = 0;
    while service.youtube.requests().is_empty() {
        number += 1;
        let job = service.summarize(&scenario::copy(number)).await;
        assert_eq!(job["status"], "succeeded", "{job:#}");
    }
    assert!(began.elapsed() >= PAUSE);
    let elsewhere = second.requests().len();
    let job = service.summarize(&scenario::copy(number + 1)).await;
    assert!(left(&job).is_empty() && second.requests().len() == elsewhere, "{job:#}");
    service.stop().await;
    second.stop().await;
}
