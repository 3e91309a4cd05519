//! Two gateways, three workers, a Redis, a server of the MongoDB protocol, and
//! the simulated world.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use jiff::Timestamp;
use recap_simulator::gemini::Gemini;
use recap_simulator::youtube::YouTube;
use recap_testkit::servers::{MongoDb, Redis};
use tempfile::TempDir;

use super::Plan;
use super::client::Client;
use super::proxy::Proxy;
use super::resp::Resp;
use crate::shell;

const GATEWAYS: usize = 2;
const WORKERS: usize = 3;

/// How long a process may take to be ready.
const READY: Duration = Duration::from_mins(1);

/// How long Gemini takes to answer, so that there is a middle to be killed in.
const ANSWER: Duration = Duration::from_millis(100);

/// What a scenario wants other than usual.
#[derive(Default)]
pub(crate) struct Wish {
    /// Further settings of all processes.
    pub(crate) settings: Vec<(&'static str, String)>,
    /// Further settings of the Redis.
    pub(crate) redis: Vec<&'static str>,
    /// In place of yt-dlp.
    pub(crate) yt_dlp: Option<PathBuf>,
    /// None are started.
    pub(crate) without_workers: bool,
}

/// A process of recap. Killed when dropped.
pub(crate) struct Process {
    child: Child,
    kind: &'static str,
    port: u16,
    log: usize,
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Process {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// kill -9.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Sends a signal by its name, as in `STOP`.
    pub(crate) fn signal(&self, name: &str) -> anyhow::Result<()> {
        shell::run("kill", &["-s", name, &self.pid().to_string()])
    }

    /// How long it takes to end by itself, `most` at the longest.
    pub(crate) async fn end(&mut self, most: Duration) -> anyhow::Result<Duration> {
        let began = Instant::now();
        while self.child.try_wait()?.is_none() {
            ensure!(began.elapsed() < most, "{} did not end in {most:?}", self.kind);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(began.elapsed())
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|it| it.is_some())
    }

    fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
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
    pub(crate) youtube: YouTube,
    pub(crate) gemini: Gemini,
    pub(crate) dir: TempDir,
    pub(crate) kills: Vec<Kill>,
    plan: Plan,
    wish: Wish,
    logs: usize,
}

impl Fleet {
    pub(crate) async fn start(plan: &Plan, wish: Wish) -> anyhow::Result<Self> {
        let dir = tempfile::tempdir()?;
        let settings = [&["--save", ""], wish.redis.as_slice()].concat();
        let redis = tokio::task::block_in_place(|| Redis::start_with(&settings));
        let mongodb = tokio::task::block_in_place(MongoDb::lasting);
        let youtube = YouTube::start(0, dir.path()).await?;
        let gemini = Gemini::start(0).await?;
        gemini.set_delay(ANSWER);
        let mut fleet = Self {
            gateways: Vec::new(),
            workers: Vec::new(),
            to_mongodb: Proxy::start(address(mongodb.url())?).await?,
            to_queue: Proxy::start(address(redis.url())?).await?,
            redis,
            mongodb,
            youtube,
            gemini,
            dir,
            kills: Vec::new(),
            plan: plan.clone(),
            wish,
            logs: 0,
        };
        for _ in 0..GATEWAYS {
            let gateway = fleet.spawn("recap-gateway", free_port()?)?;
            fleet.gateways.push(gateway);
        }
        if !fleet.wish.without_workers {
            for _ in 0..WORKERS {
                fleet.add_worker()?;
            }
        }
        fleet.ready().await?;
        Ok(fleet)
    }

    pub(crate) fn client(&self, number: u8) -> anyhow::Result<Client> {
        Client::new(self.gateways.iter().map(Process::base).collect(), number)
    }

    pub(crate) async fn resp(&self) -> anyhow::Result<Resp> {
        Resp::connect(address(self.redis.url())?).await
    }

    pub(crate) fn add_worker(&mut self) -> anyhow::Result<()> {
        let worker = self.spawn("recap-worker", free_port()?)?;
        self.workers.push(worker);
        Ok(())
    }

    /// A worker has ended; what it held is remembered.
    pub(crate) fn note_end(&mut self, index: usize) -> anyhow::Result<()> {
        let log = std::fs::read_to_string(self.log_file(self.workers[index].log))?;
        self.kills.push(Kill { calls: self.gemini.calls().len(), at: now(), log });
        Ok(())
    }

    /// kill -9 of a worker, and a new one in its place, as a supervisor would.
    pub(crate) fn replace_worker(&mut self, index: usize) -> anyhow::Result<()> {
        self.workers[index].kill();
        self.note_end(index)?;
        self.workers[index] = self.spawn("recap-worker", free_port()?)?;
        Ok(())
    }

    /// Starts an ended gateway again, where clients know it.
    pub(crate) fn restart_gateway(&mut self, index: usize) -> anyhow::Result<()> {
        self.gateways[index].kill();
        self.gateways[index] = self.spawn("recap-gateway", self.gateways[index].port)?;
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
        let end = Instant::now() + READY;
        for process in self.gateways.iter().chain(&self.workers) {
            let url = format!("{}/health/ready", process.base());
            while let Err(error) = client.get(&url).await {
                ensure!(Instant::now() < end, "{} is not ready: {error}", process.kind);
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
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
        self.dir.path().join(format!("log-{number}.jsonl"))
    }

    #[expect(clippy::disallowed_methods, reason = "the programs that are tried")]
    fn spawn(&mut self, kind: &'static str, port: u16) -> anyhow::Result<Process> {
        let number = self.logs;
        let log = File::create(self.log_file(number))?;
        self.logs += 1;
        let queue = if kind == "recap-gateway" {
            format!("redis://{}", self.to_queue.address())
        } else {
            self.redis.url().to_owned()
        };
        let mongodb = format!("mongodb://{}/?directConnection=true", self.to_mongodb.address());
        let tools = shell::root().join("target/tools");
        let yt_dlp = self.wish.yt_dlp.clone().unwrap_or_else(|| tools.join("yt-dlp/bin/yt-dlp"));
        let child = Command::new(binary(&self.plan.profile, kind))
            .args(["--port", &port.to_string()])
            .current_dir(self.dir.path())
            .env("MONGODB_URI", mongodb)
            .env("REDIS_URL", self.redis.url())
            .env("RECAP_QUEUE__REDIS_URL", queue)
            .env("GEMINI_API_KEY", "simulated")
            .env("RECAP_GEMINI__BASE_URL", self.gemini.base_url())
            .env("RECAP_DATA__DIR", self.dir.path().join("data"))
            .env("RECAP_MEDIA__YTDLP_PATH", yt_dlp)
            .env("RECAP_MEDIA__PROXY", self.youtube.proxy_url())
            .env("RECAP_MEDIA__CA_FILE", self.youtube.ca_file())
            .env("RECAP_LIMITS__FETCHES", "4")
            .env("RECAP_LIMITS__SUMMARIZATIONS", "6")
            .env("RECAP_LIMITS__OPEN_JOBS", "200000")
            .env("RECAP_LOG__FORMAT", "json")
            .envs(self.wish.settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("{kind} cannot be started"))?;
        Ok(Process { child, kind, port, log: number })
    }
}

#[expect(clippy::disallowed_methods, reason = "compared with the times in the logs")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

fn binary(profile: &str, name: &str) -> PathBuf {
    let dir = if profile == "dev" { "debug" } else { profile };
    shell::root().join(Path::new("target").join(dir).join(name))
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Host and port of a URL.
fn address(url: &str) -> anyhow::Result<SocketAddr> {
    let (_, rest) = url.split_once("://").context("a URL has a scheme")?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    Ok(authority.parse()?)
}
