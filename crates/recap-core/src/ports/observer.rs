//! Who counts what jobs do.

use std::time::Duration;

use crate::error::ErrorCode;
use crate::job::Job;

/// Told of what happens to jobs in this process, for metrics. Must not block.
pub trait Observer: Send + Sync {
    /// A worker has taken `job` for the first time, so long after it was asked
    /// for.
    fn started(&self, job: &Job, waited: Duration);

    /// The first notes on `job` are there, so long after it was asked for.
    fn first_notes(&self, job: &Job, after: Duration);

    /// `job` has its terminal status.
    fn ended(&self, job: &Job);

    /// An attempt ended, and another one will follow.
    fn retried(&self, code: ErrorCode);

    /// Jobs were found that seemed lost.
    fn requeued(&self, jobs: usize);
}

/// Counts nothing.
pub struct Unobserved;

impl Observer for Unobserved {
    fn started(&self, _: &Job, _: Duration) {}

    fn first_notes(&self, _: &Job, _: Duration) {}

    fn ended(&self, _: &Job) {}

    fn retried(&self, _: ErrorCode) {}

    fn requeued(&self, _: usize) {}
}
