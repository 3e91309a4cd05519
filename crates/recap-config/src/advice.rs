//! What is odd about settings that are valid.

use crate::sections::{Config, QueueBackend, SharedBackend, StoreBackend};

impl Config {
    /// What is wrong with settings that make half a fleet, and the mend: several
    /// processes would share the store, and nothing else.
    pub fn advice(&self) -> Option<&'static str> {
        let shared_store = self.store_backend() == StoreBackend::Mongodb;
        let own_queue = self.queue_backend() != QueueBackend::Redis;
        let own_state = self.shared_backend() != SharedBackend::Redis;
        match (shared_store, own_queue, own_state) {
            (true, true, _) => Some(
                "jobs are in MongoDB, but the queue is in a file of this machine: fine for one \
                 process; for several set REDIS_URL",
            ),
            (true, false, true) => Some(
                "the queue is in Redis, but slots, cache and events are in this process: set \
                 REDIS_URL",
            ),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    /// `redis` is that of the queue alone, then that of all.
    #[track_caller]
    fn check(mongodb: &str, redis: [&str; 2], expected: Option<&str>) {
        let mut config = Config::default();
        config.mongodb.url = Secret::new(mongodb);
        (config.queue.redis_url, config.redis.url) = (Secret::new(redis[0]), Secret::new(redis[1]));
        let advice = config.advice();
        assert_eq!(advice.is_some(), expected.is_some(), "{advice:?}");
        assert!(advice.unwrap_or_default().contains(expected.unwrap_or_default()));
    }

    #[test]
    fn half_a_fleet_is_noticed() {
        let (mongodb, redis) = ("mongodb://x", "redis://x");
        check("", ["", ""], None);
        check("", ["", redis], None);
        check(mongodb, ["", redis], None);
        check(mongodb, ["", ""], Some("fine for one process"));
        check(mongodb, [redis, ""], Some("slots, cache and events"));
    }
}
