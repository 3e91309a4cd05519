//! Requests that may be sent again: `Idempotency-Key`.
//!
//! What is kept is the answer to the submit itself, before anyone waits for the
//! job: so a client that hangs up while it waits finds its job under the same
//! key. A process that dies in between leaves the key locked for the time of one
//! request; whoever takes it over then makes the same job, if it is not there.

use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, HttpResponseBuilder};
use recap_core::key::digest;
use recap_core::ports::{ReplyClaim, ReplyState, StoredReply};
use recap_core::{ErrorCode, JobId};
use tracing::{debug, warn};

use crate::access::Who;
use crate::context::Context;
use crate::error::{ApiError, ApiResult};
use crate::extract::Wishes;

/// How long an answer is kept.
const KEPT: Duration = Duration::from_hours(24);

/// How much longer than a request may take its key is locked.
const MARGIN: Duration = Duration::from_secs(5);

/// When a request in flight is worth asking for again.
const AGAIN: Duration = Duration::from_secs(2);

/// When a job that was accepted a while ago is worth asking for, in seconds.
const POLL: u64 = 1;

const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// What is to be done about a request.
pub(crate) enum Begun {
    /// What it asks for.
    Ours(Claim),
    /// It was done before, and answered with this.
    Done(HttpResponse),
}

/// The right to do what a request asks for.
pub(crate) struct Claim {
    /// The key under which it is kept; `None` if the client gave none.
    key: Option<String>,
    /// The job that it makes.
    pub(crate) job: JobId,
    /// Another process died over it, and may have made the job.
    pub(crate) taken_over: bool,
}

/// Finds out whether a request was sent before.
pub(crate) async fn begin(cx: &Context, who: &Who, wishes: &Wishes) -> ApiResult<Begun> {
    let job = JobId::generate();
    let Some(key) = &wishes.key else {
        return Ok(Begun::Ours(Claim { key: None, job, taken_over: false }));
    };
    let key = digest(&format!("{}\n{key}\n{}", wishes.path, who.owner.as_str()));
    let now = cx.now();
    let claim = ReplyClaim {
        key: key.clone(),
        fingerprint: wishes.fingerprint.clone(),
        job,
        now,
        locked_until: now + cx.rules.request_timeout + MARGIN,
        expires_at: now + KEPT,
    };
    match cx.tell(cx.state.replies.claim_reply(&claim)).await? {
        ReplyState::Ours { job: made } => {
            Ok(Begun::Ours(Claim { key: Some(key), job: made, taken_over: made != job }))
        }
        ReplyState::Done(reply) if reply.is_gone() => Err(ApiError::no_such_job()),
        ReplyState::Done(reply) => Ok(Begun::Done(replay(reply))),
        ReplyState::InFlight => {
            let detail = "A request with this Idempotency-Key is being worked on.";
            Err(ApiError::new(ErrorCode::IdempotencyInFlight, detail).retry_after(AGAIN))
        }
        ReplyState::Mismatch => {
            let detail = "This Idempotency-Key was used with another body; use a new one.";
            Err(ApiError::new(ErrorCode::IdempotencyMismatch, detail))
        }
    }
}

impl Claim {
    /// Keeps `answer`, so that the same request gets it again.
    pub(crate) async fn keep(&self, cx: &Context, answer: HttpResponse) -> HttpResponse {
        let Some(key) = &self.key else { return answer };
        let (head, body) = answer.into_parts();
        let body = body.try_into_bytes().unwrap_or_default();
        let location = head.headers().get(LOCATION).and_then(|it| it.to_str().ok());
        let reply = StoredReply {
            status: head.status().as_u16(),
            location: location.map(ToOwned::to_owned),
            body: String::from_utf8_lossy(&body).into_owned(),
        };
        let put = cx.state.replies.put_reply(key, self.job, &reply);
        if let Err(error) = cx.tell(put).await {
            // Who asks again takes over, and finds the job.
            warn!(job.id = %self.job, error = %error.0, "an answer could not be kept");
        }
        head.set_body(body).map_into_boxed_body()
    }

    /// Nothing was done: the key may be used again. One that was taken over stays
    /// locked for a while and keeps its job, which may have been made before.
    pub(crate) async fn release(&self, cx: &Context) {
        let Some(key) = self.key.as_ref().filter(|_| !self.taken_over) else { return };
        if let Err(error) = cx.tell(cx.state.replies.drop_reply(key, self.job)).await {
            debug!(error = %error.0, "a key stays locked for a while");
        }
    }
}

fn replay(reply: StoredReply) -> HttpResponse {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
    let mut answer = HttpResponseBuilder::new(status);
    answer.insert_header((CONTENT_TYPE, "application/json"));
    answer.insert_header((REPLAYED, HeaderValue::from_static("true")));
    if let Some(location) = reply.location {
        answer.insert_header((LOCATION, location));
    }
    if status == StatusCode::ACCEPTED {
        answer.insert_header((RETRY_AFTER, POLL));
    }
    answer.body(Bytes::from(reply.body))
}
