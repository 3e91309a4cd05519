//! A YouTube that hangs or drips: the job ends by its deadline, and nothing is
//! left behind.

use std::fs;

use crate::processes;
use crate::service::Service;

/// Asks for videos whose YouTube does not answer, in one way only.
async fn check(extractor_args: Option<&str>, videos: &[(&str, Option<&str>)]) {
    let service = Service::start(|config| {
        config.media.fallback_extractor_args = String::new();
        if let Some(arguments) = extractor_args {
            config.media.extractor_args = arguments.to_owned();
        }
        config.media.socket_timeout_seconds = 2;
        config.media.deadline_seconds = 9;
        config.jobs.max_attempts = 1;
    })
    .await;
    // The first run pays for what stays: pools, caches, statements.
    service.summarize("er_private1").await;
    let before = processes::resident_bytes();
    for (video, code) in videos {
        let job = service.summarize(video).await;
        assert_eq!(job["error"]["code"].as_str(), *code, "{video}: {job:#}");
        assert_eq!(processes::with_home_under(service.dir.path()), Vec::<String>::new(), "{video}");
        let work = fs::read_dir(service.dir.path().join("work")).unwrap();
        let left: Vec<_> = work.map(|it| it.unwrap().path()).filter(|it| it.is_dir()).collect();
        assert!(left.is_empty(), "{video} left {left:?}");
    }
    let grown = processes::resident_bytes().saturating_sub(before);
    assert!(grown < 16 << 20, "memory grew by {} MB", grown >> 20);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_api_costs_a_deadline_and_leaves_nothing() {
    let network = Some("network");
    let hanging = ["er_hangnxt1", "er_hangplr1", "er_hangcap1"].map(|it| (it, network));
    let dripping = ["er_dripnxt1", "er_dripplr1", "er_dripcap1"].map(|it| (it, network));
    check(None, &[hanging, dripping].concat()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_page_costs_a_deadline_and_leaves_nothing() {
    let with_page = recap_config::MediaConfig::default().fallback_extractor_args;
    // yt-dlp goes on without a page that hangs, and waits for one that drips.
    check(Some(&with_page), &[("er_hangwat1", None), ("er_dripwat1", Some("network"))]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancel_kills_a_running_yt_dlp() {
    let service = Service::start(|_| {}).await;
    let id = service.submit("er_hangplr1").await;
    while processes::with_home_under(service.dir.path()).is_empty() {
        tokio::task::yield_now().await;
    }
    let (status, _) = service.post(&format!("/v1/jobs/{id}/cancel"), &serde_json::json!({})).await;
    assert_eq!(status, 200);
    let job = service.settled(&id).await;
    assert_eq!(job["status"], "canceled");
    while !processes::with_home_under(service.dir.path()).is_empty() {
        tokio::task::yield_now().await;
    }
    service.stop().await;
}
