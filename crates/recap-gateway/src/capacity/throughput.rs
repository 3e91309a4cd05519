//! How fast jobs end, as far as this process hears of it.

use std::time::Duration;

use jiff::Timestamp;

use crate::body::time_between;

/// How far back the estimate looks: what is older counts for less and less.
const MEMORY: Duration = Duration::from_mins(5);

/// When nothing is known: about the time that one video takes.
const UNKNOWN: Duration = Duration::from_secs(30);

const LEAST: Duration = Duration::from_secs(5);
const MOST: Duration = Duration::from_mins(10);

/// An estimate of the rate at which jobs end: a sum over all ends, each of which
/// weighs less with its age, exponentially.
#[derive(Debug, Default)]
pub(super) struct Throughput {
    /// When the first job ended, from which on the time is known.
    since: Option<Timestamp>,
    /// When the last job ended, and the sum as it was then, without the first.
    last: Option<(Timestamp, f64)>,
}

impl Throughput {
    /// A job ended.
    pub(super) fn note(&mut self, now: Timestamp) {
        if self.since.is_none() {
            self.since = Some(now);
        } else {
            let sum = self.last.map_or(0.0, |(at, sum)| sum * decay(at, now));
            self.last = Some((now, sum + 1.0));
        }
    }

    /// How long it takes about until one more job has ended.
    pub(super) fn wait(&self, now: Timestamp) -> Duration {
        let (Some(since), Some((at, sum))) = (self.since, self.last) else { return UNKNOWN };
        let sum = sum * decay(at, now);
        // One who has listened for a minute cannot have heard five minutes' worth.
        let heard = MEMORY.mul_f64(1.0 - decay(since, now));
        let seconds = (heard.as_secs_f64() / sum).clamp(LEAST.as_secs_f64(), MOST.as_secs_f64());
        Duration::from_secs_f64(seconds)
    }
}

/// What is left of a weight after the time from `at` to `now`.
fn decay(at: Timestamp, now: Timestamp) -> f64 {
    (-time_between(at, now).as_secs_f64() / MEMORY.as_secs_f64()).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One job ends every `every` seconds, `count` times; then `quiet` seconds pass.
    #[track_caller]
    fn check(count: u64, every: u64, quiet: u64, expected: u64) {
        let began = "2026-01-01T00:00:00Z".parse::<Timestamp>().expect("a time");
        let after = |seconds| began + Duration::from_secs(seconds);
        let mut throughput = Throughput::default();
        (1..=count).for_each(|it| throughput.note(after(it * every)));
        let wait = throughput.wait(after(count * every + quiet)).as_secs();
        assert_eq!(wait, expected, "{count} jobs, one in {every} s");
    }

    #[test]
    fn the_wait_is_the_time_between_ends() {
        check(100, 60, 0, 54);
        check(1000, 10, 0, 9);
        // From the second one on.
        check(2, 20, 0, 19);
        check(3, 20, 0, 19);
    }

    #[test]
    fn the_wait_is_bounded() {
        check(0, 1, 0, 30);
        check(1, 1, 1000, 30);
        check(1000, 1, 0, 5);
        check(10, 10, 3600, 600);
        check(2, 100_000, 0, 300);
    }
}
