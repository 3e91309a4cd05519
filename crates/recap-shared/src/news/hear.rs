//! The way in: a connection of its own, made again whenever it breaks.

use std::convert::Infallible;
use std::time::Duration;

use futures::StreamExt as _;
use recap_redis::redis::aio::{PubSubSink, PubSubStream};
use recap_redis::redis::{ErrorKind, Msg, RedisResult};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::task::AbortOnDropHandle;
use tracing::debug;

use super::{Letter, Listeners};
use crate::server::Server;

/// Pause before the second attempt to listen; doubled with each one after.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);

/// Longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How long connecting, and each sign of life, may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often a connection on which nothing is heard is asked for a sign of life:
/// one whose other end is gone without a word stays open for hours.
const ASK: Duration = Duration::from_secs(5);

pub(super) fn spawn(
    server: Server,
    channel: String,
    process: String,
    listeners: Listeners,
) -> AbortOnDropHandle<()> {
    #[expect(clippy::disallowed_methods, reason = "aborted when the wire is dropped")]
    let task = tokio::spawn(async move {
        let (mut pause, mut first) = (SHORTEST_PAUSE, true);
        loop {
            let began = Instant::now();
            let Err(error) = listen(&server, &channel, &process, &listeners, first).await;
            first = false;
            debug!(%error, "not listening to other processes");
            // One that held for a while has earned a quick second attempt.
            let held = began.elapsed() > PATIENCE + ASK;
            pause = if held { SHORTEST_PAUSE } else { pause };
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    });
    AbortOnDropHandle::new(task)
}

/// Listens until the connection breaks. A process that listens with its `first`
/// attempt was deaf for some milliseconds, and kept nothing that it read in them.
async fn listen(
    server: &Server,
    channel: &str,
    process: &str,
    listeners: &Listeners,
    first: bool,
) -> RedisResult<Infallible> {
    let (mut sink, mut stream) = in_time(connect(server, channel)).await?;
    // Only now, when nothing more can be missed.
    listeners.near.forgotten.hear();
    if !first {
        listeners.missed();
    }
    let mut signs = tokio::time::interval_at(Instant::now() + ASK, ASK);
    signs.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            message = stream.next() => match message {
                Some(message) => read(&message, process, listeners),
                None => return Err(broken("the connection is closed")),
            },
            _ = signs.tick() => in_time(sink.ping()).await?,
        }
    }
}

async fn connect(server: &Server, channel: &str) -> RedisResult<(PubSubSink, PubSubStream)> {
    let mut connection = server.client().get_async_pubsub().await?;
    connection.subscribe(channel).await?;
    Ok(connection.split())
}

/// Passes a message on, unless it is our own or says nothing that we know.
fn read(message: &Msg, process: &str, listeners: &Listeners) {
    match serde_json::from_slice::<Letter>(message.get_payload_bytes()) {
        Ok(letter) if letter.from == process => {}
        Ok(letter) => listeners.hear(letter.news),
        Err(error) => debug!(%error, "news that this version does not understand"),
    }
}

async fn in_time<T>(call: impl Future<Output = RedisResult<T>>) -> RedisResult<T> {
    let answer = tokio::time::timeout(PATIENCE, call).await;
    answer.unwrap_or_else(|_elapsed| Err(broken("no answer in time")))
}

fn broken(why: &'static str) -> recap_redis::redis::RedisError {
    (ErrorKind::Io, why).into()
}
