//! Canceling jobs.

use recap_core::ports::JobEvent;
use recap_core::{JobKind, Status};
use recap_testkit::samples;

use crate::app::{JOB, TestGateway};

fn path() -> String {
    format!("/v1/jobs/{JOB}/cancel")
}

#[tokio::test]
async fn a_waiting_job_is_canceled_at_once() {
    let app = TestGateway::spawn();
    let job = app.keep(samples::queued(JobKind::Summary)).id;
    let reply = app.send("POST", &path(), &[], b"").await;
    assert_eq!((reply.status, &reply.json()["status"]), (200, &"canceled".into()));
    assert_eq!(reply.json()["error"]["code"], "canceled");
    let event = JobEvent::Changed { job, status: Status::Canceled };
    assert_eq!(app.events.published(), [event]);
}

#[tokio::test]
async fn a_running_job_is_told_to_stop() {
    let app = TestGateway::spawn();
    let mut job = samples::queued(JobKind::Summary);
    job.status = Status::Running;
    let job = app.keep(job).id;
    let reply = app.send("POST", &path(), &[], b"").await;
    assert_eq!((reply.status, &reply.json()["status"]), (200, &"running".into()));
    assert_eq!(app.events.published(), [JobEvent::CancelRequested { job }]);
}

#[tokio::test]
async fn an_ended_job_stays_as_it_is() {
    let app = TestGateway::spawn();
    for status in [Status::Succeeded, Status::Failed, Status::Canceled, Status::Expired] {
        let mut job = samples::queued(JobKind::Summary);
        job.status = status;
        let job = app.keep(job);
        let reply = app.send("POST", &path(), &[], b"").await;
        assert_eq!((reply.status, &reply.json()["code"]), (409, &"job_finished".into()));
        assert_eq!(app.store.job(job.id), Some(job));
    }
    assert!(app.events.published().is_empty());
}

#[tokio::test]
async fn a_job_that_is_not_there_cannot_be_canceled() {
    let app = TestGateway::spawn();
    let reply = app.send("POST", &path(), &[], b"").await;
    assert_eq!((reply.status, &reply.json()["code"]), (404, &"job_not_found".into()));
}
