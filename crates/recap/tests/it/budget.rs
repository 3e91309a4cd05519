//! What an hour of video costs in calls, and what becomes of jobs when the calls of
//! a day run out.

use std::time::{Duration, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use recap_config::Config;
use recap_simulator::scenario;
use serde_json::Value;

use crate::service::{Service, with_gemini};

/// An hour, with captions.
const HOUR: &str = "ok_hour0001";

/// Ten jobs, each of another video of an hour, as they end or wait.
async fn ten(service: &Service) -> Vec<Value> {
    service.youtube.disguise(scenario::find(HOUR));
    let mut ids = Vec::new();
    for number in 0..10 {
        ids.push(service.submit(&scenario::copy(number)).await);
    }
    let mut jobs = Vec::new();
    for id in ids {
        jobs.push(service.settled(&id).await);
    }
    jobs
}

/// Since 1970.
#[expect(clippy::disallowed_methods, reason = "the service's clock is real, too")]
fn elapsed() -> Duration {
    std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap()
}

/// Calls that `model` has answered.
fn answered(service: &Service, model: &str) -> usize {
    let calls = service.gemini.calls();
    calls.iter().filter(|it| it.model == model && it.status == 200).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_hour_costs_two_calls() {
    let service = Service::start(with_gemini).await;
    let job = service.summarize(HOUR).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    assert_eq!(job["usage"]["calls"], 2, "{job:#}");
    assert_eq!(service.gemini.calls().len(), 2);
    assert!(job["progress"]["segments_total"].as_u64().unwrap() >= 6, "{job:#}");
    assert_eq!(job["result"]["coverage"], 1.0, "{job:#}");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_first_model_is_spent_the_next_one_goes_on() {
    let service = Service::start(with_gemini).await;
    let models = Config::default().gemini.models;
    service.gemini.set_quota(&models[0], 3);
    for job in ten(&service).await {
        assert_eq!(job["status"], "succeeded", "{job:#}");
    }
    assert_eq!(answered(&service, &models[0]), 3);
    assert_eq!(answered(&service, &models[1]), 17);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_all_are_spent_jobs_wait_for_midnight_and_none_fails() {
    let service = Service::start(with_gemini).await;
    let models = Config::default().gemini.models;
    for model in &models {
        service.gemini.set_quota(model, 3);
    }
    let jobs = ten(&service).await;
    let (done, waiting): (Vec<_>, Vec<_>) =
        jobs.into_iter().partition(|it| it["status"] == "succeeded");
    assert!((3..=4).contains(&done.len()), "{}", done.len());
    for job in waiting {
        assert_eq!((&job["status"], &job["waiting_reason"]), (&"queued".into(), &"quota".into()));
        let retry_at: Timestamp = job["retry_at"].as_str().unwrap().parse().unwrap();
        // Midnight in California, by winter or by summer time.
        let at = retry_at.to_zoned(TimeZone::UTC);
        assert!(matches!((at.hour(), at.minute(), at.second()), (7 | 8, 0, 0)), "{retry_at}");
        let wait = retry_at.duration_since(Timestamp::UNIX_EPOCH + elapsed());
        assert!(wait.is_positive() && wait.as_hours() <= 24, "{retry_at}");
    }
    let spent: usize = models.iter().map(|it| answered(&service, it)).sum();
    assert_eq!(spent, 9);
    service.stop().await;
}
