//! What clients do that mean harm, or know no better.

mod bodies;
mod deaf;
mod slow;

use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;

use tokio::task::JoinSet;

use super::tally::Tally;
use crate::stress::wire::Wire;

/// Where all of them come from.
const FROM: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 66);

/// Requests of one kind at once, where it is not said otherwise.
const WIDTH: usize = 20;

const HEADERS: usize = 1_000;

/// Who is attacked, and the job that is read.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) server: SocketAddr,
    pub(super) job: String,
}

type Run = fn(Target) -> Pin<Box<dyn Future<Output = Tally> + Send>>;

/// Something that clients do.
pub(super) struct Attack {
    pub(super) name: &'static str,
    pub(super) run: Run,
    /// Whether all of it arrived, so many times, and was answered as it has to be.
    pub(super) answers: fn(&Tally, usize) -> bool,
}

pub(super) const ALL: [Attack; 5] = [
    Attack {
        name: "500 clients that send a byte of the head every 2 s",
        run: |it| Box::pin(slow::heads(it)),
        answers: |seen, times| {
            seen.of(408) >= slow::CLIENTS * times
                && seen.is_only(&["408", "closed", "open at the end"])
        },
    },
    Attack {
        name: "200 bodies of 10 MB",
        run: |it| Box::pin(bodies::big(it)),
        answers: |seen, times| seen.of(413) == bodies::BIG * times && seen.is_only(&["413"]),
    },
    Attack {
        name: "100 bodies of JSON 100,000 deep",
        run: |it| Box::pin(bodies::deep(it)),
        answers: |seen, times| seen.of(422) == bodies::DEEP * times && seen.is_only(&["422"]),
    },
    Attack {
        name: "1,000 requests with 10,000 bytes or 200 lines of headers",
        run: |it| Box::pin(headers(it)),
        // The lines are too many; the bytes are just within what a head may have.
        answers: |seen, times| {
            let each = HEADERS / 2 * times;
            seen.of(431) == each && seen.of(200) == each && seen.is_only(&["200", "431"])
        },
    },
    Attack {
        name: "100 clients that never read a big answer",
        run: |it| Box::pin(deaf::clients(it)),
        answers: |seen, times| seen.of("cut") == deaf::CLIENTS * times && seen.is_only(&["cut"]),
    },
];

/// Returns when the last has come to its end.
pub(super) async fn all_at_once(target: &Target) -> Tally {
    let attacks: JoinSet<Tally> = ALL.iter().map(|it| (it.run)(target.clone())).collect();
    added(attacks.join_all().await)
}

async fn headers(target: Target) -> Tally {
    spread(target, HEADERS, WIDTH, |target, number| async move {
        let mut wire = Wire::connect(target.server, FROM).await?;
        let many: Vec<String> = (0..200).map(|it| format!("x-line-{it}: {it}")).collect();
        let long = vec![format!("x-long: {}", "x".repeat(10_000))];
        let lines = if number % 2 == 0 { many } else { long };
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        wire.send(wire.head("GET", &format!("/v1/jobs/{}", target.job), &lines).as_bytes()).await?;
        Ok(wire.reply().await?.status)
    })
    .await
}

/// Makes `count` requests, `width` at once; one that gets no answer was `cut`.
async fn spread<F>(
    target: Target,
    count: usize,
    width: usize,
    request: impl Fn(Target, usize) -> F + Copy + Send + Sync + 'static,
) -> Tally
where
    F: Future<Output = anyhow::Result<u16>> + Send,
{
    let mut tasks = JoinSet::new();
    for turn in 0..width {
        let target = target.clone();
        tasks.spawn(async move {
            let mut tally = Tally::default();
            for number in (turn..count).step_by(width) {
                match request(target.clone(), number).await {
                    Ok(status) => tally.note(status),
                    Err(_) => tally.note("cut"),
                }
            }
            tally
        });
    }
    added(tasks.join_all().await)
}

fn added(tallies: Vec<Tally>) -> Tally {
    let mut all = Tally::default();
    for it in tallies {
        all.add(it);
    }
    all
}
