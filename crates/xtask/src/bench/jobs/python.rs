//! Workers of rq: `bench/peers/worker`.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use async_trait::async_trait;

use super::Plan;
use super::measure::{Done, Worker};
use crate::lab::address;
use crate::lab::cgroup::{FREE, Group};
use crate::lab::process::Killed;
use crate::lab::resp::Resp;
use crate::shell;

/// How often it is asked how far they are.
const LOOK: Duration = Duration::from_millis(20);

pub(super) struct Python {
    group: Group,
    interpreter: PathBuf,
    redis: String,
    /// What it says.
    log: PathBuf,
    /// After the group, which kills it.
    _child: Killed,
}

fn scripts() -> PathBuf {
    shell::root().join("bench/peers/worker")
}

pub(super) async fn start(plan: &Plan, forks: bool) -> anyhow::Result<Python> {
    let (group, redis) = (Group::create(FREE)?, plan.redis.url().to_owned());
    Resp::connect(address(&redis)?).await?.ask("FLUSHALL").await?;
    let path = plan.world.dir().join("rq.log");
    let log = File::create(&path)?;
    let mut command = group.command(&plan.python.join("rq"));
    command.args(["worker", "--quiet", "--url", &redis]);
    if !forks {
        command.args(["--worker-class", "rq.SimpleWorker"]);
    }
    let proxy = plan.world.youtube.proxy_url();
    let child = command
        .arg("default")
        .current_dir(plan.world.dir())
        .env("PYTHONPATH", scripts())
        .env("REDIS_URL", &redis)
        .envs([("http_proxy", &proxy), ("https_proxy", &proxy)])
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()?;
    let interpreter = plan.python.join("python");
    Ok(Python { group, interpreter, redis, log: path, _child: Killed(child) })
}

impl Python {
    /// By rq itself, outside of the group.
    #[expect(clippy::disallowed_methods, reason = "the client of what is measured")]
    fn enqueue(&self, first: u32, count: u32) -> anyhow::Result<()> {
        let status = Command::new(&self.interpreter)
            .arg(scripts().join("enqueue.py"))
            .args([first.to_string(), count.to_string()])
            .env("REDIS_URL", &self.redis)
            .status()?;
        ensure!(status.success(), "enqueue.py failed: {status}");
        Ok(())
    }
}

#[async_trait]
impl Worker for Python {
    fn group(&self) -> &Group {
        &self.group
    }

    /// The worker is stopped while its queue is filled.
    async fn work(&self, first: u32, count: u32, most: Duration) -> anyhow::Result<Done> {
        let mut redis = Resp::connect(address(&self.redis)?).await?;
        redis.ask("DEL bench:done").await?;
        self.group.signal("STOP");
        self.enqueue(first, count)?;
        self.group.signal("CONT");
        let began = Instant::now();
        let mut done = Done::default();
        while done.jobs < count && began.elapsed() < most {
            tokio::time::sleep(LOOK).await;
            if self.group.is_empty() {
                bail!("rq has ended: {}", fs::read_to_string(&self.log)?);
            }
            let jobs = redis.ask("LLEN bench:done").await?.parse()?;
            if jobs > done.jobs {
                let cpu = self.group.used()?.cpu;
                done = Done { jobs, wall: began.elapsed(), cpu, child: None };
            }
        }
        // Whether they fail is seen by none being done.
        let failed = redis.ask("ZCARD rq:failed:default").await?;
        ensure!(failed == "0", "{failed} jobs of rq failed: {}", fs::read_to_string(&self.log)?);
        Ok(done)
    }
}
