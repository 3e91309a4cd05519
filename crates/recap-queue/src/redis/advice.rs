//! What a Redis should be told before it is trusted with a queue.

use recap_config::{Config, QueueBackend};
use recap_redis::{Memory, Redis};
use tokio_util::task::AbortOnDropHandle;
use tracing::error;

/// Of the memory a server may use, what is a reason to look after it.
const NEARLY_FULL_PERCENT: u64 = 70;

/// What is wrong with the Redis of the configured queue, and how to mend it.
/// `None` if nothing is, if it cannot be asked, or if the queue is elsewhere.
pub async fn advice(config: &Config) -> Option<String> {
    if config.queue_backend() != QueueBackend::Redis {
        return None;
    }
    let redis = Redis::connect(config.queue_url(), &config.redis).ok()?;
    judge(&redis.memory().await.ok()?)
}

/// Logs it as soon as the server answers for the first time.
pub(super) fn give_once(redis: Redis) -> AbortOnDropHandle<()> {
    #[expect(clippy::disallowed_methods, reason = "aborted when the queue is dropped")]
    let task = tokio::spawn(async move {
        let mut away = redis.away();
        loop {
            if let Ok(memory) = redis.memory().await {
                if let Some(advice) = judge(&memory) {
                    error!("{advice}");
                }
                return;
            }
            // Its memory may be a secret to us, and then so it stays.
            if !redis.is_away() || away.wait_for(|it| !*it).await.is_err() {
                return;
            }
        }
    });
    AbortOnDropHandle::new(task)
}

fn judge(memory: &Memory) -> Option<String> {
    if memory.evicts_all_keys() {
        let policy = &memory.policy;
        return Some(format!(
            "the Redis of the queue has maxmemory-policy {policy}: when its memory is full it \
             removes the entries that wait, and jobs are late. Give the queue a Redis of its own, \
             with maxmemory-policy noeviction and appendonly yes, and set queue.redis_url to it"
        ));
    }
    let nearly_full = memory.max > 0 && memory.used >= memory.max / 100 * NEARLY_FULL_PERCENT;
    nearly_full.then(|| {
        format!(
            "the Redis of the queue uses {} of {} bytes, and refuses entries when it is full: \
             raise its maxmemory, or set queue.redis_url to a Redis of its own",
            memory.used, memory.max
        )
    })
}

#[cfg(test)]
mod tests {
    use recap_redis::Memory;

    use super::judge;

    #[track_caller]
    fn check(policy: &str, used: u64, max: u64, expected: Option<&str>) {
        let advice = judge(&Memory { used, max, policy: policy.to_owned() });
        assert_eq!(advice.is_some(), expected.is_some(), "{advice:?}");
        assert!(advice.unwrap_or_default().contains(expected.unwrap_or_default()));
    }

    #[test]
    fn a_server_that_evicts_or_is_nearly_full_is_a_reason() {
        check("noeviction", 1, 0, None);
        check("noeviction", 69, 1000, None);
        check("noeviction", 700, 1000, Some("700 of 1000 bytes"));
        check("volatile-lru", 1, 1000, None);
        check("allkeys-lru", 1, 0, Some("queue.redis_url"));
        check("allkeys-random", 1, 1000, Some("allkeys-random"));
    }
}
