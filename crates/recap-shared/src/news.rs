//! What processes tell each other, over one channel of the server's pub/sub.
//!
//! Best effort: news is lost while the server is away, when more is posted than
//! goes out, and for whoever is not listening at that moment. Who listens again
//! after a while is told so ([`Listeners::missed`]).

mod hear;
mod post;

use std::sync::Arc;

use recap_core::ports::{JobEvent, Slot};
use serde::{Deserialize, Serialize};
use tokio_util::task::AbortOnDropHandle;
use ulid::Ulid;

use crate::cache::Near;
use crate::events::MemoryEvents;
use crate::numbers::Counts;
use crate::server::Server;
use crate::slots::Bells;

pub(crate) use post::Outbox;

/// One piece of news. Only added to: other processes may be older or newer, and
/// skip what they do not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum News {
    Job(JobEvent),
    /// All versions of something were invalidated; `resource` as in a key.
    Forgotten {
        resource: String,
        id: String,
    },
    /// The value of this key was replaced by another.
    Replaced(String),
    /// Whoever was making the value of this key does no more.
    Landed(String),
    /// A slot is free, as [`name_of`] calls it.
    Free(String),
}

/// News as it is sent.
#[derive(Debug, Serialize, Deserialize)]
struct Letter {
    /// The process that sent it, which does not listen to itself.
    from: String,
    news: News,
}

/// What a slot is called on the server.
pub(crate) fn name_of(slot: Slot) -> &'static str {
    match slot {
        Slot::Fetch => "fetch",
        Slot::Summarize => "summarize",
    }
}

/// Whom others' news is for.
pub(crate) struct Listeners {
    pub(crate) events: Arc<MemoryEvents>,
    pub(crate) near: Arc<Near>,
    pub(crate) bells: Arc<Bells>,
}

impl Listeners {
    fn hear(&self, news: News) {
        match news {
            News::Job(event) => self.events.tell(event),
            News::Forgotten { resource, id } => {
                // A resource that this version does not have is not in its memory.
                if let Ok(resource) = resource.parse() {
                    self.near.forget(resource, &id);
                }
            }
            News::Replaced(key) => self.near.replaced(&key),
            News::Landed(key) => self.near.flights.landed(&key),
            News::Free(name) => {
                let slots = [Slot::Fetch, Slot::Summarize];
                slots
                    .into_iter()
                    .filter(|it| name_of(*it) == name)
                    .for_each(|it| self.bells.ring(it));
            }
        }
    }

    /// News may have been missed, and nobody can say which.
    fn missed(&self) {
        self.near.forget_all();
        self.events.tell(JobEvent::Missed);
        self.bells.ring(Slot::Fetch);
        self.bells.ring(Slot::Summarize);
    }
}

/// The way out and the way in. Both end when it is dropped.
pub(crate) struct Wire {
    outbox: Outbox,
    process: String,
    channel: String,
    _tasks: [AbortOnDropHandle<()>; 2],
}

impl Wire {
    pub(crate) fn new(server: Server, listeners: Listeners, counts: Arc<Counts>) -> Self {
        let process = Ulid::generate().to_string();
        let channel = server.key("events");
        let (outbox, posting) =
            post::spawn(server.clone(), channel.clone(), process.clone(), counts);
        let hearing = hear::spawn(server, channel.clone(), process.clone(), listeners);
        Self { outbox, process, channel, _tasks: [posting, hearing] }
    }

    pub(crate) fn outbox(&self) -> Outbox {
        self.outbox.clone()
    }

    /// Names this process among all that share the server.
    pub(crate) fn process(&self) -> &str {
        &self.process
    }

    pub(crate) fn channel(&self) -> &str {
        &self.channel
    }
}

/// News as it goes over the wire.
pub(crate) fn letter(process: &str, news: News) -> String {
    let letter = Letter { from: process.to_owned(), news };
    serde_json::to_string(&letter).expect("text and numbers")
}

#[cfg(test)]
mod tests {
    use recap_core::ports::JobEvent;
    use recap_core::{JobId, Status};

    use super::{Letter, News, letter};

    #[track_caller]
    fn check(news: &News, expected: &str) {
        let text = letter("p1", news.clone());
        assert_eq!(text, format!(r#"{{"from":"p1","news":{expected}}}"#));
        assert_eq!(serde_json::from_str::<Letter>(&text).unwrap().news, *news);
    }

    #[test]
    fn letters_stay_as_they_are() {
        let job: JobId = "job_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap();
        let changed = JobEvent::Changed { job, status: Status::Succeeded };
        let expected = r#"{"job":{"event":"changed","job":"job_01ARZ3NDEKTSV4RRFFQ69G5FAV","status":"succeeded"}}"#;
        check(&News::Job(changed), expected);
        let segment = |segment| JobEvent::Text { job, segment, text: "said \"so\"".to_owned() };
        let expected = r#"{"job":{"event":"text","job":"job_01ARZ3NDEKTSV4RRFFQ69G5FAV","segment":3,"text":"said \"so\""}}"#;
        check(&News::Job(segment(Some(3))), expected);
        check(&News::Job(segment(None)), &expected.replace(":3,", ":null,"));
        check(&News::Job(JobEvent::ControlChanged), r#"{"job":{"event":"control_changed"}}"#);
        check(&News::Job(JobEvent::KeysChanged), r#"{"job":{"event":"keys_changed"}}"#);
        check(&News::Job(JobEvent::Missed), r#"{"job":{"event":"missed"}}"#);
        let forgotten = News::Forgotten { resource: "metadata".to_owned(), id: "x".to_owned() };
        check(&forgotten, r#"{"forgotten":{"resource":"metadata","id":"x"}}"#);
        check(&News::Replaced("job:a:1".to_owned()), r#"{"replaced":"job:a:1"}"#);
        check(&News::Landed("job:a:1".to_owned()), r#"{"landed":"job:a:1"}"#);
        check(&News::Free("fetch".to_owned()), r#"{"free":"fetch"}"#);
    }
}
