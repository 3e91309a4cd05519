//! How many jobs may wait in the queue; the others wait in the store, so that
//! nobody's many jobs stand in front of somebody's only one.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Mutex as Lock, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use lru::LruCache;
use recap_config::QueueConfig;
use recap_core::Job;
use recap_core::job::{Lane, Owner};
use recap_core::ports::StoreError;
use tokio::sync::Mutex;

use crate::context::Context;

/// How long the count of a whole lane is used before the store is asked again.
const FRESH: Duration = Duration::from_secs(1);

/// The same for the jobs of a client that has no place left: so soon is it noticed
/// that it has one again.
const FRESH_FULL: Duration = Duration::from_millis(250);

/// Clients without a place that are remembered.
const MOST_FULL: NonZeroUsize = NonZeroUsize::new(1000).expect("not zero");

/// Keeps the lanes of the queue short.
pub(crate) struct Lanes {
    per_lane: u64,
    per_client: u64,
    /// As many as there are lanes: two for each region, and two without.
    counts: Mutex<HashMap<Lane, Count>>,
    /// Since when clients have no place: those with many jobs are not asked about
    /// for each of them.
    full: Lock<LruCache<(Lane, Owner), Timestamp>>,
}

#[derive(Clone, Copy)]
struct Count {
    at: Timestamp,
    waiting: u64,
}

impl Lanes {
    pub(crate) fn new(config: &QueueConfig) -> Self {
        let (per_lane, per_client) = (config.entries_per_lane, config.entries_per_client);
        let full = Lock::new(LruCache::new(MOST_FULL));
        Self { per_lane, per_client, counts: Mutex::default(), full }
    }

    /// Takes a place in the queue for `job`, and says whether there was one.
    /// Costs at most three questions, no count beyond its limit.
    pub(crate) async fn take(
        &self,
        cx: &Context,
        job: &Job,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let lane = job.input.lane();
        if self.waiting(cx, &lane, now).await? >= self.per_lane {
            return Ok(false);
        }
        let client = (lane, job.owner.clone());
        let full = self.full().get(&client).copied();
        if full.is_some_and(|it| it <= now && now < it + FRESH_FULL) {
            return Ok(false);
        }
        let (lane, owner) = (&client.0, &client.1);
        let own = cx.ask(cx.store().count_waiting(lane, Some(owner), self.per_client)).await?;
        if own >= self.per_client {
            self.full().put(client, now);
            return Ok(false);
        }
        // Not before the client's own that wait outside; who has nothing in the
        // queue will see them fed at once.
        if own > 0 && cx.ask(cx.store().has_parked(lane, owner)).await? {
            return Ok(false);
        }
        if let Some(count) = self.counts.lock().await.get_mut(lane) {
            count.waiting += 1;
        }
        Ok(true)
    }

    fn full(&self) -> MutexGuard<'_, LruCache<(Lane, Owner), Timestamp>> {
        self.full.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn waiting(&self, cx: &Context, lane: &Lane, now: Timestamp) -> Result<u64, StoreError> {
        // Held while counting, so that a burst of submits asks the store once.
        let mut counts = self.counts.lock().await;
        let known = counts.get(lane).filter(|it| it.at <= now && now < it.at + FRESH);
        if let Some(known) = known {
            return Ok(known.waiting);
        }
        let waiting = cx.ask(cx.store().count_waiting(lane, None, self.per_lane)).await?;
        counts.insert(lane.clone(), Count { at: now, waiting });
        Ok(waiting)
    }
}
