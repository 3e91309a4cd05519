//! Single requests.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::{Client, PAUSE};

impl Client {
    /// The job as any gateway knows it.
    pub(crate) async fn job(&self, id: &str) -> anyhow::Result<Value> {
        self.any(&format!("/v1/jobs/{id}")).await
    }

    pub(crate) async fn get(&self, url: &str) -> anyhow::Result<Value> {
        Ok(self.http.get(url).send().await?.error_for_status()?.json().await?)
    }

    /// A path of whichever gateway answers.
    pub(crate) async fn any(&self, path: &str) -> anyhow::Result<Value> {
        let mut last = None;
        for gateway in &self.gateways {
            match self.get(&format!("{gateway}{path}")).await {
                Ok(answer) => return Ok(answer),
                Err(error) => last = Some(error),
            }
        }
        Err(last.expect("there is a gateway"))
    }

    /// One submit, whatever comes of it.
    pub(crate) async fn raw_submit(&self, video: &str) -> anyhow::Result<reqwest::Response> {
        let url = format!("{}/v1/summaries", self.gateways[0]);
        Ok(self.http.post(url).json(&json!({"url": video})).send().await?)
    }

    pub(crate) async fn raw_get(&self, path: &str) -> anyhow::Result<reqwest::Response> {
        Ok(self.http.get(format!("{}{path}", self.gateways[0])).send().await?)
    }

    pub(crate) async fn post(&self, path: &str) -> anyhow::Result<Value> {
        let url = format!("{}{path}", self.gateways[0]);
        Ok(self.http.post(url).send().await?.error_for_status()?.json().await?)
    }

    pub(crate) async fn post_json(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let url = format!("{}{path}", self.gateways[0]);
        let answer = self.http.post(url).json(body).send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).context("the answer is JSON")
    }

    /// Makes a key for an owner of this name: the key, and what its jobs' webhooks
    /// are signed with.
    pub(crate) async fn make_key(&self, owner: &str) -> anyhow::Result<(String, String)> {
        let body = json!({"name": owner, "owner": owner, "scopes": ["read", "submit", "admin"]});
        let made = self.post_json("/v1/admin/keys", &body).await?;
        let text = |name: &str| made[name].as_str().map(str::to_owned);
        text("key").zip(text("webhook_secret")).context("both are shown this once")
    }

    /// Waits until no gateway lets this client in any more.
    pub(crate) async fn shut_out(&self, most: Duration) -> anyhow::Result<()> {
        let end = Instant::now() + most;
        for gateway in &self.gateways {
            let url = format!("{gateway}/v1/jobs");
            while self.http.get(&url).send().await?.status().as_u16() != 401 {
                ensure!(Instant::now() < end, "{gateway} does not ask who calls");
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(())
    }
}
