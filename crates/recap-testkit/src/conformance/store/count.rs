//! How many jobs are open, and how those of a batch are.

use std::sync::Arc;

use recap_core::job::{BatchCounts, Owner};
use recap_core::ports::Store;
use recap_core::{Job, JobId, JobKind, Status};

use super::{back, claimed, ended, failure, queued, running, sample, succeeded};

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    open_jobs_are_counted(&*fresh().await).await;
    open_jobs_are_counted_by_owner(&*fresh().await).await;
    jobs_of_a_batch_are_counted_by_status(&*fresh().await).await;
}

async fn open_jobs_are_counted(store: &dyn Store) {
    assert_eq!(store.count_open(None, 100).await.unwrap(), 0);
    queued(store).await;
    running(store).await;
    succeeded(store).await;
    for (limit, expected) in [(100, 2), (u64::MAX, 2), (2, 2), (1, 1), (0, 0)] {
        assert_eq!(store.count_open(None, limit).await.unwrap(), expected);
    }
}

async fn open_jobs_are_counted_by_owner(store: &dyn Store) {
    let [ann, bob, eve] = ["ann", "bob", "eve"].map(Owner::new);
    for (owner, count) in [(&ann, 3), (&bob, 2)] {
        for _ in 0..count {
            store
                .insert(&Job { owner: owner.clone(), ..sample(JobKind::Summary) }, true)
                .await
                .unwrap();
        }
    }
    let job = Job { owner: bob.clone(), ..sample(JobKind::Summary) };
    store.insert(&job, false).await.unwrap();
    let claim = claimed(store, &job, 0).await;
    for (owner, limit, expected) in
        [(&ann, 100, 3), (&ann, 2, 2), (&bob, u64::MAX, 3), (&bob, 0, 0), (&eve, 100, 0)]
    {
        assert_eq!(store.count_open(Some(owner), limit).await.unwrap(), expected);
    }
    store
        .finish(claim.lease, &Job { owner: bob.clone(), ..ended(&job, Status::Failed) })
        .await
        .unwrap();
    assert_eq!(store.count_open(Some(&bob), 100).await.unwrap(), 2);
    assert_eq!(store.count_open(None, 100).await.unwrap(), 5);
}

async fn jobs_of_a_batch_are_counted_by_status(store: &dyn Store) {
    let (batch, other) = (JobId::generate(), JobId::generate());
    assert_eq!(store.count_batch(batch).await.unwrap(), BatchCounts::default());
    let put = async |batch, parked| {
        let job = Job { batch: Some(batch), ..sample(JobKind::Summary) };
        store.insert(&job, parked).await.unwrap();
        job
    };
    for parked in [true, false] {
        put(batch, parked).await;
        put(other, parked).await;
    }
    for status in [Status::Running, Status::Succeeded, Status::Succeeded, Status::Failed] {
        let claim = claimed(store, &put(batch, false).await, 0).await;
        if status.is_terminal() {
            let end = Job { batch: Some(batch), ..ended(&claim.job, status) };
            assert!(store.finish(claim.lease, &end).await.unwrap());
        }
    }
    let canceled = put(batch, true).await;
    store.cancel(canceled.id, &failure(), super::at(1), super::at(1000)).await.unwrap();
    let returned = claimed(store, &put(batch, false).await, 0).await;
    assert!(store.release(returned.lease, &back(&returned.job), super::at(1)).await.unwrap());

    let expected = BatchCounts {
        total: 8,
        queued: 3,
        running: 1,
        succeeded: 2,
        failed: 1,
        canceled: 1,
        expired: 0,
    };
    assert_eq!(store.count_batch(batch).await.unwrap(), expected);
    let end = sample(JobKind::Summary).expires_at;
    assert_eq!(store.expire(end, &failure(), end, 100).await.unwrap().len(), 6);
    let counts = store.count_batch(batch).await.unwrap();
    assert_eq!((counts.total, counts.open(), counts.expired), (8, 0, 4));
}
