//! What this process holds on the server: held for as long as the guard lives,
//! and free by itself a lease after the process has died.
//!
//! A lease is a courtesy, not a lock. When it cannot be renewed in time the
//! holder goes on all the same, and for a while there may be one more at work
//! than the settings say; nothing that is kept depends on there not being one.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use recap_core::ports::Slot;
use recap_redis::redis::{Cmd, Script};
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;
use tokio_util::task::AbortOnDropHandle;
use ulid::Ulid;

use crate::news::{News, Outbox, name_of};
use crate::server::Server;
use crate::slots::Bells;

/// What a lease is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Leased {
    Slot(Slot),
    /// Making the value of this cache key.
    Flight(String),
}

impl Leased {
    /// Its key on the server.
    pub(crate) fn key(&self, server: &Server) -> String {
        match self {
            Self::Slot(slot) => server.key(format_args!("slots:{}", name_of(*slot))),
            Self::Flight(key) => server.key(format_args!("flight:{key}")),
        }
    }
}

/// Held until it is dropped.
pub(crate) struct Lease {
    orders: mpsc::UnboundedSender<Order>,
    leased: Leased,
    token: String,
}

impl Lease {
    /// What distinguishes it from all others.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    pub(crate) fn leased(&self) -> &Leased {
        &self.leased
    }

    /// From now on it is renewed.
    pub(crate) fn hold(&self) {
        let order = Order::Hold(self.leased.clone(), self.token.clone());
        let _ = self.orders.send(order);
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // An error says that the process is about to end; then the lease ends.
        let order = Order::Release(self.leased.clone(), self.token.clone());
        let _ = self.orders.send(order);
    }
}

enum Order {
    Hold(Leased, String),
    Release(Leased, String),
}

/// Renews and releases, in the background and in order.
pub(crate) struct Keeper {
    /// Not bounded by itself: each lease is at most two orders.
    orders: mpsc::UnboundedSender<Order>,
    lease: Duration,
    _task: AbortOnDropHandle<()>,
}

impl Keeper {
    pub(crate) fn new(server: Server, lease: Duration, outbox: Outbox, bells: Arc<Bells>) -> Self {
        let (orders, given) = mpsc::unbounded_channel();
        let hold = Script::new(include_str!("lua/hold.lua"));
        let lock = Script::new(include_str!("lua/lock.lua"));
        let unlock = Script::new(include_str!("lua/unlock.lua"));
        let desk = Desk { server, lease, outbox, bells, hold, lock, unlock };
        #[expect(clippy::disallowed_methods, reason = "aborted when the keeper is dropped")]
        let task = tokio::spawn(desk.work(given));
        Self { orders, lease, _task: AbortOnDropHandle::new(task) }
    }

    /// How long a lease is.
    pub(crate) fn lease(&self) -> Duration {
        self.lease
    }

    /// A lease that is not held yet, and released whenever it is dropped: also
    /// when its taker is canceled while the server is granting it.
    pub(crate) fn begin(&self, leased: Leased) -> Lease {
        Lease { orders: self.orders.clone(), leased, token: Ulid::generate().to_string() }
    }
}

/// What the keeper's task works with.
struct Desk {
    server: Server,
    lease: Duration,
    outbox: Outbox,
    bells: Arc<Bells>,
    hold: Script,
    lock: Script,
    unlock: Script,
}

impl Desk {
    async fn work(self, mut given: mpsc::UnboundedReceiver<Order>) {
        let mut held: HashMap<String, Leased> = HashMap::new();
        let mut away = self.server.away();
        let mut renewal = tokio::time::interval(self.lease / 3);
        renewal.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                order = given.recv() => match order {
                    Some(Order::Hold(leased, token)) => drop(held.insert(token, leased)),
                    Some(Order::Release(leased, token)) => {
                        held.remove(&token);
                        self.release(leased, &token).await;
                    }
                    None => return,
                },
                _ = renewal.tick() => self.renew_all(&held).await,
                // It may have lost everything while it was away.
                Ok(()) = away.changed() => self.renew_all(&held).await,
            }
        }
    }

    async fn renew_all(&self, held: &HashMap<String, Leased>) {
        join_all(held.iter().map(|(token, leased)| self.renew(leased, token))).await;
    }

    /// Also takes what the server has lost.
    async fn renew(&self, leased: &Leased, token: &str) {
        let script = match leased {
            Leased::Slot(_) => &self.hold,
            Leased::Flight(_) => &self.lock,
        };
        let lease = u64::try_from(self.lease.as_millis()).expect("minutes");
        let mut call = script.prepare_invoke();
        call.key(leased.key(&self.server)).arg(token).arg(lease);
        self.server.run::<()>(&call).await;
    }

    async fn release(&self, leased: Leased, token: &str) {
        let key = leased.key(&self.server);
        match leased {
            Leased::Slot(slot) => {
                self.server.query::<()>(&Cmd::zrem(key, token)).await;
                self.bells.ring(slot);
                self.outbox.post(News::Free(name_of(slot).to_owned()));
            }
            Leased::Flight(cached) => {
                self.server.run::<()>(self.unlock.key(key).arg(token)).await;
                self.outbox.post(News::Landed(cached));
            }
        }
    }
}
