//! How often something may happen, within one process.

use std::sync::Arc;
use std::time::Duration;

use recap_core::ports::{Limits, Rate};
use tokio::time::sleep;

use super::now;

/// One a second, and three at once.
pub(super) const RATE: Rate = Rate { count: 3, per: Duration::from_secs(3) };

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Limits>) {
    a_burst_and_then_evenly(&*fresh().await).await;
    each_name_has_its_own(&*fresh().await).await;
    what_is_used_up_stays_so_until_then(&*fresh().await).await;
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
    let once = Rate { count: 1, per: Duration::from_hours(1) };
    for name in ["a", "b", "a:b", "a b*", ""] {
        assert_eq!(limits.take(name, once).await, Ok(()), "{name}");
        let wait = limits.take(name, once).await.unwrap_err();
        assert!(wait > Duration::from_mins(59) && wait <= once.per, "{wait:?}");
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
