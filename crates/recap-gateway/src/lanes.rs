//! How many jobs may wait in the queue; the others wait in the store, so that
//! nobody's many jobs stand in front of somebody's only one.

mod clients;

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use recap_config::QueueConfig;
use recap_core::Job;
use recap_core::job::Lane;
use recap_core::ports::StoreError;
use tokio::sync::Mutex;

use self::clients::{Client, Clients};
use crate::context::Context;

/// How long the count of a whole lane is used before the store is asked again.
const FRESH: Duration = Duration::from_secs(1);

/// Keeps the lanes of the queue short.
pub(crate) struct Lanes {
    per_lane: u64,
    per_client: u64,
    /// As many as there are lanes: two for each region, and two without.
    counts: Mutex<HashMap<Lane, Count>>,
    clients: Clients,
}

#[derive(Clone, Copy)]
struct Count {
    at: Timestamp,
    waiting: u64,
}

impl Lanes {
    pub(crate) fn new(config: &QueueConfig) -> Self {
        let (per_lane, per_client) = (config.entries_per_lane, config.entries_per_client);
        Self { per_lane, per_client, counts: Mutex::default(), clients: Clients::new(per_client) }
    }

    /// Takes a place in the queue for `job`, and says whether there was one.
    /// Costs at most three questions, no count beyond its limit; and none at all for
    /// a few jobs after those.
    pub(crate) async fn take(
        &self,
        cx: &Context,
        job: &Job,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let client = (job.input.lane(), job.owner.clone());
        let taken = self.waiting(cx, &client.0, now).await? < self.per_lane
            && self.take_own(cx, &client, now).await?;
        if !taken {
            self.clients.parked(&client);
        } else if let Some(count) = self.counts.lock().await.get_mut(&client.0) {
            count.waiting += 1;
        }
        Ok(taken)
    }

    async fn take_own(
        &self,
        cx: &Context,
        client: &Client,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        if let Some(known) = self.clients.take(client, now) {
            return Ok(known);
        }
        let (lane, owner) = client;
        let begun = self.clients.begin();
        let own = cx.ask(cx.store().count_waiting(lane, Some(owner), self.per_client)).await?;
        if own >= self.per_client {
            self.clients.full(client.clone(), now);
            return Ok(false);
        }
        // Not before the client's own that wait outside; who has nothing in the
        // queue will see them fed at once.
        if own > 0 && cx.ask(cx.store().has_parked(lane, owner)).await? {
            return Ok(false);
        }
        self.clients.counted(begun, client.clone(), own, now);
        Ok(true)
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
