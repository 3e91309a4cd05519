//! A client app: submits, tries again, and waits for the ends.

mod ask;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::hooks::Addresses;

/// How long a submit is tried again before it has failed.
const PATIENCE: Duration = Duration::from_mins(3);

const PAUSE: Duration = Duration::from_millis(200);

const EVEN: [char; 5] = ['0', '2', '4', '6', '8'];

/// One client with an address of its own. With a key it is an owner of its own,
/// too; all clients without one are the same owner. Clones share what was accepted.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    gateways: Vec<String>,
    next: Arc<AtomicU64>,
    accepted: Arc<Mutex<Accepted>>,
    refused: Arc<AtomicU64>,
    priority: &'static str,
    addresses: Option<Addresses>,
}

/// Jobs in the order in which they were accepted, and those that name a webhook.
#[derive(Default)]
struct Accepted {
    all: Vec<String>,
    naming: BTreeSet<String>,
}

impl Client {
    /// `number` 1 to 254 is the last part of its address.
    pub(crate) fn new(gateways: Vec<String>, number: u8) -> anyhow::Result<Self> {
        Self::with_headers(gateways, number, HeaderMap::new())
    }

    pub(crate) fn with_key(gateways: Vec<String>, number: u8, key: &str) -> anyhow::Result<Self> {
        let key = HeaderValue::from_str(&format!("Bearer {key}"))?;
        Self::with_headers(gateways, number, [(AUTHORIZATION, key)].into_iter().collect())
    }

    fn with_headers(gateways: Vec<String>, number: u8, headers: HeaderMap) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(2))
            .timeout(Duration::from_secs(20))
            .pool_max_idle_per_host(8)
            .local_address(IpAddr::V4(Ipv4Addr::new(127, 0, 0, number)))
            .default_headers(headers)
            .build()?;
        Ok(Self {
            http,
            gateways,
            next: Arc::new(AtomicU64::new(u64::from(number) * 1_000_000)),
            accepted: Arc::default(),
            refused: Arc::default(),
            priority: "interactive",
            addresses: None,
        })
    }

    /// Its jobs are told there: all of them to the endpoint, and every other one
    /// also to the address that it names.
    pub(crate) fn told_at(mut self, addresses: &Addresses) -> Self {
        self.addresses = Some(addresses.clone());
        self
    }

    /// Whether messages to `path` are about its owner's jobs.
    pub(crate) fn is_told_at(&self, path: &str) -> bool {
        self.addresses.as_ref().is_some_and(|it| it.endpoint == path || it.own == path)
    }

    pub(crate) fn with_priority(mut self, priority: &'static str) -> Self {
        self.priority = priority;
        self
    }

    /// Submits another video, until it is accepted.
    pub(crate) async fn submit(&self) -> anyhow::Result<String> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.submit_video(&format!("cp_{number:08}")).await
    }

    pub(crate) async fn submit_video(&self, video: &str) -> anyhow::Result<String> {
        let mut body = json!({"url": video, "priority": self.priority});
        // Half of the videos have an even number.
        let naming = self.addresses.as_ref().filter(|_| video.ends_with(EVEN));
        if let Some(addresses) = naming {
            body["webhook"] = json!({"url": addresses.own_url});
        }
        let end = Instant::now() + PATIENCE;
        let mut turn = self.next.load(Ordering::Relaxed);
        loop {
            turn += 1;
            if let Ok(id) = self.try_submit(turn, &body).await {
                let mut accepted = self.accepted.lock().await;
                accepted.naming.extend(naming.map(|_| id.clone()));
                accepted.all.push(id.clone());
                return Ok(id);
            }
            self.refused.fetch_add(1, Ordering::Relaxed);
            ensure!(Instant::now() < end, "no gateway accepted a job for minutes");
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn try_submit(&self, turn: u64, body: &Value) -> anyhow::Result<String> {
        let gateway = &self.gateways[usize::try_from(turn)? % self.gateways.len()];
        let answer = self.http.post(format!("{gateway}/v1/summaries")).json(body).send().await?;
        ensure!(answer.status().as_u16() == 202, "{}", answer.status());
        let job: Value = answer.json().await?;
        Ok(job["id"].as_str().unwrap_or_default().to_owned())
    }

    /// Submits `count` videos, evenly over `time`.
    pub(crate) async fn submit_over(&self, count: usize, time: Duration) -> anyhow::Result<()> {
        let began = tokio::time::Instant::now();
        let pause = time / u32::try_from(count.max(1))?;
        for turn in 0..count {
            tokio::time::sleep_until(began + pause * u32::try_from(turn)?).await;
            self.submit().await?;
        }
        Ok(())
    }

    /// Submits `count` videos as fast as it goes, `width` at once.
    pub(crate) async fn submit_all(&self, count: usize, width: usize) -> anyhow::Result<()> {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..count {
            while tasks.len() >= width {
                tasks.join_next().await.expect("there are some")??;
            }
            let client = self.clone();
            tasks.spawn(async move { client.submit().await.map(drop) });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        Ok(())
    }

    pub(crate) async fn accepted(&self) -> Vec<String> {
        self.accepted.lock().await.all.clone()
    }

    /// The paths at which the end of `job` is told; none unless it was accepted.
    pub(crate) async fn told_of(&self, job: &str) -> BTreeSet<String> {
        let accepted = self.accepted.lock().await;
        let Some(addresses) = &self.addresses else { return BTreeSet::new() };
        let ours = accepted.all.iter().any(|it| it == job);
        let endpoint = ours.then(|| addresses.endpoint.clone());
        let own = accepted.naming.contains(job).then(|| addresses.own.clone());
        endpoint.into_iter().chain(own).collect()
    }

    /// Submits that were not accepted at once.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Waits until every accepted job has ended, for `time` at most; the jobs
    /// as they are then.
    pub(crate) async fn ended(&self, time: Duration) -> BTreeMap<String, Value> {
        let end = Instant::now() + time;
        let mut open = self.accepted().await;
        let mut jobs = BTreeMap::new();
        while !open.is_empty() {
            let mut still = Vec::new();
            for id in open {
                match self.job(&id).await {
                    Ok(job) if !job["completed_at"].is_null() => {
                        jobs.insert(id, job);
                    }
                    Ok(job) if Instant::now() >= end => {
                        jobs.insert(id, job);
                    }
                    Err(_) if Instant::now() >= end => {
                        jobs.insert(id, Value::Null);
                    }
                    _ => still.push(id),
                }
            }
            open = still;
            tokio::time::sleep(PAUSE).await;
        }
        jobs
    }
}
