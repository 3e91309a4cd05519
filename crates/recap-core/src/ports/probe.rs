//! Whether what a process depends on is there.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::future::join_all;
use serde::Serialize;

/// Longest time that one dependency may take to answer.
const TIMEOUT: Duration = Duration::from_secs(2);

/// How something that a process depends on is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum Condition {
    Ok,
    /// It is away and something else stands in for it; the work goes on.
    Fallback {
        detail: String,
    },
    /// It is away, and what needs it waits.
    Down {
        detail: String,
    },
}

/// Asks one dependency how it is. The details are our own words.
#[async_trait]
pub trait Probe: Send + Sync {
    /// As in `store`.
    fn name(&self) -> &'static str;

    async fn probe(&self) -> Condition;
}

/// How all that a process depends on is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Report {
    /// Nothing is down.
    pub ready: bool,
    /// By name.
    pub parts: BTreeMap<&'static str, Condition>,
}

/// Asks all of `probes` at once; who does not answer in two seconds is down.
pub async fn report(probes: &[Arc<dyn Probe>]) -> Report {
    let asking = probes.iter().map(|probe| async {
        let answer = tokio::time::timeout(TIMEOUT, probe.probe()).await;
        let late = |_| Condition::Down { detail: "it does not answer in time".to_owned() };
        (probe.name(), answer.unwrap_or_else(late))
    });
    let parts: BTreeMap<_, _> = join_all(asking).await.into_iter().collect();
    let ready = !parts.values().any(|it| matches!(it, Condition::Down { .. }));
    Report { ready, parts }
}
