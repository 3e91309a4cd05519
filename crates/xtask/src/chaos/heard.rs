//! What webhooks were told.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::fleet::Fleet;
use crate::lab::client::Client;
use crate::lab::told::{Told, Wanted, count, job_of};

/// How long the last messages may take after the last job: one whose sender was
/// killed stays with it for 40 s, and a receiver that was away for long is left
/// alone for a minute at a time.
const LAST: Duration = Duration::from_mins(4);

/// Waits until every ended job of `clients` was told to all its addresses, for
/// [`LAST`] at most; what was told by then.
pub(super) async fn wait(
    fleet: &Fleet,
    clients: &[&Client],
    jobs: &BTreeMap<String, Value>,
) -> Told {
    let end = Instant::now() + LAST;
    let mut wanted = wanted(clients, jobs).await;
    loop {
        let mut messages = fleet.hooks.messages();
        // What others are told is not looked at here.
        messages.retain(|it| clients.iter().any(|client| client.is_told_at(&it.request.path)));
        let about: BTreeSet<String> =
            messages.iter().filter_map(|it| job_of(&it.request)).collect();
        for id in about.into_iter().filter(|it| !jobs.contains_key(it)) {
            unasked(clients, id, &mut wanted).await;
        }
        let told = count(&wanted, &messages, fleet.hooks.secrets());
        // A job may have been read in the moment before its end.
        if (told.missing, told.wrong) == (0, 0) || Instant::now() >= end {
            return told;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

async fn wanted(clients: &[&Client], jobs: &BTreeMap<String, Value>) -> BTreeMap<String, Wanted> {
    let mut wanted = BTreeMap::new();
    for (id, job) in jobs.iter().filter(|(_, it)| !it["completed_at"].is_null()) {
        let mut paths = BTreeSet::new();
        for client in clients {
            paths.extend(client.told_of(id).await);
        }
        wanted.insert(id.clone(), Wanted { status: status(job), paths });
    }
    wanted
}

/// Of a job that nobody was told to have been accepted a message must still say
/// what its document says.
async fn unasked(clients: &[&Client], id: String, wanted: &mut BTreeMap<String, Wanted>) {
    if wanted.contains_key(&id) {
        return;
    }
    for client in clients {
        let Ok(job) = client.job(&id).await else { continue };
        if !job["completed_at"].is_null() {
            wanted.insert(id, Wanted { status: status(&job), paths: BTreeSet::new() });
        }
        return;
    }
}

fn status(job: &Value) -> String {
    job["status"].as_str().unwrap_or_default().to_owned()
}
