//! The queue in Redis, in the keys of apalis-redis: one of its queues per lane.

mod advice;
mod lanes;
mod scripts;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use apalis_core::task::task_id::TaskId;
use apalis_redis::{Config as Settings, RedisTask, queries};
use async_trait::async_trait;
use recap_config::Config;
use recap_core::job::{Lane, Region};
use recap_core::ports::{BoxError, Entry, Handler, Link, Pull, Queue, QueueError};
use recap_redis::Redis;
use recap_redis::redis::{RedisError, cmd, pipe};
use tokio_util::task::AbortOnDropHandle;

use self::lanes::RedisLanes;
use self::scripts::Scripts;
use crate::worker::{DEAD_AFTER, Habits};
use crate::{entry, turns, worker};

pub use advice::advice;

/// Entries pushed in one call: they become the arguments of a Lua script, and
/// nothing else happens on the server meanwhile.
const BATCH: usize = 500;

pub(crate) struct RedisQueue {
    redis: Redis,
    scripts: Arc<Scripts>,
    habits: Habits,
    regions: Vec<Region>,
    _advice: AbortOnDropHandle<()>,
}

/// The name of a lane, which its keys begin with.
fn name(redis: &Redis, lane: &Lane) -> String {
    match &lane.region {
        None => redis.key(format_args!("queue:{}", lane.priority)),
        Some(region) => redis.key(format_args!("queue:{}:{region}", lane.priority)),
    }
}

impl RedisQueue {
    /// Does not wait for the server.
    pub(crate) fn connect(config: &Config) -> Result<Self, QueueError> {
        let redis = Redis::connect(config.queue_url(), &config.redis)
            .map_err(|it| QueueError(it.into()))?;
        let regions = config.queue.regions.iter().filter_map(|it| it.clone().try_into().ok());
        Ok(Self {
            scripts: Arc::new(Scripts::new()),
            habits: Habits::new(&config.queue),
            regions: regions.collect(),
            _advice: advice::give_once(redis.clone()),
            redis,
        })
    }

    async fn push_all(&self, entries: &[Entry], delay: Duration) -> Result<(), BoxError> {
        let mut lanes: BTreeMap<String, Vec<RedisTask>> = BTreeMap::new();
        for entry in entries {
            let task = entry::task(entry, delay).task_id(TaskId::from_string(entry::id(entry)));
            lanes.entry(name(&self.redis, &entry.lane)).or_default().push(task.build());
        }
        for (lane, tasks) in &lanes {
            let settings = settings(lane);
            for batch in tasks.chunks(BATCH) {
                let push = async |it: &mut _| {
                    queries::push_tasks(it, &settings, batch).await.map_err(redis_error)
                };
                self.redis.call(push).await?;
            }
        }
        if delay.is_zero() { self.bring_forward(entries).await } else { Ok(()) }
    }

    /// What was begun goes before what was not. A step of its own, since apalis
    /// takes no time of the past.
    async fn bring_forward(&self, entries: &[Entry]) -> Result<(), BoxError> {
        let mut ids: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for entry in entries.iter().filter(|it| it.turn > 0) {
            ids.entry(name(&self.redis, &entry.lane)).or_default().push(entry::id(entry));
        }
        for (lane, ids) in &ids {
            let mut earliest = cmd("ZADD");
            // Only those that wait: another worker may have one by now.
            earliest.arg(settings(lane).scheduled_jobs_set()).arg("XX");
            for id in ids {
                earliest.arg(0).arg(id);
            }
            self.redis.call(async |it: &mut _| earliest.query_async::<()>(it).await).await?;
        }
        Ok(())
    }
}

/// Only for the names of keys and how to push; workers are our own.
fn settings(lane: &str) -> Settings {
    Settings::default().queue(lane).emit_events(false)
}

fn redis_error(error: apalis_redis::Error) -> RedisError {
    match error {
        apalis_redis::Error::Database(error) => error,
        other => RedisError::from(std::io::Error::other(other.to_string())),
    }
}

#[async_trait]
impl Queue for RedisQueue {
    async fn push(&self, entries: &[Entry], delay: Duration) -> Result<(), QueueError> {
        if !entries.is_empty() {
            self.push_all(entries, delay).await.map_err(QueueError)?;
            self.habits.tell(delay);
        }
        Ok(())
    }

    async fn run(&self, pull: Pull, handler: Arc<dyn Handler>) -> Result<(), QueueError> {
        let lanes = turns::lanes(&pull.regions);
        let names = lanes.iter().map(|it| name(&self.redis, it)).collect();
        let carrier = RedisLanes::new(self.redis.clone(), Arc::clone(&self.scripts), names);
        worker::run(&self.habits, Arc::new(carrier), lanes.len(), pull, handler).await;
        Ok(())
    }

    async fn clean(&self) -> Result<(), QueueError> {
        for lane in turns::lanes(&self.regions) {
            let mut clean = self.scripts.clean.key(name(&self.redis, &lane));
            clean.arg(DEAD_AFTER.as_secs());
            let done = self.redis.call(async |it: &mut _| clean.invoke_async::<()>(it).await);
            done.await.map_err(|it| QueueError(it.into()))?;
        }
        Ok(())
    }

    fn link(&self) -> Option<Link> {
        let (away, redis) = (self.redis.is_away(), &self.redis);
        Some(Link { away, losses: redis.losses(), in_flight: redis.in_flight() })
    }

    async fn check(&self) -> Result<(), QueueError> {
        let ping = pipe().ping().to_owned();
        let answer = self.redis.call(async |it: &mut _| ping.query_async::<()>(it).await);
        answer.await.map_err(|it| QueueError(it.into()))
    }
}
