//! Two gateways, three workers, a Redis, a server of the MongoDB protocol, and
//! the simulated world.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use recap_testkit::servers::{MongoDb, Redis};

use super::Plan;
use super::proxy::Proxy;
use crate::lab::client::Client;
use crate::lab::hooks::{Addresses, Hooks};
use crate::lab::process::{Launch, Process, Settings};
use crate::lab::resp::Resp;
use crate::lab::world::{World, unlimited};
use crate::lab::{address, free_port, now, tool};

const GATEWAYS: usize = 2;
const WORKERS: usize = 3;

/// How long Gemini takes to answer, so that there is a middle to be killed in.
const ANSWER: Duration = Duration::from_millis(100);

/// How long gateways may take to hear that there are keys now.
const KEYED: Duration = Duration::from_secs(30);

/// What a scenario wants other than usual.
#[derive(Default)]
pub(crate) struct Wish {
    /// Further settings of all processes.
    pub(crate) settings: Settings,
    /// Further settings of the Redis.
    pub(crate) redis: Vec<&'static str>,
    /// In place of yt-dlp.
    pub(crate) yt_dlp: Option<PathBuf>,
}

/// A worker was killed.
pub(crate) struct Kill {
    /// Calls that Gemini had been asked by then.
    pub(crate) calls: usize,
    pub(crate) at: Timestamp,
    /// What it had logged.
    pub(crate) log: String,
}

/// Everything, running.
pub(crate) struct Fleet {
    pub(crate) gateways: Vec<Process>,
    pub(crate) workers: Vec<Process>,
    pub(crate) redis: Redis,
    pub(crate) mongodb: MongoDb,
    /// Between all processes and MongoDB.
    pub(crate) to_mongodb: Proxy,
    /// Between the gateways and the queue.
    pub(crate) to_queue: Proxy,
    pub(crate) world: World,
    /// Who is told of all jobs.
    pub(crate) hooks: Hooks,
    pub(crate) kills: Vec<Kill>,
    /// Where clients without a key are told.
    addresses: Option<Addresses>,
    plan: Plan,
    wish: Wish,
    logs: usize,
}

impl Fleet {
    pub(crate) async fn start(plan: &Plan, wish: Wish) -> anyhow::Result<Self> {
        let settings = [&["--save", ""], wish.redis.as_slice()].concat();
        let redis = tokio::task::block_in_place(|| Redis::start_with(&settings));
        let mongodb = tokio::task::block_in_place(MongoDb::lasting);
        let mut fleet = Self {
            gateways: Vec::new(),
            workers: Vec::new(),
            to_mongodb: Proxy::start(address(mongodb.url())?).await?,
            to_queue: Proxy::start(address(redis.url())?).await?,
            redis,
            mongodb,
            world: World::start(ANSWER).await?,
            hooks: Hooks::start().await?,
            kills: Vec::new(),
            addresses: None,
            plan: plan.clone(),
            wish,
            logs: 0,
        };
        for _ in 0..GATEWAYS {
            let gateway = fleet.spawn("recap-gateway", free_port()?)?;
            fleet.gateways.push(gateway);
        }
        for _ in 0..WORKERS {
            let worker = fleet.spawn("recap-worker", free_port()?)?;
            fleet.workers.push(worker);
        }
        fleet.ready().await?;
        fleet.addresses = Some(fleet.hooks.register(&fleet.client(1)?, None).await?);
        Ok(fleet)
    }

    fn bases(&self) -> Vec<String> {
        self.gateways.iter().map(Process::base).collect()
    }

    /// A client without a key.
    pub(crate) fn client(&self, number: u8) -> anyhow::Result<Client> {
        let client = Client::new(self.bases(), number)?;
        Ok(match &self.addresses {
            Some(addresses) => client.told_at(addresses),
            None => client,
        })
    }

    /// Clients that are owners of their own, by their names; from then on nobody is
    /// let in without a key.
    pub(crate) async fn owners<const N: usize>(
        &mut self,
        names: [&str; N],
    ) -> anyhow::Result<[Client; N]> {
        let keyless = self.client(1)?;
        let mut maker = keyless.clone();
        let mut made = Vec::new();
        for (number, name) in (1..).zip(names) {
            let (key, secret) = maker.make_key(name).await?;
            let client = Client::with_key(self.bases(), number, &key)?;
            if made.is_empty() {
                keyless.shut_out(KEYED).await?;
                maker = client.clone();
            }
            let addresses = self.hooks.register(&client, Some(&secret)).await?;
            made.push(client.told_at(&addresses));
        }
        Ok(made.try_into().unwrap_or_else(|_| unreachable!("there is one for each name")))
    }

    pub(crate) async fn resp(&self) -> anyhow::Result<Resp> {
        Resp::connect(address(self.redis.url())?).await
    }

    /// A worker has ended; what it held is remembered.
    pub(crate) fn note_end(&mut self, index: usize) -> anyhow::Result<()> {
        let log = std::fs::read_to_string(self.workers[index].log())?;
        self.kills.push(Kill { calls: self.world.gemini.calls().len(), at: now(), log });
        Ok(())
    }

    /// kill -9 of a worker, and a new one in its place, as a supervisor would.
    pub(crate) fn replace_worker(&mut self, index: usize) -> anyhow::Result<()> {
        self.workers[index].kill();
        self.note_end(index)?;
        self.workers[index] = self.spawn("recap-worker", free_port()?)?;
        Ok(())
    }

    /// The same of all workers in one moment.
    pub(crate) fn replace_workers(&mut self) -> anyhow::Result<()> {
        self.workers.iter_mut().for_each(Process::kill);
        (0..self.workers.len()).try_for_each(|it| self.replace_worker(it))
    }

    /// Starts an ended gateway again, where clients know it.
    pub(crate) fn restart_gateway(&mut self, index: usize) -> anyhow::Result<()> {
        self.gateways[index].kill();
        self.gateways[index] = self.spawn("recap-gateway", self.gateways[index].port())?;
        Ok(())
    }

    /// Starts again whichever worker has ended by itself or by others.
    pub(crate) fn supervise(&mut self) -> anyhow::Result<usize> {
        let mut restarted = 0;
        for index in 0..self.workers.len() {
            if self.workers[index].has_ended() {
                self.replace_worker(index)?;
                restarted += 1;
            }
        }
        Ok(restarted)
    }

    /// Until every process says that it is ready.
    pub(crate) async fn ready(&self) -> anyhow::Result<()> {
        let client = self.client(1)?;
        for process in self.gateways.iter().chain(&self.workers) {
            process.ready(&client).await?;
        }
        Ok(())
    }

    /// What all processes have logged so far.
    pub(crate) fn logs(&self) -> anyhow::Result<String> {
        let mut all = String::new();
        for number in 0..self.logs {
            all += &std::fs::read_to_string(self.log_file(number))?;
        }
        Ok(all)
    }

    fn log_file(&self, number: usize) -> PathBuf {
        self.world.dir().join(format!("log-{number}.jsonl"))
    }

    fn spawn(&mut self, program: &'static str, port: u16) -> anyhow::Result<Process> {
        let log = self.log_file(self.logs);
        self.logs += 1;
        Process::start(Launch {
            profile: &self.plan.profile,
            program,
            args: &[],
            port,
            settings: &self.settings(program == "recap-gateway"),
            log,
        })
    }

    fn settings(&self, gateway: bool) -> Settings {
        let redis = self.redis.url().to_owned();
        let queue =
            if gateway { format!("redis://{}", self.to_queue.address()) } else { redis.clone() };
        let mongodb = format!("mongodb://{}/?directConnection=true", self.to_mongodb.address());
        let mut settings = [self.world.settings(), unlimited(), Hooks::settings()].concat();
        settings.extend([
            ("MONGODB_URI", mongodb),
            ("REDIS_URL", redis),
            ("RECAP_QUEUE__REDIS_URL", queue),
            ("RECAP_LIMITS__FETCHES", "4".to_owned()),
            ("RECAP_LIMITS__SUMMARIZATIONS", "6".to_owned()),
        ]);
        let yt_dlp = self.wish.yt_dlp.clone().unwrap_or_else(|| tool("yt-dlp/bin/yt-dlp"));
        settings.push(("RECAP_MEDIA__YTDLP_PATH", yt_dlp.display().to_string()));
        settings.extend(self.wish.settings.iter().cloned());
        settings
    }
}
