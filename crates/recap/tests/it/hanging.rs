//! A YouTube that hangs or drips: the job ends by its deadline, and nothing is
//! left behind.

use std::fs;

use recap_config::WarmMode;
use recap_simulator::gemini::Gemini;
use recap_simulator::youtube::YouTube;

use crate::processes;
use crate::served::Served;
use crate::service::Service;

/// Asks for videos whose YouTube does not answer, in one way only. A warm yt-dlp
/// stays, with its directory, and nothing else.
async fn check(warm: bool, extractor_args: Option<&str>, videos: &[(&str, Option<&str>)]) {
    let stays = usize::from(warm);
    let dir = tempfile::tempdir().unwrap();
    let youtube = YouTube::start(0, &dir.path().join("youtube")).await.unwrap();
    let gemini = Gemini::start(0).await.unwrap();
    let mut settings = vec![
        ("RECAP_MEDIA__FALLBACK_EXTRACTOR_ARGS", ""),
        ("RECAP_MEDIA__SOCKET_TIMEOUT_SECONDS", "2"),
        ("RECAP_MEDIA__DEADLINE_SECONDS", "9"),
        ("RECAP_JOBS__MAX_ATTEMPTS", "1"),
        ("RECAP_MEDIA__WARM", if warm { "on" } else { "off" }),
    ];
    settings.extend(extractor_args.map(|it| ("RECAP_MEDIA__EXTRACTOR_ARGS", it)));
    let service = Served::start(&dir, &youtube, &gemini, &settings);
    // The first run pays for what stays: pools, caches, statements.
    let first = service.submit("er_private1").await;
    service.ended(&first).await;
    let before = processes::resident_bytes(service.pid());
    for (video, code) in videos {
        let id = service.submit(video).await;
        let job = service.ended(&id).await;
        assert_eq!(job["error"]["code"].as_str(), *code, "{video}: {job:#}");
        let running = processes::with_home_under(dir.path());
        assert_eq!(running.len(), stays, "{video} left {running:?}");
        let work = fs::read_dir(dir.path().join("work")).unwrap();
        let left: Vec<_> = work.map(|it| it.unwrap().path()).filter(|it| it.is_dir()).collect();
        assert_eq!(left.len(), stays, "{video} left {left:?}");
    }
    let grown = processes::resident_bytes(service.pid()).saturating_sub(before);
    assert!(grown < 8 << 20, "memory grew by {} MB", grown >> 20);
    drop(service);
    youtube.stop().await;
    gemini.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_api_costs_a_deadline_and_leaves_nothing() {
    let network = Some("network");
    let hanging = ["er_hangnxt1", "er_hangplr1", "er_hangcap1"].map(|it| (it, network));
    let dripping = ["er_dripnxt1", "er_dripplr1", "er_dripcap1"].map(|it| (it, network));
    check(true, None, &[hanging, dripping].concat()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_page_costs_a_deadline_and_leaves_nothing() {
    let with_page = recap_config::MediaConfig::default().fallback_extractor_args;
    // yt-dlp goes on without a page that hangs, and waits for one that drips.
    check(false, Some(&with_page), &[("er_hangwat1", None), ("er_dripwat1", Some("network"))])
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancel_kills_a_running_yt_dlp() {
    let service = Service::start(|it| it.media.warm = WarmMode::Off).await;
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
