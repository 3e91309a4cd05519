//! When a message is sent again. Pure: the caller passes attempt and chance.

use std::time::Duration;

/// The waits after each failed attempt. The attempt after the last one is the
/// last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    pub waits: Vec<Duration>,
}

/// A wait is up to a fifth longer or shorter, so that messages which failed
/// together do not come back together.
const JITTER: f64 = 0.2;

/// Shortest wait after a sign of overload: a time-out, 429, 502 or 504.
const OVERLOADED: Duration = Duration::from_mins(1);

impl Schedule {
    /// How long to wait after `failed` failed attempts (from 1), or `None` to
    /// give up. `chance` in `[0, 1)` spreads it. `asked` is the answer's
    /// `Retry-After`: obeyed between the wait and twice the wait, so that nobody
    /// can keep a message for days.
    pub fn wait(
        &self,
        failed: u32,
        chance: f64,
        overloaded: bool,
        asked: Option<Duration>,
    ) -> Option<Duration> {
        let index = usize::try_from(failed.checked_sub(1)?).ok()?;
        let base = *self.waits.get(index)?;
        let base = if overloaded { base.max(OVERLOADED) } else { base };
        let spread = base.mul_f64(1.0 - JITTER + 2.0 * JITTER * chance.clamp(0.0, 1.0));
        let spread = if overloaded { spread.max(OVERLOADED) } else { spread };
        Some(asked.map_or(spread, |it| it.clamp(spread, base * 2)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(
        failed: u32,
        chance: f64,
        overloaded: bool,
        asked: Option<u64>,
        expected: Option<u64>,
    ) {
        let waits = [5, 300, 1800].map(Duration::from_secs).to_vec();
        let wait =
            Schedule { waits }.wait(failed, chance, overloaded, asked.map(Duration::from_secs));
        assert_eq!(wait.map(|it| it.as_secs()), expected);
    }

    #[test]
    fn waits_grow_and_end() {
        check(1, 0.5, false, None, Some(5));
        check(1, 0.0, false, None, Some(4));
        check(2, 0.5, false, None, Some(300));
        check(2, 1.0, false, None, Some(360));
        check(3, 0.5, false, None, Some(1800));
        check(4, 0.5, false, None, None);
        check(0, 0.5, false, None, None);
    }

    #[test]
    fn overload_and_what_was_asked_for_make_it_longer() {
        check(1, 0.0, true, None, Some(60));
        check(2, 0.5, true, None, Some(300));
        check(2, 0.5, false, Some(400), Some(400));
        check(2, 0.5, false, Some(10), Some(300));
        check(2, 0.5, false, Some(86_400), Some(600));
    }
}
