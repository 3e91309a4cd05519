//! Turns what happens to jobs into metrics.

use std::time::Duration;

use recap_core::ports::Observer;
use recap_core::{ErrorCode, Job};
use recap_telemetry::metrics;

pub(crate) struct Metered;

impl Observer for Metered {
    fn started(&self, job: &Job, waited: Duration) {
        metrics::job_started(&job.input.priority.to_string(), waited);
    }

    fn first_notes(&self, job: &Job, after: Duration) {
        let source = job.transcript.as_ref().map(|it| it.source.to_string());
        metrics::first_notes(&source.unwrap_or_default(), after);
    }

    fn ended(&self, job: &Job) {
        let (kind, status) = (job.kind.to_string(), job.status.to_string());
        let code = job.error.as_ref().map_or_else(String::new, |it| it.code.to_string());
        let took = job.completed_at.map(|it| it.duration_since(job.created_at));
        let took = took.and_then(|it| it.try_into().ok()).unwrap_or_default();
        metrics::job_ended(&kind, &status, &code, took);
        for time in &job.timings {
            let took = Duration::from_millis(time.milliseconds);
            metrics::stage_took(&time.stage.to_string(), took);
        }
    }

    fn retried(&self, code: ErrorCode) {
        metrics::job_retried(&code.to_string());
    }

    fn requeued(&self, jobs: usize) {
        metrics::jobs_requeued(jobs);
    }
}
