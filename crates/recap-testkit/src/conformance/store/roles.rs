//! Roles that one process has at a time, and what the operator wants.

use std::sync::Arc;

use recap_core::ports::{Control, Flags, LimitChanges, Store};
use tokio::task::JoinSet;

use super::at;

const RACERS: usize = 32;

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    a_role_is_held_by_one(&*fresh().await).await;
    of_many_at_once_one_holds(fresh().await).await;
    what_the_operator_wants_is_kept(&*fresh().await).await;
}

async fn a_role_is_held_by_one(store: &dyn Store) {
    let hold = async |name, holder, now, until| {
        store.hold(name, holder, at(now), at(until)).await.unwrap()
    };
    assert!(hold("reconcile", "ann", 0, 10).await);
    assert!(!hold("reconcile", "bob", 9, 20).await);
    assert!(hold("other", "bob", 9, 20).await, "another role");

    assert!(hold("reconcile", "ann", 9, 20).await, "renewed by its holder");
    assert!(!hold("reconcile", "bob", 19, 30).await);
    assert!(hold("reconcile", "bob", 20, 30).await, "it had ended");
    assert!(!hold("reconcile", "ann", 29, 40).await);

    assert!(hold("reconcile", "bob", 29, 29).await, "given back");
    assert!(hold("reconcile", "ann", 29, 40).await);
}

async fn of_many_at_once_one_holds(store: Arc<dyn Store>) {
    for (now, until) in [(0, 10), (10, 20)] {
        let mut race = JoinSet::new();
        for racer in 0..RACERS {
            let store = Arc::clone(&store);
            let holder = format!("racer {racer} at {now}");
            race.spawn(
                async move { store.hold("role", &holder, at(now), at(until)).await.unwrap() },
            );
        }
        let won = race.join_all().await.into_iter().filter(|it| *it).count();
        assert_eq!(won, 1, "of {RACERS} at once, one must win");
    }
}

async fn what_the_operator_wants_is_kept(store: &dyn Store) {
    assert_eq!(store.control().await.unwrap(), Control::default());
    let drain = "2100-01-01T00:00:00.123456789Z".parse().unwrap();
    for control in [
        Control { paused: true, ..Control::default() },
        Control { drain_asked_at: Some(drain), ..Control::default() },
        Control {
            flags: Flags { video_preview: Some(false), ..Flags::default() },
            ..Control::default()
        },
        Control {
            limits: LimitChanges {
                fetches: Some(64),
                open_jobs: Some(1_000_000),
                reads_per_minute: Some(60_000_000),
                lists_per_minute: Some(0),
                ..LimitChanges::default()
            },
            ..Control::default()
        },
        Control::default(),
    ] {
        store.set_control(&control).await.unwrap();
        assert_eq!(store.control().await.unwrap(), control);
    }
}
