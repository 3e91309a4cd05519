//! Brings the metrics that are read, rather than counted, up to date.

use std::time::Duration;

use recap_core::ports::BreakerState;
use recap_telemetry::metrics;

use crate::ports::Ports;

/// How long the store or the queue may take over a number.
const STORE_TIMEOUT: Duration = Duration::from_secs(2);

/// To be called before metrics are shown.
pub async fn collect_numbers(ports: &Ports) {
    let numbers = ports.shared.numbers();
    metrics::redis_away("shared", numbers.redis_away);
    metrics::cache_hits("memory", numbers.cache_hits_memory);
    metrics::cache_hits("shared", numbers.cache_hits_shared);
    metrics::cache_misses(numbers.cache_misses);
    metrics::cache_bytes(numbers.cache_memory_bytes);
    metrics::events_dropped(numbers.events_dropped);
    let pools = ports.pools();
    for (name, it) in pools.slots {
        metrics::slots(name, it.in_use, it.waiting);
    }
    for (part, link) in pools.redis {
        metrics::redis_losses(part, link.losses);
    }
    for it in pools.connections.into_values() {
        metrics::store_connections(it.open, it.in_use);
        it.waiting.inspect(|&it| metrics::store_waiting(it));
        it.failed.inspect(|&it| metrics::store_connections_failed(it));
    }
    for (label, it) in pools.breakers {
        metrics::breaker_open(label, it.state == BreakerState::Open);
    }
    let queue = tokio::time::timeout(STORE_TIMEOUT, ports.queue.check()).await;
    metrics::redis_away("queue", !matches!(queue, Ok(Ok(()))));
    let asking = tokio::time::timeout(STORE_TIMEOUT, ports.store.count_open(None, u64::MAX));
    if let Ok(Ok(open)) = asking.await {
        metrics::open_jobs(open);
    }
    let asking = tokio::time::timeout(STORE_TIMEOUT, ports.opened.index_usage());
    for usage in asking.await.unwrap_or_default() {
        metrics::store_index_accesses(usage.collection, &usage.index, usage.accesses);
    }
}
