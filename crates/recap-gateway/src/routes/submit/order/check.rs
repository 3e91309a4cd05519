//! What of an order has to be looked up: settings, regions, addresses.

use std::time::Duration;

use recap_core::job::{Region, TimeRange};
use recap_core::video::{PlaylistId, VideoUrl};
use recap_core::webhook::JobWebhook;
use recap_core::{ErrorCode, Job, VideoId};

use crate::access::Who;
use crate::body::{CreateRange, CreateWebhook, Extras};
use crate::context::Context;
use crate::error::{ApiError, ApiResult, FieldError};
use crate::routes::webhooks;

pub(super) fn invalid(pointer: &str, detail: impl Into<String>) -> ApiError {
    ApiError::invalid(vec![FieldError::new(pointer, detail)])
}

fn refused(code: ErrorCode, pointer: &str, detail: String) -> ApiError {
    let errors = vec![FieldError::new(pointer, detail.clone())];
    ApiError { errors, ..ApiError::new(code, detail) }
}

/// The video that `url` points at.
pub(super) fn video(pointer: &str, url: &str) -> ApiResult<VideoId> {
    let because = |it: recap_core::video::VideoUrlError| it.to_string();
    let link = VideoUrl::parse(url).map_err(because);
    link.map(|it| it.id()).map_err(|it| refused(ErrorCode::InvalidUrl, pointer, it))
}

/// The region that `name` is, if it is one of those that there are.
pub(super) fn region(cx: &Context, name: Option<String>) -> ApiResult<Option<Region>> {
    let Some(name) = name else { return Ok(None) };
    let known = cx.regions.contains(&name);
    let region = Region::try_from(name).ok().filter(|_| known);
    region.map(Some).ok_or_else(|| {
        let detail = match cx.regions.as_slice() {
            [] => "must be left out: there are no regions here".to_owned(),
            regions => format!("must be one of {}", regions.join(", ")),
        };
        invalid("/region", detail)
    })
}

/// A part of a video; `None` if it is all of it.
pub(super) fn range(cx: &Context, range: Option<CreateRange>) -> ApiResult<Option<TimeRange>> {
    let Some(CreateRange { start, end }) = range else { return Ok(None) };
    let longest = cx.rules.max_video;
    let time = |seconds| {
        let time = Duration::try_from_secs_f64(seconds).ok().filter(|it| *it <= longest)?;
        // As it is kept: in whole milliseconds.
        Some(Duration::from_millis(u64::try_from(time.as_millis()).ok()?))
    };
    let bounds = format!("from 0 to {} seconds", longest.as_secs());
    let start = time(start).ok_or_else(|| invalid("/range/start", format!("must be {bounds}")))?;
    let Some(end) = end else {
        return Ok(Some(TimeRange { start, end: None }).filter(|_| !start.is_zero()));
    };
    let end = time(end).filter(|it| *it > start);
    let detail = || format!("must be after `start`, and {bounds}");
    let end = end.ok_or_else(|| invalid("/range/end", detail()))?;
    Ok(Some(TimeRange { start, end: Some(end) }))
}

/// What a batch is made of.
pub(super) struct Source {
    pub(super) urls: Vec<String>,
    pub(super) playlist: Option<PlaylistId>,
    pub(super) max_items: u32,
}

/// Links, or a playlist and how much of it.
pub(super) fn source(
    cx: &Context,
    urls: Option<Vec<String>>,
    playlist: Option<String>,
    max_items: Option<u32>,
) -> ApiResult<Source> {
    let most = cx.rules.batch_items;
    match (urls, playlist) {
        (Some(_), Some(_)) => Err(invalid("/playlist", "may not be sent with `urls`")),
        (None, None) => Err(invalid("/urls", "must be sent, or `playlist`")),
        (Some(urls), None) => {
            if max_items.is_some() {
                return Err(invalid("/max_items", "may only be sent with `playlist`"));
            }
            let items = u32::try_from(urls.len()).ok().filter(|it| (1..=most).contains(it));
            let max_items =
                items.ok_or_else(|| invalid("/urls", format!("must be 1 to {most} links")))?;
            Ok(Source { urls, playlist: None, max_items })
        }
        (None, Some(link)) => {
            let playlist = PlaylistId::parse_url(&link)
                .map_err(|it| refused(ErrorCode::InvalidUrl, "/playlist", it.to_string()))?;
            let max_items = max_items.unwrap_or(most);
            if !(1..=most).contains(&max_items) {
                return Err(invalid("/max_items", format!("must be from 1 to {most}")));
            }
            Ok(Source { urls: Vec::new(), playlist: Some(playlist), max_items })
        }
    }
}

/// The job with what comes back with it, and who is told of it.
pub(super) fn extras(cx: &Context, who: &Who, mut job: Job, extras: Extras) -> ApiResult<Job> {
    let Extras { webhook: wanted, client_reference, metadata } = extras;
    job.webhook = wanted.map(|it| webhook(cx, who, it)).transpose()?;
    job.client_reference = client_reference.map(|it| it.0);
    job.metadata = metadata.0;
    Ok(job)
}

/// An address for messages that can be signed.
fn webhook(cx: &Context, who: &Who, wanted: CreateWebhook) -> ApiResult<JobWebhook> {
    let CreateWebhook { url, events } = wanted;
    let url = webhooks::checked(cx, "/webhook/url", url.0)?;
    if who.key.is_none() && !cx.rules.signs_without_key {
        let detail = "The webhook of a job that is submitted without an API key is signed with \
                      webhooks.secret, which is not set. Set RECAP_WEBHOOKS__SECRET (`recap keys \
                      secret` prints one), or send an API key, which has a secret of its own.";
        return Err(refused(ErrorCode::WebhookSecretMissing, "/webhook", detail.to_owned()));
    }
    Ok(JobWebhook { url, events: events.0, key: who.key })
}
