//! Somebody's server that is told of jobs, and what its messages are signed with.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use recap_simulator::webhooks::{Answer, ReceivedRequest, Receiver};
use serde_json::json;

use super::client::Client;
use super::process::Settings;
use super::told::{Message, job_of};
use super::{free_port, say};

/// Signs what jobs without a key are told.
const SECRET: &str = "whsec_c3RyZXNzIGFuZCBjaGFvcyBzaWduIHdpdGggdGhpcy4=";

/// All that tell of an end.
const EVENTS: [&str; 4] = ["job.completed", "job.failed", "job.canceled", "job.expired"];

/// How long an attempt may take. Twice that and half a minute is how long a message
/// stays with a sender that was killed.
const TIMEOUT_SECONDS: u64 = 5;

/// Where the jobs of one owner are told.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    /// The path of its registered endpoint.
    pub(crate) endpoint: String,
    /// The path that every other of its jobs names itself.
    pub(crate) own: String,
    /// The same as a URL.
    pub(crate) own_url: String,
}

/// A receiver that can be held, stopped and started.
pub(crate) struct Hooks {
    receiver: Option<Receiver>,
    port: u16,
    /// What arrived before the receiver was last started.
    earlier: Vec<ReceivedRequest>,
    /// By path.
    secrets: BTreeMap<String, String>,
    /// From which message on messages were taken, or were not.
    answers: Vec<(usize, bool)>,
}

impl Hooks {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let port = free_port()?;
        let receiver = Some(Receiver::start(port).await?);
        Ok(Self {
            receiver,
            port,
            earlier: Vec::new(),
            secrets: BTreeMap::new(),
            answers: Vec::new(),
        })
    }

    /// What lets recap send messages to this machine.
    pub(crate) fn settings() -> Settings {
        vec![
            ("RECAP_WEBHOOKS__ALLOW_HTTP", "true".to_owned()),
            ("RECAP_WEBHOOKS__ALLOW_CIDRS", "127.0.0.0/8".to_owned()),
            ("RECAP_WEBHOOKS__SECRET", SECRET.to_owned()),
            ("RECAP_WEBHOOKS__TIMEOUT_SECONDS", TIMEOUT_SECONDS.to_string()),
        ]
    }

    /// Registers an endpoint for the owner of `client`, through the API. `secret`
    /// signs what its jobs without an endpoint are told: that of its key.
    pub(crate) async fn register(
        &mut self,
        client: &Client,
        secret: Option<&str>,
    ) -> anyhow::Result<Addresses> {
        let number = self.secrets.len() / 2;
        let (endpoint, own) = (format!("/endpoint/{number}"), format!("/job/{number}"));
        let body = json!({"url": self.url(&endpoint), "events": EVENTS});
        let made = client.post_json("/v1/webhook-endpoints", &body).await?;
        let shown = made["secret"].as_str().context("the secret is shown once")?;
        self.secrets.insert(endpoint.clone(), shown.to_owned());
        self.secrets.insert(own.clone(), secret.unwrap_or(SECRET).to_owned());
        let own_url = self.url(&own);
        Ok(Addresses { endpoint, own, own_url })
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn secrets(&self) -> &BTreeMap<String, String> {
        &self.secrets
    }

    /// All that ever arrived, oldest first.
    pub(crate) fn messages(&self) -> Vec<Message> {
        let arrived = self.receiver.iter().flat_map(Receiver::requests);
        let all = self.earlier.iter().cloned().chain(arrived).enumerate();
        all.map(|(index, request)| Message { taken: self.was_taken(index), request }).collect()
    }

    fn was_taken(&self, index: usize) -> bool {
        let known = self.answers.iter().rev().find(|(from, _)| *from <= index);
        known.is_none_or(|(_, taken)| *taken)
    }

    /// From now on every message is answered with this status; `None` is never.
    pub(crate) fn answer(&mut self, status: Option<u16>) {
        let Some(receiver) = &self.receiver else { return };
        let before = self.messages().len();
        let answer = status.map_or(Answer::Hang, Answer::Status);
        self.secrets.keys().for_each(|it| receiver.always(it, answer.clone()));
        // What came in between may have been answered either way. It counts as
        // taken: otherwise a message that was taken would seem to be missing.
        let taken = status == Some(200);
        let from = if taken { before } else { self.messages().len() };
        self.answers.push((from, taken));
    }

    /// From now on connections are refused.
    pub(crate) async fn stop(&mut self) {
        self.earlier = self.messages().into_iter().map(|it| it.request).collect();
        if let Some(receiver) = self.receiver.take() {
            receiver.stop().await;
        }
    }

    /// Takes connections again, where it did before.
    pub(crate) async fn start_again(&mut self) -> anyhow::Result<()> {
        ensure!(self.receiver.is_none(), "it was not stopped");
        self.receiver = Some(Receiver::start(self.port).await?);
        Ok(())
    }

    /// Waits until messages about `job` have arrived at all of `paths`, answered or
    /// not.
    pub(crate) async fn arrived(
        &self,
        job: &str,
        paths: &BTreeSet<String>,
        most: Duration,
    ) -> anyhow::Result<()> {
        let end = Instant::now() + most;
        loop {
            let messages = self.messages();
            let about: BTreeSet<&String> = messages
                .iter()
                .filter(|it| job_of(&it.request).as_deref() == Some(job))
                .map(|it| &it.request.path)
                .collect();
            if paths.iter().all(|it| about.contains(it)) {
                return Ok(());
            }
            if Instant::now() >= end {
                say(&format!("   {} messages so far", messages.len()));
                anyhow::bail!("{job} is not told to {paths:?}");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
