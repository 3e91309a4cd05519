//! Of jobs that would do the same work, one does it.

use std::sync::Arc;

use recap_core::Status;
use recap_core::ports::{Claim, Renewal, Store};
use tokio::task::JoinSet;

use super::{at, back, ended, running};

const WORK: &str = "summary:dQw4w9WgXcQ:$1.a";
const RACERS: usize = 32;

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    a_live_leader_stays(&*fresh().await).await;
    a_leader_that_is_gone_is_replaced(&*fresh().await).await;
    a_late_worker_does_not_lead(&*fresh().await).await;
    of_many_at_once_one_leads(fresh().await).await;
    the_next_leader_is_one_too(fresh().await).await;
}

async fn a_live_leader_stays(store: &dyn Store) {
    let (first, second) = (running(store).await, running(store).await);
    for _ in 0..2 {
        assert_eq!(store.lead(first.lease, WORK, at(1)).await.unwrap(), None);
        let leader = store.lead(second.lease, WORK, at(1)).await.unwrap();
        assert_eq!(leader, Some(first.job.id));
    }
    assert_eq!(store.lead(second.lease, "other work", at(1)).await.unwrap(), None);

    store.renew(first.lease, at(100)).await.unwrap();
    assert_eq!(store.lead(second.lease, WORK, at(99)).await.unwrap(), Some(first.job.id));
}

async fn a_leader_that_is_gone_is_replaced(store: &dyn Store) {
    let mut last = running(store).await;
    assert_eq!(store.lead(last.lease, WORK, at(1)).await.unwrap(), None);

    // Each has ended in another way.
    for way in 0..3 {
        let next = running(store).await;
        store.renew(next.lease, at(500)).await.unwrap();
        let gone = match way {
            0 => store.finish(last.lease, &ended(&last.job, Status::Failed)).await.unwrap(),
            1 => store.release(last.lease, &back(&last.job), at(2)).await.unwrap(),
            _ => store.renew(last.lease, at(10)).await.unwrap() == Renewal::Held,
        };
        assert!(gone);
        assert_eq!(store.lead(next.lease, WORK, at(10)).await.unwrap(), None);
        assert_eq!(store.lead(next.lease, WORK, at(10)).await.unwrap(), None);
        last = next;
    }

    // A job that is forgotten leads no more.
    assert!(store.finish(last.lease, &ended(&last.job, Status::Failed)).await.unwrap());
    assert!(store.forget(at(1000), 10).await.unwrap() > 0);
    let next = running(store).await;
    assert_eq!(store.lead(next.lease, WORK, at(10)).await.unwrap(), None);
}

async fn a_late_worker_does_not_lead(store: &dyn Store) {
    let late = running(store).await;
    assert!(store.finish(late.lease, &ended(&late.job, Status::Succeeded)).await.unwrap());
    store.lead(late.lease, WORK, at(1)).await.unwrap();
    let next = running(store).await;
    assert_eq!(store.lead(next.lease, WORK, at(1)).await.unwrap(), None);
}

/// All of them would do [`WORK`]; the ids that they are told, one each.
async fn race(store: &Arc<dyn Store>, second: u64) {
    let mut claims = Vec::new();
    for _ in 0..RACERS {
        let claim = running(&**store).await;
        store.renew(claim.lease, at(500)).await.unwrap();
        claims.push(claim);
    }
    let mut racers = JoinSet::new();
    for Claim { job, lease, .. } in claims {
        let store = Arc::clone(store);
        racers.spawn(async move {
            let leader = store.lead(lease, WORK, at(second)).await.unwrap();
            leader.unwrap_or(job.id)
        });
    }
    let mut leaders = racers.join_all().await;
    leaders.sort();
    leaders.dedup();
    assert_eq!(leaders.len(), 1, "one leads and the others are told which");
}

async fn of_many_at_once_one_leads(store: Arc<dyn Store>) {
    race(&store, 1).await;
}

async fn the_next_leader_is_one_too(store: Arc<dyn Store>) {
    let first = running(&*store).await;
    assert_eq!(store.lead(first.lease, WORK, at(1)).await.unwrap(), None);
    race(&store, 20).await;
}
