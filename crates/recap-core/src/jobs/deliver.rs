//! One attempt at a message, and what follows from it.

use std::time::Duration;

use tracing::{debug, info, warn};

use super::context::JobContext;
use super::time::{later, since};
use crate::ports::{Entry, Notification, Response, StoreError};
use crate::webhook::{
    Attempt, AttemptError, Delivery, DeliveryId, DeliveryStatus, Disabled, Endpoint, EndpointId,
    Target, WebhookSecret,
};

/// Longest time an entry waits in the queue; the rest is left to the reconciler.
const LONGEST_DELAY: Duration = Duration::from_mins(15);

/// How often a change of an endpoint is tried that others change as well.
const TRIES: usize = 5;

/// Safe to run twice: the claim lets one attempt through at a time. One whose
/// process dies is made again once its lease is over, with the same id and body.
pub(super) async fn run(cx: &JobContext, id: DeliveryId) -> Result<(), StoreError> {
    let claimed = cx.webhooks.claim_delivery(id, cx.now(), cx.policy.webhooks.lease).await?;
    let Some(message) = claimed else {
        debug!("not due, or in other hands");
        return Ok(());
    };
    let Some(address) = address(cx, &message).await? else {
        info!("nobody wants the message any more");
        return end(cx, message, DeliveryStatus::Dropped).await;
    };
    let response = attempt(cx, &message, &address).await;
    after(cx, message, &address, response).await
}

/// Where a message goes, and what signs it.
struct Address {
    url: String,
    secrets: Vec<WebhookSecret>,
    endpoint: Option<EndpointId>,
}

/// What an endpoint answered.
struct Answered<'a> {
    /// Where the message went: the endpoint may have moved since.
    url: &'a str,
    /// Why it would be disabled, or `None` if it took the message.
    failed: Option<Disabled>,
}

/// `None` if the endpoint is gone or disabled.
async fn address(cx: &JobContext, message: &Delivery) -> Result<Option<Address>, StoreError> {
    Ok(match &message.target {
        Target::Endpoint { id } => {
            let found = cx.webhooks.find_endpoint(&message.owner, *id).await?;
            found.filter(|it| it.disabled.is_none()).map(|it| Address {
                secrets: it.secrets(cx.now()),
                url: it.url,
                endpoint: Some(*id),
            })
        }
        Target::Url { url, key } => {
            let secret = match key {
                Some(key) => cx.keys.find_key_by_id(*key).await?.map(|it| it.webhook_secret),
                None => cx.policy.webhooks.secret.clone(),
            };
            let secrets = secret.into_iter().collect();
            Some(Address { url: url.clone(), secrets, endpoint: None })
        }
    })
}

async fn attempt(cx: &JobContext, message: &Delivery, address: &Address) -> Response {
    if address.secrets.is_empty() {
        // Never unsigned.
        return Response {
            status: None,
            error: Some(AttemptError::NoSecret),
            latency: Duration::ZERO,
            body: String::new(),
            retry_after: None,
            abort: true,
        };
    }
    let notification = Notification {
        id: message.id,
        url: &address.url,
        payload: &message.payload,
        secrets: &address.secrets,
        unix_seconds: cx.now().as_second(),
    };
    cx.notifier.send(&notification).await
}

/// Notes what came of an attempt, and decides whether there is another.
async fn after(
    cx: &JobContext,
    mut message: Delivery,
    address: &Address,
    response: Response,
) -> Result<(), StoreError> {
    if response.error == Some(AttemptError::Resting) {
        // Its host is left alone for a while: this was no attempt.
        let wait = response.retry_after.unwrap_or(cx.policy.webhooks.lease);
        return again(cx, message, wait).await;
    }
    let now = cx.now();
    message.note(Attempt {
        at: now.checked_sub(response.latency).unwrap_or(now),
        status: response.status,
        latency: response.latency,
        error: response.error,
        body: response.body.clone(),
    });
    if let Some(endpoint) = address.endpoint {
        let reason = if is_gone(&response) { Disabled::Gone } else { Disabled::Failing };
        let answered = Answered { url: &address.url, failed: response.error.map(|_| reason) };
        endpoint_answered(cx, &message, endpoint, answered).await?;
    }
    let Some(error) = response.error else {
        info!(webhook.event = %message.event, "message delivered");
        return end(cx, message, DeliveryStatus::Delivered).await;
    };
    message.failed += 1;
    if let Some(wait) = next_wait(cx, &message, &response) {
        let (status, delay_s) = (response.status, wait.as_secs());
        info!(%error, http.status = status, delay_s, "message will be sent again");
        return again(cx, message, wait).await;
    }
    warn!(%error, http.status = response.status, "message given up");
    end(cx, message, DeliveryStatus::Failed).await
}

fn is_gone(response: &Response) -> bool {
    response.status == Some(410)
}

/// How long to wait for the next attempt, or `None` if this was the last one.
fn next_wait(cx: &JobContext, message: &Delivery, response: &Response) -> Option<Duration> {
    if is_gone(response) || response.abort {
        return None;
    }
    let overloaded = response.error == Some(AttemptError::Timeout)
        || matches!(response.status, Some(429 | 502 | 504));
    let schedule = &cx.policy.webhooks.schedule;
    schedule.wait(message.failed, (cx.chance)(), overloaded, response.retry_after)
}

async fn end(
    cx: &JobContext,
    mut message: Delivery,
    status: DeliveryStatus,
) -> Result<(), StoreError> {
    message.status = status;
    message.next_attempt_at = None;
    cx.webhooks.set_delivery(&message).await.map(drop)
}

async fn again(cx: &JobContext, mut message: Delivery, wait: Duration) -> Result<(), StoreError> {
    message.next_attempt_at = Some(later(cx.now(), wait));
    if !cx.webhooks.set_delivery(&message).await? || wait > LONGEST_DELAY {
        return Ok(());
    }
    let entry = Entry::delivery(message.id, message.revision + 1);
    if let Err(error) = cx.queue.push(&[entry], wait).await {
        warn!(error = %error.0, "the reconciler will send the message again");
    }
    Ok(())
}

/// Keeps account of how long an endpoint has failed, and disables it when that is
/// too long.
async fn endpoint_answered(
    cx: &JobContext,
    message: &Delivery,
    id: EndpointId,
    answered: Answered<'_>,
) -> Result<(), StoreError> {
    for _ in 0..TRIES {
        let Some(found) = cx.webhooks.find_endpoint(&message.owner, id).await? else { break };
        let Some(changed) = judged(cx, &found, &answered) else { break };
        if let Some(reason) = changed.disabled {
            // Before the change: a crash between the two makes no second message.
            cx.desk().tell_disabled(&found, reason, cx.now()).await?;
        }
        if cx.webhooks.set_endpoint(&changed).await? {
            if let Some(reason) = changed.disabled {
                warn!(endpoint.id = %id, %reason, "webhook endpoint disabled");
            }
            break;
        }
    }
    Ok(())
}

/// The endpoint as it is to be, or `None` if it may stay as it is.
fn judged(cx: &JobContext, endpoint: &Endpoint, answered: &Answered<'_>) -> Option<Endpoint> {
    let (now, failed) = (cx.now(), answered.failed);
    if endpoint.disabled.is_some() || endpoint.url != answered.url {
        return None;
    }
    let mut changed = endpoint.clone();
    changed.failing_since = failed.map(|_| endpoint.failing_since.unwrap_or(now));
    let failing = changed.failing_since.map(|it| since(it, now)).unwrap_or_default();
    let too_long = failing >= cx.policy.webhooks.disable_after;
    changed.disabled = failed.filter(|it| *it == Disabled::Gone || too_long);
    (changed != *endpoint).then_some(changed)
}
