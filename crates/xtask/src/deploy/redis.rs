//! Whether a Redis takes the files that are written for it, and then is what they
//! promise.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

use crate::lab::resp::Resp;
use crate::lab::{free_port, tool};
use crate::shell::root;

/// How long a server may take to answer.
const START: Duration = Duration::from_secs(20);

const MB: u64 = 1 << 20;

/// A file of `deploy/`, and what recap depends on in it, as the server tells it.
struct File {
    name: &'static str,
    maxmemory: u64,
    promised: &'static [(&'static str, &'static str)],
}

const FILES: [File; 2] = [
    File {
        name: "redis.conf",
        maxmemory: 128 * MB,
        promised: &[
            ("maxmemory-policy", "allkeys-lru"),
            ("maxmemory-clients", "50%"),
            ("lazyfree-lazy-eviction", "yes"),
            ("appendonly", "no"),
            ("save", ""),
        ],
    },
    File {
        name: "redis-queue.conf",
        maxmemory: 64 * MB,
        promised: &[
            ("maxmemory-policy", "noeviction"),
            ("appendonly", "yes"),
            ("appendfsync", "everysec"),
            ("aof-load-truncated", "yes"),
            ("save", ""),
        ],
    },
];

/// # Errors
///
/// When a server does not start with its file, or says otherwise than promised.
pub(super) fn check() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    FILES.iter().try_for_each(|it| {
        runtime.block_on(check_one(it)).with_context(|| format!("deploy/{}", it.name))
    })
}

async fn check_one(file: &File) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let mut server = Server::start(file.name, dir.path())?;
    let mut redis = server.connect().await?;
    let maxmemory = file.maxmemory.to_string();
    for (name, wanted) in file.promised.iter().chain(&[("maxmemory", maxmemory.as_str())]) {
        let found = value(&mut redis, name).await?;
        ensure!(found == *wanted, "{name} is {found:?}, and not {wanted:?}");
    }
    Ok(())
}

/// The answer is an array of the name and its value, each behind its length.
async fn value(redis: &mut Resp, name: &str) -> anyhow::Result<String> {
    let length = redis.ask(&format!("CONFIG GET {name}")).await?;
    ensure!(length == "2", "there is no {name}");
    for _ in 0..3 {
        redis.line().await?;
    }
    redis.line().await
}

/// Killed when dropped.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// On a free port of loopback, with its files in `dir`.
    #[expect(clippy::disallowed_methods, reason = "the program that the file is for")]
    fn start(file: &str, dir: &Path) -> anyhow::Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let child = Command::new(tool("redis/redis-server"))
            .arg(root().join("deploy").join(file))
            .args(["--bind", "127.0.0.1", "--port", &address.port().to_string()])
            .arg("--dir")
            .arg(dir)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("redis-server cannot be started")?;
        Ok(Self { child, address })
    }

    async fn connect(&mut self) -> anyhow::Result<Resp> {
        let end = Instant::now() + START;
        loop {
            if let Some(status) = self.child.try_wait()? {
                anyhow::bail!("the server ended: {status}");
            }
            match Resp::connect(self.address).await {
                Ok(redis) => return Ok(redis),
                Err(error) => ensure!(Instant::now() < end, "it does not answer: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
