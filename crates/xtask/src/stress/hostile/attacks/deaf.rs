//! Clients that ask for big answers and read none of them.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::{FROM, Target, added};
use crate::stress::hostile::tally::Tally;
use crate::stress::wire::Wire;

pub(super) const CLIENTS: usize = 100;

/// Answers that each asks for at once: more than the system holds of them.
const ANSWERS: usize = 64;

/// How long they stay: longer than `server.write_timeout_seconds`.
const TIME: Duration = Duration::from_secs(45);

/// Between two looks at whether the connection is still there.
const LOOK: Duration = Duration::from_secs(2);

pub(super) async fn clients(target: Target) -> Tally {
    let mut tasks = JoinSet::new();
    for _ in 0..CLIENTS {
        let target = target.clone();
        tasks.spawn(async move {
            let mut tally = Tally::default();
            match client(&target).await {
                Ok(()) => tally.note("open at the end"),
                Err(_) => tally.note("cut"),
            }
            tally
        });
    }
    added(tasks.join_all().await)
}

/// An error when the server has cut the connection.
async fn client(target: &Target) -> anyhow::Result<()> {
    let mut wire = Wire::deaf(target.server, FROM).await?;
    let one = wire.head("GET", &format!("/v1/jobs/{}/transcript?format=json", target.job), &[]);
    wire.send(one.repeat(ANSWERS).as_bytes()).await?;
    let end = Instant::now() + TIME;
    while Instant::now() < end {
        tokio::time::sleep(LOOK).await;
        // Sent to a connection that is gone, it is answered by a reset.
        wire.send(b"G").await?;
    }
    Ok(())
}
