//! The lanes of one worker.

use std::sync::Arc;

use async_trait::async_trait;
use recap_core::ports::BoxError;
use recap_redis::Redis;
use recap_redis::redis::{FromRedisValue, ScriptInvocation};

use super::scripts::Scripts;
use crate::carrier::{Carrier, Taken};
use crate::worker::DEAD_AFTER;

pub(crate) struct RedisLanes {
    redis: Redis,
    scripts: Arc<Scripts>,
    /// By index.
    names: Vec<String>,
}

impl RedisLanes {
    pub(crate) fn new(redis: Redis, scripts: Arc<Scripts>, names: Vec<String>) -> Self {
        Self { redis, scripts, names }
    }

    async fn call<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, BoxError> {
        Ok(self.redis.call(async |it: &mut _| script.invoke_async(it).await).await?)
    }
}

/// An id is only known in its lane, so workers name both.
fn split(id: &str) -> Option<(usize, &str)> {
    let (lane, id) = id.split_once('/')?;
    Some((lane.parse().ok()?, id))
}

#[async_trait]
impl Carrier for RedisLanes {
    async fn beat(&self, worker: &str, held: &[String]) -> Result<(), BoxError> {
        let mut beat = self.scripts.beat.key(&self.names);
        beat.arg(worker).arg(DEAD_AFTER.as_secs()).arg(held);
        self.call(&beat).await
    }

    async fn take(
        &self,
        worker: &str,
        order: &[usize],
        _likely: bool,
    ) -> Result<Option<Taken>, BoxError> {
        let mut take = self.scripts.take.arg(worker);
        for lane in order {
            take.key(&self.names[*lane]);
        }
        let taken: Option<(usize, String, Vec<u8>)> = self.call(&take).await?;
        Ok(taken.map(|(place, id, stored)| {
            let lane = order[place - 1];
            Taken { lane, id: format!("{lane}/{id}"), stored, more: true }
        }))
    }

    async fn finish(&self, worker: &str, ids: &[String]) -> Result<(), BoxError> {
        let mut finish = self.scripts.finish.arg(worker);
        for (lane, id) in ids.iter().filter_map(|it| split(it)) {
            finish.key(&self.names[lane]).arg(id);
        }
        self.call(&finish).await
    }

    async fn leave(&self, worker: &str) -> Result<(), BoxError> {
        let mut leave = self.scripts.leave.key(&self.names);
        leave.arg(worker);
        self.call(&leave).await
    }
}
