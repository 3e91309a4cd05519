//! Every fault of Gemini, and how the job ends.

use std::time::Duration;

use recap_simulator::gemini::{CallRecord, Fault};
use recap_simulator::scenario;
use serde_json::Value;

use crate::service::{Service, with_gemini};

/// One attempt only, so that each fault shows at once what it leads to.
async fn with_fault(fault: Fault, times: u32, attempts: u32) -> (Value, usize) {
    let service = Service::start(|config| {
        with_gemini(config);
        config.gemini.read_timeout_seconds = 1;
        config.gemini.retries = 1;
        config.jobs.max_attempts = attempts;
        config.jobs.retry_base_seconds = 1;
        config.summarize.extractive_fallback = attempts > 1;
    })
    .await;
    service.gemini.set_fault(fault, times);
    let job = service.summarize("ok_short3m1").await;
    let calls = service.gemini.calls().len();
    service.stop().await;
    (job, calls)
}

/// What the fault leads to when it does not go away.
async fn check_lasting(fault: Fault, status: &str, code: &str, retryable: bool) {
    let (job, calls) = with_fault(fault, 1000, 1).await;
    let failure = if status == "failed" { &job["error"] } else { &job["last_error"] };
    assert_eq!(job["status"], status, "{fault:?}: {job:#}");
    assert_eq!(failure["code"], code, "{fault:?}");
    assert_eq!(failure["retryable"], retryable, "{fault:?}");
    assert!(calls <= 12, "{fault:?} took {calls} calls");
}

/// A fault that comes once does not show in the result.
async fn check_passing(fault: Fault) {
    let (job, _) = with_fault(fault, 1, 1).await;
    assert_eq!(job["status"], "succeeded", "{fault:?}: {job:#}");
    assert!(job["degraded"].is_null(), "{fault:?}: {job:#}");
    assert!(job["result"]["model"].as_str().unwrap().starts_with("gemini-"), "{fault:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_that_passes_does_not_show() {
    for fault in [
        Fault::RateMinute,
        Fault::Unavailable,
        Fault::Internal,
        Fault::MidStreamError,
        Fault::CutStream,
        Fault::Malformed,
        Fault::Recitation,
        Fault::Stall,
        Fault::NotFound,
        Fault::RateDay,
    ] {
        check_passing(fault).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_that_lasts_ends_the_job_with_its_own_code() {
    check_lasting(Fault::Unavailable, "failed", "summarizer_unavailable", true).await;
    check_lasting(Fault::Internal, "failed", "summarizer_unavailable", true).await;
    check_lasting(Fault::MidStreamError, "failed", "summarizer_unavailable", true).await;
    check_lasting(Fault::CutStream, "failed", "summarizer_unavailable", true).await;
    check_lasting(Fault::Malformed, "failed", "summarizer_invalid_answer", true).await;
    check_lasting(Fault::MaxTokens, "failed", "summarizer_invalid_answer", true).await;
    check_lasting(Fault::MaxTokensEmpty, "failed", "summarizer_invalid_answer", true).await;
    check_lasting(Fault::BlockedPrompt, "failed", "summarizer_blocked", false).await;
    check_lasting(Fault::Safety, "failed", "summarizer_blocked", false).await;
    check_lasting(Fault::Recitation, "failed", "summarizer_blocked", false).await;
    check_lasting(Fault::NotFound, "failed", "summarizer_unauthorized", false).await;
    check_lasting(Fault::KeyInvalid, "failed", "summarizer_unauthorized", false).await;
    check_lasting(Fault::Forbidden, "failed", "summarizer_unauthorized", false).await;
    check_lasting(Fault::Region, "failed", "summarizer_unauthorized", false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spent_quota_makes_the_job_wait() {
    check_lasting(Fault::RateDay, "queued", "summarizer_quota", true).await;
    let (job, _) = with_fault(Fault::RateDay, 1000, 1).await;
    assert_eq!(job["waiting_reason"], "quota");
    assert_eq!(job["attempts"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_attempt_is_extractive() {
    let service = Service::start(|config| {
        with_gemini(config);
        config.gemini.retries = 0;
        config.jobs.max_attempts = 2;
        config.jobs.retry_base_seconds = 1;
    })
    .await;
    service.gemini.set_fault(Fault::Unavailable, 1000);
    let id = service.submit("ok_short3m1").await;
    let (_, job) = service.get(&format!("/v1/jobs/{id}?wait=60s")).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    assert_eq!(job["degraded"], "extractive_fallback");
    assert_eq!(job["result"]["model"], "extractive");
    service.stop().await;
}

/// What is asked for when the fault comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// All segments of a video and the whole, in one question.
    Pack,
    /// The second question about a video of an hour.
    Second,
    /// The first segment of a video that is watched.
    Watch,
}

/// A service whose jobs have one attempt, and which asks for nothing twice by itself.
async fn impatient() -> Service {
    Service::start(|config| {
        with_gemini(config);
        config.gemini.read_timeout_seconds = 1;
        config.gemini.watch_timeout_seconds = 2;
        config.gemini.retries = 0;
        config.jobs.max_attempts = 1;
        config.summarize.extractive_fallback = false;
    })
    .await
}

/// How a job of `number` ends when `fault` comes at `stage` and stays, in one line.
async fn outcome(service: &Service, fault: Fault, stage: Stage, number: u32) -> String {
    service.gemini.reset();
    let video = scenario::copy(number);
    service.youtube.disguise(scenario::find(match stage {
        Stage::Pack => "ok_demo25m1",
        Stage::Second => "ok_hour0001",
        Stage::Watch => "ok_nocaps01",
    }));
    if stage == Stage::Second {
        // The first call is slow enough to put the fault behind it.
        service.gemini.set_delay(Duration::from_millis(200));
        let id = service.submit(&video).await;
        while service.gemini.calls().iter().all(|it| it.method != "streamGenerateContent") {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        service.gemini.set_fault(fault, 1000);
        return told(service, &service.settled(&id).await);
    }
    service.gemini.set_fault(fault, 1000);
    let job = service.summarize(&video).await;
    told(service, &job)
}

fn told(service: &Service, job: &Value) -> String {
    let failure = if job["status"] == "queued" { &job["last_error"] } else { &job["error"] };
    let code = failure["code"].as_str().unwrap_or("-");
    let calls = service.gemini.calls();
    let asked = calls.iter().filter(|it| it.method == "streamGenerateContent").count();
    assert_eq!(job["usage"]["calls"], asked, "{job:#}");
    // An answer that breaks off says nothing of its price.
    let is_paid =
        |it: &&CallRecord| it.finish_reason.is_some() || it.fault == Some(Fault::BlockedPrompt);
    let read: u64 = calls.iter().filter(is_paid).map(|it| it.prompt_tokens).sum();
    assert_eq!(job["usage"]["input_tokens"], read, "{job:#}");
    let degraded = job["degraded"].as_str().unwrap_or("-");
    format!("{} {code} {degraded}", job["status"].as_str().unwrap())
}

/// What stays wrong ends each stage with its own code, and all that was paid is counted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_at_every_stage() {
    let service = impatient().await;
    let (unavailable, invalid) =
        ("failed summarizer_unavailable -", "failed summarizer_invalid_answer -");
    let (blocked, refused) =
        ("failed summarizer_blocked segments_blocked", "failed summarizer_unauthorized -");
    let quota = "queued summarizer_quota -";
    let half = "succeeded - segments_blocked";
    let silent = "failed no_captions -";
    let table = [
        (Fault::Unavailable, [unavailable; 3]),
        (Fault::Internal, [unavailable; 3]),
        (Fault::MidStreamError, [unavailable; 3]),
        (Fault::CutStream, [unavailable; 3]),
        (Fault::Stall, [unavailable; 3]),
        (Fault::ArrayWrappedError, [unavailable; 3]),
        (Fault::Malformed, [invalid; 3]),
        (Fault::MaxTokens, [invalid; 3]),
        (Fault::MaxTokensEmpty, [invalid; 3]),
        (Fault::BlockedPrompt, [blocked, half, blocked]),
        (Fault::Safety, [blocked, half, blocked]),
        (Fault::Recitation, [blocked, half, blocked]),
        (Fault::NotFound, [refused, refused, silent]),
        (Fault::KeyInvalid, [refused; 3]),
        (Fault::Forbidden, [refused, refused, silent]),
        (Fault::Region, [refused; 3]),
        (Fault::ClipRefused, ["succeeded - -", "succeeded - -", silent]),
        (Fault::RateDay, [quota; 3]),
    ];
    let mut number = 0;
    for (fault, expected) in table {
        for (stage, expected) in
            [Stage::Pack, Stage::Second, Stage::Watch].into_iter().zip(expected)
        {
            number += 1;
            // What a model has been found to be is forgotten with the process.
            let fresh = matches!(fault, Fault::NotFound | Fault::RateDay).then(impatient);
            let found = match fresh {
                Some(fresh) => {
                    let fresh = fresh.await;
                    let found = outcome(&fresh, fault, stage, number).await;
                    fresh.stop().await;
                    found
                }
                None => outcome(&service, fault, stage, number).await,
            };
            assert_eq!(found, expected, "{fault:?} at {stage:?}");
        }
    }
    service.stop().await;
}
