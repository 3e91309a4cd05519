//! Every fault of Gemini, and how the job ends.

use recap_simulator::gemini::Fault;
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
