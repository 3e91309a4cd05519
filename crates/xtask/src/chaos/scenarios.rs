//! What goes wrong, one file for each part of the fleet.

mod gateways;
mod mongodb;
mod queues;
mod redis;
mod webhooks;
mod workers;

use std::pin::Pin;

use super::Plan;
use super::audit::Verdict;

type Run = fn(Plan) -> Pin<Box<dyn Future<Output = anyhow::Result<Verdict>>>>;

/// Something that goes wrong.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) run: Run,
}

macro_rules! scenario {
    ($name:literal, $about:literal, $run:path) => {
        Scenario { name: $name, about: $about, run: |plan| Box::pin($run(plan)) }
    };
}

pub(crate) const SCENARIOS: &[Scenario] = &[
    scenario!("workers killed", "kill -9 of a random worker every 5 s, ten times", workers::killed),
    scenario!("worker frozen", "SIGSTOP past its lease, then SIGCONT", workers::frozen),
    scenario!("worker poisoned", "a job that kills its worker each time", workers::poisoned),
    scenario!("worker stopped", "SIGTERM with two jobs in hand", workers::stopped),
    scenario!("cancel", "running jobs are canceled from the other machine", workers::canceled),
    scenario!(
        "gateways killed",
        "kill -9 between the document and the queue entry, 50 times",
        gateways::killed
    ),
    scenario!("redis emptied", "stopped for 60 s and started empty", redis::stopped),
    scenario!("redis flushed", "FLUSHALL in the middle", redis::flushed),
    scenario!("redis evicting", "8 MB and allkeys-lru, filled until keys go", redis::evicting),
    scenario!("redis cut", "CLIENT KILL of every connection, ten times", redis::cut),
    scenario!("mongodb stopped", "stopped for 60 s", mongodb::stopped),
    scenario!("mongodb cut", "every connection cut, ten times", mongodb::cut),
    scenario!(
        "webhooks killed",
        "kill -9 of every worker between the end and its messages, 30 times",
        webhooks::killed
    ),
    scenario!(
        "webhooks away",
        "the receiver refuses for 60 s, then answers 500 for 30 s",
        webhooks::away
    ),
    scenario!("bulk", "10,000 queued bulk jobs and an interactive one", queues::bulk),
    scenario!("fairness", "a client with 5,000 jobs and one with 5", queues::fair),
];
