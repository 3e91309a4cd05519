//! One open stream: what its client has been sent, and what comes next.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::{Bytes, Data};
use futures::{Stream, stream};
use recap_core::ports::StoreError;
use recap_core::{ErrorCode, Job, JobId};
use recap_telemetry::metrics;
use tokio::time::{Instant, sleep_until};

use super::text::{GONE, HEARTBEAT, RETRY, event};
use crate::access::Who;
use crate::body::{ProgressEvent, SegmentEvent};
use crate::context::Context;
use crate::copies::Found;
use crate::news::{Heard, Watch};
use crate::routes::show;
use crate::seats::Seat;

/// Longest life of a stream: its client comes back, and proves again who it is.
const LIFE: Duration = Duration::from_hours(1);

/// When to look in any case: between processes an event may get lost.
const SOMETIME: Duration = Duration::from_secs(5);

/// When to look again while the store is away.
const AGAIN: Duration = Duration::from_secs(2);

/// How far a client is, as the `id` of the last event says. Written as
/// `<revision>.<next segment>`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// Of the job as it was last sent.
    pub(crate) revision: u64,
    pub(crate) segment: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.revision, self.segment)
    }
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (revision, segment) = text.split_once('.').ok_or(())?;
        let (revision, segment) = (revision.parse(), segment.parse());
        Ok(Self { revision: revision.map_err(drop)?, segment: segment.map_err(drop)? })
    }
}

/// A stream of one job for one client.
pub(crate) struct Feed {
    cx: Data<Context>,
    who: Arc<Who>,
    id: JobId,
    watch: Watch,
    /// `None`: the client has seen nothing.
    place: Option<Place>,
    /// Segments that were done when they were last asked for.
    asked: u32,
    ready: VecDeque<Bytes>,
    next: Next,
    /// When to look at the job in any case.
    look_at: Instant,
    quiet_since: Instant,
    ends_at: Instant,
    _open: Open,
}

/// What a stream does when it has nothing to say.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Look,
    Listen,
    End,
}

impl Feed {
    /// Watches from now on; what was before is found by the first look.
    pub(crate) fn new(
        cx: Data<Context>,
        who: Arc<Who>,
        id: JobId,
        place: Option<Place>,
        seat: Seat,
    ) -> Self {
        let now = Instant::now();
        Self {
            watch: cx.news.watch(id),
            who,
            id,
            place,
            asked: 0,
            ready: VecDeque::from([Bytes::from_static(RETRY)]),
            next: Next::Look,
            look_at: now,
            quiet_since: now,
            ends_at: now + LIFE,
            _open: Open::new(seat),
            cx,
        }
    }

    /// What is sent, made as it is taken.
    pub(crate) fn into_stream(self) -> impl Stream<Item = Result<Bytes, Infallible>> {
        stream::unfold(self, async |mut feed| feed.said().await.map(|it| (Ok(it), feed)))
    }

    async fn said(&mut self) -> Option<Bytes> {
        loop {
            if let Some(ready) = self.ready.pop_front() {
                self.quiet_since = Instant::now();
                return Some(ready);
            }
            match self.next {
                Next::Look => self.look().await,
                Next::Listen => self.listen().await,
                Next::End => return None,
            }
        }
    }

    /// Waits for something to say, or for a reason to look.
    async fn listen(&mut self) {
        tokio::select! {
            heard = self.watch.heard() => match heard {
                Heard::Changed | Heard::Ended | Heard::Missed => self.next = Next::Look,
                Heard::Text(text) => self.say("text", text),
                // The client comes back and proves again who it is.
                Heard::Keys => self.next = Next::End,
            },
            () = sleep_until(self.look_at) => self.next = Next::Look,
            () = sleep_until(self.quiet_since + self.cx.rules.stream_heartbeat) => {
                self.ready.push_back(Bytes::from_static(HEARTBEAT));
            }
            () = sleep_until(self.ends_at) => self.next = Next::End,
            () = self.cx.shutdown.cancelled() => self.next = Next::End,
        }
    }

    async fn look(&mut self) {
        self.next = Next::Listen;
        self.look_at = Instant::now() + SOMETIME;
        match self.cx.glance(&self.who, self.id).await {
            Ok(found) => self.show(found).await,
            Err(error) if error.code == ErrorCode::JobNotFound => {
                self.say("gone", Bytes::from_static(GONE));
                self.next = Next::End;
            }
            Err(_) => self.look_at = Instant::now() + AGAIN,
        }
    }

    /// Says what the client does not know of the job: segments, then how far it
    /// is, or how it ended.
    async fn show(&mut self, found: Found) {
        let job = Arc::clone(&found.job);
        if found.away {
            self.look_at = Instant::now() + AGAIN;
        }
        if self.show_segments(&job).await.is_err() {
            // The end is said after the last segment, and so not now.
            self.look_at = Instant::now() + AGAIN;
            return;
        }
        if self.next == Next::Look {
            return;
        }
        let known = self.place.map(|it| it.revision);
        let place = Place { revision: job.revision, ..self.place.unwrap_or_default() };
        if job.status.is_terminal() {
            let (body, _) = show::body(&self.cx, found).await;
            self.say("end", event("end", place, &body));
            self.next = Next::End;
        } else if known.is_none_or(|it| it < job.revision) {
            let progress = ProgressEvent::new(&job, self.cx.now());
            self.say("progress", event("progress", place, &progress));
            self.place = Some(place);
        }
    }

    /// Says the segments that the client does not have; a look follows if there
    /// are more than can be held at once.
    async fn show_segments(&mut self, job: &Job) -> Result<(), StoreError> {
        let done = job.progress.segments_done;
        if done <= self.asked {
            return Ok(());
        }
        let mut place = self.place.unwrap_or_default();
        let part = self.watch.tail().segments(&self.cx, job, place.segment).await?;
        for segment in &part.segments {
            place.segment = segment.index + 1;
            let body = SegmentEvent::new(segment, job.input.video_id);
            self.say("segment", event("segment", place, &body));
            self.place = Some(place);
        }
        if part.more {
            self.next = Next::Look;
        } else {
            self.asked = done;
        }
        Ok(())
    }

    fn say(&mut self, kind: &str, event: Bytes) {
        metrics::stream_event(kind);
        self.ready.push_back(event);
    }
}

/// A stream that is open, as it is counted.
struct Open(#[expect(dead_code, reason = "held until the stream is dropped")] Seat);

impl Open {
    fn new(seat: Seat) -> Self {
        metrics::event_stream(1);
        Self(seat)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        metrics::event_stream(-1);
    }
}
