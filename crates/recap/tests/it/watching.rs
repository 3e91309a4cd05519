//! Videos of which no captions can be had, watched and listened to by Gemini.

use std::fs;
use std::time::Duration;

use recap_config::{Config, WarmMode};
use recap_simulator::gemini::Fault;
use recap_simulator::scenario;
use recap_testkit::tools;
use serde_json::{Value, json};

use crate::egress::left;
use crate::service::{Service, with_gemini};

/// Fifteen minutes and no captions.
const SILENT: &str = "ok_nocaps01";

fn listening(config: &mut Config) {
    with_gemini(config);
    config.media.ffmpeg_path = tools::ffmpeg().display().to_string();
    // A warm process has a directory for as long as it lives.
    config.media.warm = WarmMode::Off;
}

/// A service whose Gemini takes no address of a video.
async fn refused() -> Service {
    let service = Service::start(listening).await;
    service.youtube.set_sound(tools::sound().into());
    for model in Config::default().gemini.models {
        service.gemini.set_model_fault(&model, Fault::ClipRefused);
    }
    service
}

fn source(job: &Value) -> &str {
    job["transcript"]["source"].as_str().unwrap_or_else(|| panic!("{job:#}"))
}

/// Requests for what is heard or seen.
fn downloads(service: &Service) -> usize {
    let requests = service.youtube.requests();
    requests.iter().filter(|it| it.host.ends_with("googlevideo.com")).count()
}

/// Directories of runs that are there.
fn runs(service: &Service) -> usize {
    let entries = fs::read_dir(service.dir.path().join("work"));
    let is_run = |it: &fs::DirEntry| it.file_name().to_string_lossy().starts_with("run-");
    entries.map_or(0, |it| it.flatten().filter(is_run).count())
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    let there = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), there).await.expect(what);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_blocked_watches_by_offsets_and_downloads_nothing() {
    let service = Service::start(with_gemini).await;
    service.youtube.disguise(scenario::find("er_botchk01"));
    let job = service.summarize("ok_demo25m1").await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    assert_eq!(source(&job), "video");
    assert_eq!(left(&job), ["captions - blocked_bot_check"]);
    assert_eq!(downloads(&service), 0);
    // Nobody said how long it is, but Gemini when it came to the end.
    assert_eq!(job["video"]["duration_seconds"], 1500, "{job:#}");
    let asked: Vec<_> = service
        .gemini
        .calls()
        .iter()
        .flat_map(|it| it.segments.clone())
        .map(|it| (it.start.unwrap(), it.end.unwrap()))
        .collect();
    assert_eq!(asked, [(0, 600), (600, 1200), (1200, 1500)]);
    let (_, summary) = service.get(&format!("/v1/jobs/{}/summary?format=json", id(&job))).await;
    assert_eq!(summary["coverage"], 1.0, "{summary:#}");
    service.stop().await;
}

fn id(job: &Value) -> &str {
    job["id"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_video_without_captions_is_watched() {
    let service = Service::start(with_gemini).await;
    let job = service.summarize(SILENT).await;
    assert_eq!((job["status"].as_str(), source(&job)), (Some("succeeded"), "video"), "{job:#}");
    assert_eq!(left(&job), ["captions - no_captions"]);
    let (status, _) = service.get(&format!("/v1/jobs/{}/transcript", id(&job))).await;
    assert_eq!(status, 409);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_watched_is_listened_to_and_nothing_is_left() {
    let service = refused().await;
    let job = service.summarize(SILENT).await;
    assert_eq!((job["status"].as_str(), source(&job)), (Some("succeeded"), "audio"), "{job:#}");
    assert_eq!(left(&job), ["captions - no_captions", "video - summarizer_unreadable"]);
    assert!(downloads(&service) > 0);
    let files = service.gemini.files();
    assert!(files.iter().all(|it| it.media_type == "audio/ogg" && it.bytes < 3 << 20), "{files:?}");
    until("all that was uploaded is deleted", || {
        service.gemini.files().iter().all(|it| it.deleted)
    })
    .await;
    assert_eq!(runs(&service), 0);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_fails_or_is_canceled_while_it_listens_leaves_nothing() {
    let service = refused().await;
    service.gemini.set_delay(Duration::from_secs(2));
    let canceled = service.submit(SILENT).await;
    until("it has uploaded", || !service.gemini.files().is_empty()).await;
    let (status, _) = service.post(&format!("/v1/jobs/{canceled}/cancel"), &json!({})).await;
    assert!(matches!(status, 200 | 202), "{status}");
    until("it is taken back", || service.gemini.files().iter().all(|it| it.deleted)).await;
    until("no run is left", || runs(&service) == 0).await;

    service.gemini.reset();
    for model in Config::default().gemini.models {
        service.gemini.set_model_fault(&model, Fault::ClipRefused);
    }
    service.youtube.set_sound(vec![7; 100_000].into());
    let failed = service.summarize(SILENT).await;
    assert_ne!(failed["status"], "succeeded", "{failed:#}");
    until("no run is left", || runs(&service) == 0).await;
    service.stop().await;
}
