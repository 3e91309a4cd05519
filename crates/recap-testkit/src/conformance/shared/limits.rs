//! How often something may happen, within one process.

use std::sync::Arc;
use std::time::Duration;

use recap_core::ports::{Budget, Level, Limits, Rate};
use tokio::time::sleep;

use super::now;

/// One a second, and three at once.
pub(super) const RATE: Rate = Rate { count: 3, per: Duration::from_secs(3) };

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Limits>) {
    a_burst_and_then_evenly(&*fresh().await).await;
    each_name_has_its_own(&*fresh().await).await;
    what_is_used_up_stays_so_until_then(&*fresh().await).await;
    a_level_says_what_is_left(&*fresh().await).await;
    one_is_taken_from_each_or_none_from_any(&*fresh().await).await;
    what_is_used_up_counts_as_spent(&*fresh().await).await;
}

pub(super) fn budget(key: &str, rate: Rate) -> Budget {
    Budget { key: key.to_owned(), rate }
}

/// One an hour.
pub(super) const ONCE: Rate = Rate { count: 1, per: HOUR };

/// Two at once, then one an hour.
const TWICE: Rate = Rate { count: 2, per: Duration::from_hours(2) };

const HOUR: Duration = Duration::from_hours(1);

/// A time that began a moment ago.
#[track_caller]
fn nearly(time: Duration, whole: Duration) {
    assert!(time <= whole && time > whole.mul_f64(0.99), "{time:?} of {whole:?}");
}

async fn a_burst_and_then_evenly(limits: &dyn Limits) {
    for _ in 0..3 {
        assert_eq!(limits.take("a", RATE).await, Ok(()));
    }
    let wait = limits.take("a", RATE).await.unwrap_err();
    assert!(!wait.is_zero() && wait <= Duration::from_secs(1), "{wait:?}");
    sleep(wait).await;
    assert_eq!(limits.take("a", RATE).await, Ok(()));
    let wait = limits.take("a", RATE).await.unwrap_err();
    assert!(wait <= Duration::from_secs(1), "{wait:?}");
}

async fn each_name_has_its_own(limits: &dyn Limits) {
    for name in ["a", "b", "a:b", "a b*", ""] {
        assert_eq!(limits.take(name, ONCE).await, Ok(()), "{name}");
        nearly(limits.take(name, ONCE).await.unwrap_err(), HOUR);
    }
}

async fn what_is_used_up_stays_so_until_then(limits: &dyn Limits) {
    let (now, hour) = (now(), Duration::from_hours(1));
    assert_eq!(limits.exhausted("a", now).await, None);
    limits.exhaust("a", now + hour).await;
    let until = limits.exhausted("a", now).await.unwrap();
    assert_eq!(until.as_millisecond(), (now + hour).as_millisecond());
    assert_eq!(limits.exhausted("a", now + hour).await, None);
    assert_eq!(limits.exhausted("b", now).await, None);

    let wait = limits.take("a", RATE).await.unwrap_err();
    assert!(wait > Duration::from_mins(59) && wait <= hour, "{wait:?}");
    assert_eq!(limits.take("b", RATE).await, Ok(()));

    // Two who were told different times were both told the truth.
    limits.exhaust("a", now + hour / 2).await;
    assert_eq!(limits.exhausted("a", now).await, Some(until));

    limits.exhaust("c", now - hour).await;
    assert_eq!(limits.exhausted("c", now).await, None);
    assert_eq!(limits.take("c", RATE).await, Ok(()));
    let soon = super::now() + Duration::from_millis(300);
    limits.exhaust("d", soon).await;
    let wait = limits.take("d", RATE).await.unwrap_err();
    sleep(wait + Duration::from_millis(2)).await;
    assert_eq!(limits.take("d", RATE).await, Ok(()));
}

async fn a_level_says_what_is_left(limits: &dyn Limits) {
    let budgets = [budget("a", TWICE)];
    let full = Level { left: 2, full_in: Duration::ZERO, wait: Duration::ZERO };
    for _ in 0..5 {
        assert_eq!(limits.look(&budgets).await, [full], "looking takes nothing");
    }
    for left in [1, 0] {
        let verdict = limits.take_all(&budgets).await;
        assert!(verdict.granted);
        assert_eq!(verdict.levels[0].left, left);
        nearly(verdict.levels[0].full_in, HOUR * (2 - left));
        assert_eq!(verdict.wait().is_zero(), left > 0);
    }
    let looked = limits.look(&budgets).await;
    nearly(looked[0].wait, HOUR);
    nearly(looked[0].full_in, HOUR * 2);
    assert_eq!(limits.look(&[]).await, []);
}

async fn one_is_taken_from_each_or_none_from_any(limits: &dyn Limits) {
    let budgets = ["a", "b", "c"].map(|it| budget(it, TWICE));
    let left = |levels: &[Level]| levels.iter().map(|it| it.left).collect::<Vec<_>>();
    let verdict = limits.take_all(&budgets).await;
    assert!(verdict.granted);
    assert_eq!(left(&verdict.levels), [1, 1, 1]);
    assert_eq!(limits.take("b", TWICE).await, Ok(()));

    let verdict = limits.take_all(&budgets).await;
    assert!(!verdict.granted);
    assert_eq!(left(&verdict.levels), [1, 0, 1]);
    assert!(verdict.levels[0].wait.is_zero() && verdict.levels[2].wait.is_zero());
    nearly(verdict.wait(), HOUR);
    assert_eq!(left(&limits.look(&budgets).await), [1, 0, 1], "nothing was taken");
    let others = [budgets[2].clone(), budgets[0].clone()];
    assert!(limits.take_all(&others).await.granted);
    let nothing = limits.take_all(&[]).await;
    assert!(nothing.granted && nothing.levels.is_empty());
}

async fn what_is_used_up_counts_as_spent(limits: &dyn Limits) {
    let budgets = [budget("a", TWICE), budget("b", TWICE)];
    limits.exhaust("b", now() + HOUR).await;
    let verdict = limits.take_all(&budgets).await;
    assert!(!verdict.granted);
    assert_eq!((verdict.levels[0].left, verdict.levels[1].left), (2, 0));
    nearly(verdict.wait(), HOUR);
    nearly(limits.look(&budgets).await[1].full_in, HOUR);
    assert!(limits.take_all(&budgets[..1]).await.granted);
}
