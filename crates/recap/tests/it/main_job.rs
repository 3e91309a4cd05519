//! A link goes in, a summary comes out.

use serde_json::{Value, json};

use crate::service::{Service, with_gemini};

fn starts(points: &Value) -> Vec<u64> {
    points.as_array().unwrap().iter().map(|it| it["start"].as_u64().unwrap()).collect()
}

#[track_caller]
fn check_summary(job: &Value) {
    assert_eq!(job["status"], "succeeded", "{job:#}");
    assert_eq!(job["progress"]["segments_total"], 3);
    assert_eq!(job["video"]["duration_seconds"], 1500);
    let summary = &job["result"];
    assert!(summary["tldr"].as_str().unwrap().len() > 40, "{summary:#}");
    let starts = starts(&summary["key_points"]);
    assert!(starts.len() >= 3 && starts.is_sorted(), "{starts:?}");
    assert!(starts.iter().all(|it| *it < 1500));
    assert!(starts.iter().any(|it| *it >= 1000), "points come from the whole video: {starts:?}");
    assert_eq!(summary["coverage"], 1.0);
    for point in summary["key_points"].as_array().unwrap() {
        let link = format!("https://www.youtube.com/watch?v=ok_demo25m1&t={}s", point["start"]);
        assert_eq!(point["url"], link);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_video_is_summarised_without_a_key() {
    let service = Service::start(|_| {}).await;
    let job = service.summarize("ok_demo25m1").await;
    check_summary(&job);
    assert_eq!(job["result"]["model"], "extractive");
    assert_eq!(job["usage"]["calls"], 0);
    assert!(job["usage"]["child"]["cpu_ms"].as_u64().unwrap() > 0);
    assert!(service.gemini.calls().is_empty());
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_video_is_summarised_by_gemini_with_a_key() {
    let service = Service::start(with_gemini).await;
    let job = service.summarize("ok_demo25m1").await;
    check_summary(&job);
    assert_eq!(job["result"]["model"], "gemini-3.5-flash-lite");
    assert!(job["usage"]["output_tokens"].as_u64().unwrap() > 0);
    let calls = service.gemini.calls();
    assert!(calls.iter().all(|it| it.method == "streamGenerateContent"));
    assert!(calls.iter().all(|it| it.output_tokens <= 1000));
    assert_eq!(calls.len(), 1, "all of it is one question");
    let mut asked: Vec<u64> = calls[0].segments.iter().filter_map(|it| it.segment).collect();
    asked.dedup();
    assert_eq!(asked, [0, 1, 2]);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_products_come_in_every_form() {
    let service = Service::start(|_| {}).await;
    let job = service.summarize("ok_demo25m1").await;
    let at = |path: &str| format!("/v1/jobs/{}/{path}", job["id"].as_str().unwrap());

    let (markdown, content_type) = service.text(&at("summary?format=md")).await;
    assert!(content_type.starts_with("text/markdown"));
    assert!(markdown.starts_with("# ") && markdown.contains("&t="), "{markdown}");
    let (text, content_type) = service.text(&at("summary?format=txt")).await;
    assert!(content_type.starts_with("text/plain") && !text.contains("]("));
    let (_, summary) = service.get(&at("summary")).await;
    assert_eq!(summary["tldr"], job["result"]["tldr"]);

    let (vtt, _) = service.text(&at("transcript?format=vtt")).await;
    assert!(vtt.starts_with("WEBVTT"));
    let (srt, _) = service.text(&at("transcript?format=srt")).await;
    assert!(srt.starts_with("1\n00:00:0"));
    let (_, transcript) = service.get(&at("transcript")).await;
    assert!(transcript["cues"].as_array().unwrap().len() > 200);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transcript_is_a_job_of_its_own() {
    let service = Service::start(|_| {}).await;
    let (status, job) =
        service.post("/v1/transcripts", &json!({"url": "https://youtu.be/ok_german01"})).await;
    assert_eq!(status, 202);
    let job = service.settled(job["id"].as_str().unwrap()).await;
    assert_eq!(job["status"], "succeeded");
    assert_eq!(job["transcript"]["language"], "de");
    assert!(job["result"].is_null());
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finished_job_is_listed_and_the_service_is_ready() {
    let service = Service::start(|_| {}).await;
    let job = service.summarize("ok_short3m1").await;
    let (_, list) = service.get("/v1/jobs?video_id=ok_short3m1").await;
    assert_eq!(list["data"][0]["id"], job["id"]);
    let (status, ready) = service.get("/health/ready").await;
    assert_eq!(status, 200, "{ready}");
    service.stop().await;
}
