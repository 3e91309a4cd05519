//! A terminal status never changes, whoever tries.

use std::sync::Arc;
use std::time::Duration;

use recap_core::Status;
use recap_core::ports::{Cancel, Claim, Store};

use super::lease::refuses;
use super::{LEASE, at, ended, failure, running, stored};

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    for status in [Status::Succeeded, Status::Failed, Status::Canceled, Status::Expired] {
        an_ended_job_stays_as_it_is(&*fresh().await, status).await;
    }
}

async fn an_ended_job_stays_as_it_is(store: &dyn Store, status: Status) {
    let Claim { job, lease, .. } = running(store).await;
    assert!(store.finish(lease, &ended(&job, status)).await.unwrap());
    let end = stored(store, &job).await;
    assert_eq!(end.status, status);

    // Long after its lease, and after its `expires_at`, too.
    for now in [at(10), at(5000)] {
        refuses(store, lease, &job).await;
        assert!(store.claim(job.id, now, LEASE).await.unwrap().is_none());
        assert_eq!(
            store.cancel(job.id, &failure(), now, at(1000)).await.unwrap(),
            Cancel::Finished
        );
        assert!(store.take_stale(now, Duration::ZERO, 10).await.unwrap().is_empty());
        assert!(store.expire(now, &failure(), at(9000), 10).await.unwrap().is_empty());
        store.insert(&job, false).await.unwrap();
        assert_eq!(stored(store, &job).await, end);
    }
}
