//! Slots of all processes.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use recap_core::ports::{Permit, Slot, Slots};
use recap_redis::redis::Script;
use tokio::sync::Mutex;
use ulid::Ulid;

use super::{Bells, MemorySlots};
use crate::leases::{Keeper, Lease, Leased};
use crate::server::Server;

/// Longest time between two looks at whether a slot is free, in ms: news of
/// one may be lost.
const POLL_MS: u64 = 500;

/// A slot of the process first, so that it never takes more than there are and
/// serves its own in order; then one of the fleet, which the process keeps by
/// [`Keeper`]. While the server is away the process's own is enough.
pub(crate) struct RedisSlots {
    server: Server,
    keeper: Arc<Keeper>,
    near: MemorySlots,
    bells: Arc<Bells>,
    /// Held by the one that waits for the fleet.
    turns: [Mutex<()>; 2],
    script: Script,
}

impl RedisSlots {
    pub(crate) fn new(
        server: Server,
        keeper: Arc<Keeper>,
        near: MemorySlots,
        bells: Arc<Bells>,
    ) -> Self {
        let script = Script::new(include_str!("../lua/acquire.lua"));
        Self { server, keeper, near, bells, turns: Default::default(), script }
    }

    /// How long until it is worth asking again, 0 if the slot is the lease's;
    /// `None` while the server is away.
    async fn ask(&self, slot: Slot, lease: &Lease) -> Option<u64> {
        let duration = u64::try_from(self.keeper.lease().as_millis()).expect("minutes");
        let mut call = self.script.prepare_invoke();
        call.key(lease.leased().key(&self.server));
        call.arg(lease.token()).arg(self.near.limit(slot)).arg(duration);
        self.server.run(&call).await
    }

    async fn wait_for_the_fleet(&self, slot: Slot, lease: &Lease) {
        let _turn = self.turns[slot as usize].lock().await;
        while let Some(next) = self.ask(slot, lease).await.filter(|it| *it > 0) {
            let pause = Duration::from_millis(next.min(jittered(POLL_MS)));
            tokio::select! {
                () = self.bells.of(slot).notified() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }
}

#[async_trait]
impl Slots for RedisSlots {
    async fn acquire(&self, slot: Slot) -> Permit {
        let waiting = self.near.waiting(slot);
        let mine = self.near.take(slot).await;
        let lease = self.keeper.begin(Leased::Slot(slot));
        self.wait_for_the_fleet(slot, &lease).await;
        drop(waiting);
        lease.hold();
        // Dropped in this order: the fleet's before the process's own.
        Permit::new((lease, self.near.in_use(slot), mine))
    }

    fn set_limit(&self, slot: Slot, limit: usize) {
        self.near.set_limit(slot, limit);
        // Whoever waits for the fleet asks with the new limit.
        self.bells.ring(slot);
    }

    fn limit(&self, slot: Slot) -> usize {
        self.near.limit(slot)
    }
}

/// From the upper half up to `most`, so that those who wait do not all ask at
/// the same time.
fn jittered(most: u64) -> u64 {
    let chance = u64::try_from(Ulid::generate().random() % 1000).expect("below 1000");
    most - most * chance / 2000
}
