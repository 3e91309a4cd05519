//! What every kind of submit does.

mod accept;
mod hit;
mod order;
mod own;

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use recap_core::Job;

pub(super) use self::order::{Order, again, batch, summary, transcript};
use super::{batches, show};
use crate::access::Who;
use crate::context::Context;
use crate::copies::Found;
use crate::error::ApiResult;
use crate::extract::Wishes;
use crate::idempotency::{self, Begun, Claim};
use crate::wait;

/// Left of the request's time for reading and writing around a wait.
const MARGIN: Duration = Duration::from_secs(2);

const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// Keeps what was ordered, once for each idempotency key, and waits for its end
/// if that is preferred.
///
/// A client that is told that the store does not answer has lost nothing, but
/// its job may exist: a write that took too long may still have happened. Then
/// its key stays locked for a while, so that the job is not made twice.
pub(super) async fn submit(
    cx: &Context,
    who: &Who,
    wishes: &Wishes,
    order: Order,
) -> ApiResult<HttpResponse> {
    match idempotency::begin(cx, who, wishes).await? {
        Begun::Ours(claim) => Box::pin(fulfil(cx, who, wishes, &claim, Ok(order))).await,
        Begun::Done(answer) => Ok(answer),
    }
}

/// The same once the request is known to be ours to answer. An order that was
/// refused leaves nothing behind.
pub(super) async fn fulfil(
    cx: &Context,
    who: &Who,
    wishes: &Wishes,
    claim: &Claim,
    order: ApiResult<Order>,
) -> ApiResult<HttpResponse> {
    let as_batch = order.as_ref().is_ok_and(|it| it.as_batch);
    let prepared = match accept::prepare(cx, order, claim).await {
        Ok(prepared) => prepared,
        Err(error) => {
            claim.release(cx).await;
            return Err(error);
        }
    };
    let found = accept::keep(cx, prepared).await?;
    let answer = answer(cx, found.clone(), as_batch).await?;
    let mut answer = claim.keep(cx, answer).await;
    let Some(wait) = wishes.wait else { return Ok(answer) };
    if let Some(ended) = waited(cx, who, wishes, &found.job).await
        && let Ok(ended) = self::answer(cx, ended, as_batch).await
    {
        answer = ended;
    }
    let applied = HeaderValue::try_from(format!("wait={}", wait.as_secs())).expect("digits");
    answer.headers_mut().insert(PREFERENCE_APPLIED, applied);
    Ok(answer)
}

/// The job as it is now, as one or as a batch.
async fn answer(cx: &Context, found: Found, as_batch: bool) -> ApiResult<HttpResponse> {
    let job = &found.job;
    let ended = job.status.is_terminal();
    let mut answer = if ended { HttpResponse::Ok() } else { HttpResponse::Accepted() };
    let resource = if as_batch { "batches" } else { "jobs" };
    answer.insert_header((LOCATION, format!("/v1/{resource}/{}", job.id)));
    if !ended {
        answer.insert_header((RETRY_AFTER, show::retry_after(job, cx.now())));
    }
    if as_batch {
        batches::show(cx, answer, found).await
    } else {
        show::job(cx, answer, found).await
    }
}

/// The job at its end, if that comes in the time that the client would wait.
/// Whatever else becomes of the wait, the job was accepted.
async fn waited(cx: &Context, who: &Who, wishes: &Wishes, job: &Job) -> Option<Found> {
    let wait = wishes.wait.filter(|_| !job.status.is_terminal())?;
    let longest = cx.rules.request_timeout.saturating_sub(MARGIN);
    let left = longest.saturating_sub(wishes.began.elapsed());
    let found = wait::until_ended(cx, who, job.id, wait.min(left)).await.ok()?;
    Some(found).filter(|it| it.job.status.is_terminal())
}
