//! Clients that are slow with the head of a request.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{FROM, Target, added};
use crate::stress::hostile::tally::Tally;
use crate::stress::wire::Wire;

pub(super) const CLIENTS: usize = 500;

/// Between two bytes.
const PAUSE: Duration = Duration::from_secs(2);

/// How long they go on; one that is cut off comes back.
const TIME: Duration = Duration::from_secs(25);

pub(super) async fn heads(target: Target) -> Tally {
    let mut tasks = JoinSet::new();
    for _ in 0..CLIENTS {
        tasks.spawn(client(target.clone(), Instant::now() + TIME));
    }
    added(tasks.join_all().await)
}

async fn client(target: Target, end: Instant) -> Tally {
    let mut tally = Tally::default();
    while Instant::now() < end {
        match connection(&target, end).await {
            Ok(Some(status)) => tally.note(status),
            Ok(None) => tally.note("open at the end"),
            Err(_) => tally.note("closed"),
        }
    }
    tally
}

/// The status of an answer that comes before the request is complete.
async fn connection(target: &Target, end: Instant) -> anyhow::Result<Option<u16>> {
    let mut wire = Wire::connect(target.server, FROM).await?;
    let head = wire.head("GET", &format!("/v1/jobs/{}", target.job), &[]);
    for byte in head.as_bytes().chunks(1) {
        if Instant::now() >= end {
            break;
        }
        wire.send(byte).await?;
        if let Ok(reply) = timeout(PAUSE, wire.reply()).await {
            return Ok(Some(reply?.status));
        }
    }
    Ok(None)
}
