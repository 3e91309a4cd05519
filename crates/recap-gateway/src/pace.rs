//! How often an open job is worth asking for. Who cannot bear it waits with
//! `wait`, or reads the events.

use std::time::Duration;

use jiff::Timestamp;
use recap_core::{Job, Status};

use crate::body::eta;

/// When nothing better is known, in seconds.
const GUESS: u64 = 5;

/// Longest wait of a job that may be begun or end at any time, in seconds.
const MOST: u64 = 30;

/// Longest wait of a job that waits for a time, in seconds: it may be canceled
/// meanwhile.
const LONGEST: u64 = 3600;

/// Seconds until `job` is worth asking for again: a quarter of the time that it
/// is likely to take, so that a client learns of its end not much later; its own
/// time, if it waits for one; and while it is queued, longer with the number of
/// jobs that are open.
pub(crate) fn seconds(job: &Job, now: Timestamp, open_jobs: Option<u64>) -> u64 {
    let until = |it: Timestamp| Duration::try_from(it.duration_since(now)).ok();
    if let Some(wait) = job.retry_at.and_then(until).filter(|it| !it.is_zero()) {
        return wait.as_secs().clamp(1, LONGEST);
    }
    match (job.status, eta(job, now)) {
        (Status::Running, Some(left)) => left.div_ceil(4).clamp(1, MOST),
        (Status::Queued, _) => open_jobs.unwrap_or(GUESS).clamp(GUESS, MOST),
        _ => GUESS,
    }
}

#[cfg(test)]
mod tests {
    use recap_core::JobKind;
    use recap_core::job::{Progress, Stage};
    use recap_testkit::samples;

    use super::*;

    const BEGAN: &str = "2026-01-01T00:00:00Z";

    #[track_caller]
    fn check(job: &Job, after: u64, open_jobs: Option<u64>, expected: u64) {
        let now = BEGAN.parse::<Timestamp>().unwrap() + Duration::from_secs(after);
        assert_eq!(seconds(job, now, open_jobs), expected);
    }

    fn queued() -> Job {
        samples::queued(JobKind::Summary)
    }

    fn running(segments_done: u32) -> Job {
        let progress = Progress { stage: Stage::Summarizing, segments_done, segments_total: 8 };
        let started_at = Some(BEGAN.parse().unwrap());
        Job { status: Status::Running, started_at, progress, ..queued() }
    }

    #[test]
    fn a_running_job_is_asked_for_in_a_quarter_of_its_time() {
        // 50 %: as long as it has run.
        for (after, expected) in [(0, 1), (1, 1), (4, 1), (5, 2), (40, 10), (120, 30), (900, 30)] {
            check(&running(4), after, Some(500), expected);
        }
        // 10 %: nine times that.
        check(&running(0), 10, None, 23);
        check(&Job { progress: Progress::default(), ..running(0) }, 10, None, 5);
    }

    #[test]
    fn a_waiting_job_says_when_it_goes_on() {
        for (wait, expected) in [(1, 1), (90, 90), (100_000, 3600)] {
            let retry_at = BEGAN.parse::<Timestamp>().unwrap() + Duration::from_secs(wait);
            check(&Job { retry_at: Some(retry_at), ..queued() }, 0, Some(8), expected);
        }
        let retry_at = Some(BEGAN.parse().unwrap());
        check(&Job { retry_at, ..queued() }, 0, Some(8), 8);
        check(&Job { retry_at, ..queued() }, 60, Some(8), 8);
    }

    #[test]
    fn a_long_queue_is_asked_for_less_often() {
        for (open, expected) in [(None, 5), (Some(0), 5), (Some(12), 12), (Some(1000), 30)] {
            check(&queued(), 0, open, expected);
        }
    }
}
