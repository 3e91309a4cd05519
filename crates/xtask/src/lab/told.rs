//! Whether everybody who was to be told of the end of a job was told, once, and
//! by messages that are signed. Pure.

use std::collections::{BTreeMap, BTreeSet};

use recap_simulator::webhooks::ReceivedRequest;
use serde_json::Value;

use super::verify::is_signed;

/// Problems that are put into words; there may be one for each of thousands.
const MOST_WORDS: usize = 3;

/// A message that came.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) request: ReceivedRequest,
    /// It was answered with 200; else it has to come again.
    pub(crate) taken: bool,
}

/// An ended job and who is to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// As its document says.
    pub(crate) status: String,
    /// Paths of the receiver.
    pub(crate) paths: BTreeSet<String>,
}

/// What came of the messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// Jobs whose end was told to every address.
    pub(crate) jobs: usize,
    /// Ends that an address was not told of.
    pub(crate) missing: usize,
    /// Messages without the signature of their address' secret.
    pub(crate) unsigned: usize,
    /// Messages that came before, which a receiver must bear.
    pub(crate) again: usize,
    /// What was told otherwise than promised.
    pub(crate) wrong: usize,
    /// The first of what was wrong.
    pub(crate) words: Vec<String>,
}

impl Told {
    fn wrong(&mut self, words: String) {
        self.wrong += 1;
        if self.words.len() < MOST_WORDS {
            self.words.push(words);
        }
    }
}

/// The job that a message is about.
pub(crate) fn job_of(message: &ReceivedRequest) -> Option<String> {
    let body: Value = serde_json::from_slice(&message.body).ok()?;
    Some(body["data"]["id"].as_str()?.to_owned())
}

/// Compares what is `wanted`, by the id of the job, with the `messages` that came.
/// `secrets` are what the messages to each path are signed with.
pub(crate) fn count(
    wanted: &BTreeMap<String, Wanted>,
    messages: &[Message],
    secrets: &BTreeMap<String, String>,
) -> Told {
    let mut told = Told::default();
    let mut bodies: BTreeMap<&str, &[u8]> = BTreeMap::new();
    let mut ids: BTreeMap<(String, &str), BTreeSet<&str>> = BTreeMap::new();
    let mut taken: BTreeSet<(String, &str)> = BTreeSet::new();
    for Message { request: message, taken: is_taken } in messages {
        if !secrets.get(&message.path).is_some_and(|it| is_signed(message, it)) {
            told.unsigned += 1;
            continue;
        }
        let id = message.header("webhook-id").unwrap_or_default();
        match bodies.insert(id, &message.body) {
            None => {}
            Some(before) if before == &message.body[..] => told.again += 1,
            Some(_) => told.wrong(format!("{id} said two things")),
        }
        let Some(job) = job_of(message) else {
            told.wrong(format!("{id} is about no job"));
            continue;
        };
        check(&mut told, wanted.get(&job), message, id);
        let place = (job, message.path.as_str());
        if *is_taken {
            taken.insert(place.clone());
        }
        ids.entry(place).or_default().insert(id);
    }
    for ((job, path), ids) in ids.iter().filter(|(_, ids)| ids.len() > 1) {
        told.wrong(format!("{job} was told to {path} by {} messages", ids.len()));
    }
    for (job, wanted) in wanted {
        let heard = |it: &&String| taken.contains(&(job.clone(), it.as_str()));
        let missing = wanted.paths.len() - wanted.paths.iter().filter(heard).count();
        told.missing += missing;
        told.jobs += usize::from(missing == 0 && !wanted.paths.is_empty());
    }
    told
}

/// A message says what the document says, under the name of the event.
fn check(told: &mut Told, wanted: Option<&Wanted>, message: &ReceivedRequest, id: &str) {
    let Some(wanted) = wanted else {
        told.wrong(format!("{id} tells of the end of a job that has none"));
        return;
    };
    let body: Value = serde_json::from_slice(&message.body).unwrap_or_default();
    let (event, status) = (&body["type"], &body["data"]["status"]);
    let expected = match wanted.status.as_str() {
        "succeeded" => "job.completed".to_owned(),
        other => format!("job.{other}"),
    };
    if *status != wanted.status.as_str() || *event != expected.as_str() {
        told.wrong(format!("{id} says {event} and {status} of a job that {}", wanted.status));
    }
}

#[cfg(test)]
mod tests;
