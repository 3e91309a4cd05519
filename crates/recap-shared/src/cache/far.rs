//! The second level: what all processes share, on the server.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use recap_core::ports::{CacheKey, Resource};
use recap_redis::redis::{Cmd, Script, SetExpiry, SetOptions, cmd};

use super::Rules;
use super::gauge::Gauge;
use super::packed::{pack, unpack};
use crate::leases::Lease;
use crate::news::{News, Wire, letter};
use crate::numbers::Counts;
use crate::server::Server;

/// How long other processes' values are refused after an invalidation: longer
/// than the news of it is on its way.
const GUARD: Duration = Duration::from_secs(2);

/// Keys that the server looks at in one go; it does nothing else meanwhile.
const BATCH: usize = 500;

pub(super) struct Far {
    server: Server,
    wire: Arc<Wire>,
    gauge: Gauge,
    counts: Arc<Counts>,
    rules: Rules,
    put: Script,
    lock: Script,
}

impl Far {
    pub(super) fn new(server: Server, wire: Arc<Wire>, rules: Rules, counts: Arc<Counts>) -> Self {
        let gauge = Gauge::new(server.clone(), rules.redis, Arc::clone(&counts));
        let put = Script::new(include_str!("../lua/put.lua"));
        let lock = Script::new(include_str!("../lua/lock.lua"));
        Self { server, wire, gauge, counts, rules, put, lock }
    }

    /// The value, and when it was put.
    pub(super) async fn get(&self, key: &CacheKey) -> Option<(Bytes, Timestamp)> {
        let packed = self.server.query::<Option<Vec<u8>>>(&Cmd::get(self.name(key))).await??;
        unpack(packed, self.rules.max_value).await
    }

    /// Keeps a value if there is room, and tells the others if they may have
    /// another one in their memory.
    pub(super) async fn put(&self, key: &CacheKey, value: Bytes, now: Timestamp) {
        if self.server.is_away() {
            return;
        }
        if !self.gauge.has_room() {
            self.counts.refused();
            return;
        }
        let Some(packed) = pack(value, now).await else { return };
        let time = self.rules.time_to_live(key.resource).as_millis();
        let mut call = self.put.prepare_invoke();
        call.key(self.name(key)).key(self.guard(key.resource, &key.id));
        call.arg(self.wire.process()).arg(packed).arg(u64::try_from(time).expect("a month"));
        let replaced = self.server.run::<u8>(&call).await == Some(2);
        // A copy of a job is replaced with each thing that happens to it, and who
        // has an older one knows that it is only a copy.
        if replaced && key.resource != Resource::Job {
            self.wire.outbox().post(News::Replaced(key.to_string()));
        }
    }

    pub(super) async fn remove(&self, key: &CacheKey) {
        self.server.query::<()>(&Cmd::unlink(self.name(key))).await;
    }

    /// Takes the lease on making a value. `None` while the server is away.
    pub(super) async fn lock(&self, lease: &Lease, duration: Duration) -> Option<bool> {
        let duration = u64::try_from(duration.as_millis()).expect("minutes");
        let mut call = self.lock.prepare_invoke();
        call.key(lease.leased().key(&self.server)).arg(lease.token()).arg(duration);
        self.server.run(&call).await
    }

    /// Removes all versions, then tells the others, so that none of them finds
    /// again what it is told to forget. Safe to do again; `None` when the server
    /// did not do it all.
    pub(super) async fn erase(&self, resource: Resource, id: &str) -> Option<()> {
        let guard = SetExpiry::PX(u64::try_from(GUARD.as_millis()).expect("seconds"));
        let options = SetOptions::default().with_expiration(guard);
        let (name, process) = (self.guard(resource, id), self.wire.process());
        self.server.query::<()>(&Cmd::set_options(name, process, options)).await?;

        // The prefix has no character that a pattern takes for another.
        let pattern = self.server.key(format_args!("cache:{resource}:{}:*", literal(id)));
        let mut cursor = 0_u64;
        loop {
            let mut scan = cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg(&pattern).arg("COUNT").arg(BATCH);
            let (next, found): (u64, Vec<Vec<u8>>) = self.server.query(&scan).await?;
            if !found.is_empty() {
                self.server.query::<()>(&Cmd::unlink(found)).await?;
            }
            cursor = next;
            if cursor == 0 {
                break;
            }
        }
        let news = News::Forgotten { resource: resource.to_string(), id: id.to_owned() };
        let publish = Cmd::publish(self.wire.channel(), letter(process, news));
        self.server.query::<()>(&publish).await
    }

    fn name(&self, key: &CacheKey) -> String {
        self.server.key(format_args!("cache:{key}"))
    }

    /// Named so that the pattern of the values does not find it.
    fn guard(&self, resource: Resource, id: &str) -> String {
        self.server.key(format_args!("guard:{resource}:{id}"))
    }
}

/// `text` as a pattern that finds nothing else.
fn literal(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for it in text.chars() {
        if "*?[]^-\\".contains(it) {
            pattern.push('\\');
        }
        pattern.push(it);
    }
    pattern
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_id_is_not_a_pattern() {
        assert_eq!(super::literal("dQw4w9WgXcQ"), "dQw4w9WgXcQ");
        assert_eq!(super::literal(r"a-*[b]?\"), r"a\-\*\[b\]\?\\");
    }
}
