//! The jobs of a batch.

use jiff::Timestamp;

use super::Desk;
use crate::job::{BatchCounts, BatchItem, Job, JobId, Status};
use crate::ports::{Cancel, JobFilter, Store, StoreError};

/// Jobs that are looked at at once.
const PAGE: usize = 100;

impl Desk {
    /// How the jobs of an ended batch have ended, or `None` while one is open.
    pub(super) async fn settle(
        &self,
        batch: &Job,
        now: Timestamp,
    ) -> Result<Option<BatchCounts>, StoreError> {
        if batch.counts.are_final() {
            return Ok(Some(batch.counts));
        }
        if batch.status == Status::Canceled {
            self.cancel_children(batch.id, now).await?;
        }
        let counts = count(&*self.store, batch).await?;
        Ok((counts.open() == 0).then_some(counts))
    }

    async fn cancel_children(&self, batch: JobId, now: Timestamp) -> Result<(), StoreError> {
        for status in [Status::Running, Status::Queued] {
            let mut before = None;
            loop {
                let filter = JobFilter {
                    batch: Some(batch),
                    status: Some(status),
                    before,
                    limit: PAGE,
                    ..JobFilter::default()
                };
                let page = self.store.list(&filter).await?;
                for child in &page.jobs {
                    if self.cancel(child.id, now).await? == Cancel::Canceled
                        && let Some(ended) = self.store.find(child.id).await?
                    {
                        self.tell_once(&ended).await?;
                    }
                }
                before = page.jobs.last().map(|it| it.id);
                if !page.has_more {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// How the items are. Of those that never became a job the bad ones have failed,
/// and the others are not made any more. A job that was made by a process which
/// died over the next one is no item's yet.
pub(in crate::jobs) async fn count(
    store: &dyn Store,
    batch: &Job,
) -> Result<BatchCounts, StoreError> {
    let mut counts = store.count_batch(batch.id).await?;
    let items = |has: fn(&BatchItem) -> bool| batch.items.iter().filter(|it| has(it)).count();
    let strays = count_of(counts.total).saturating_sub(items(|it| it.job.is_some()));
    let unmade = items(|it| it.job.is_none() && it.error.is_none()).saturating_sub(strays);
    for _ in 0..items(|it| it.job.is_none() && it.error.is_some()) {
        counts.add(Status::Failed);
    }
    for _ in 0..unmade {
        counts.add(Status::Canceled);
    }
    Ok(counts)
}

fn count_of(jobs: u32) -> usize {
    usize::try_from(jobs).unwrap_or(usize::MAX)
}
