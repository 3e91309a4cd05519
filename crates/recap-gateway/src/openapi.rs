//! The OpenAPI document, made of the handlers, their bodies and the list of
//! problems each of them may answer with.

pub(crate) mod example;
mod gates;
mod header;
mod links;
mod messages;
mod problems;
mod submits;

use utoipa::openapi::OpenApi as OpenApiDocument;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::{Modify, OpenApi};

use self::problems::Problems;
use crate::body::{ProgressEvent, SegmentEvent, TextEvent};
use crate::error::Problem;
use crate::routes::{
    admin, batches, cache, cancel, delete, deliveries, docs, events, health, jobs, limits, metrics,
    products, retry, spec, summaries, transcripts, videos, webhooks,
};

/// The API as OpenAPI 3.1.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// Adds what is known of endpoints by other means than their own description.
struct Rest;

impl Modify for Rest {
    fn modify(&self, document: &mut OpenApiDocument) {
        links::add(document);
        messages::add(document);
    }
}

/// The operations of a path, with their methods in upper case.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [
        ("GET", &mut item.get),
        ("POST", &mut item.post),
        ("PUT", &mut item.put),
        ("PATCH", &mut item.patch),
        ("DELETE", &mut item.delete),
    ];
    all.into_iter().filter_map(|(method, it)| Some((method, it.as_mut()?)))
}

#[derive(OpenApi)]
#[openapi(
    servers((url = "/", description = "This server.")),
    info(
        title = "recap",
        description = "Turns a video link into a summary. Submit a link, get a job, ask for it.\n\n\
                       Whatever is not a success is answered with `application/problem+json` \
                       (RFC 9457); its `code` is stable. Every answer has an `x-request-id`; one \
                       that the client sends is kept.",
    ),
    paths(
        summaries::create,
        transcripts::create,
        jobs::list,
        jobs::find,
        events::events,
        cancel::cancel,
        retry::retry,
        delete::delete,
        batches::create,
        batches::find,
        products::summary,
        products::transcript,
        videos::find,
        videos::summaries,
        webhooks::create::create,
        webhooks::list,
        webhooks::find,
        webhooks::change::change,
        webhooks::delete,
        webhooks::change::rotate,
        webhooks::act::test,
        webhooks::act::recover,
        deliveries::list,
        deliveries::find,
        deliveries::replay,
        limits::find,
        cache::invalidate,
        admin::control::find,
        admin::control::pause,
        admin::control::resume,
        admin::control::drain,
        admin::flags::find,
        admin::flags::set,
        admin::limits::find,
        admin::limits::set,
        admin::jobs::list,
        admin::replay::replay,
        admin::config::find,
        admin::keys::create,
        admin::keys::list,
        admin::keys::find,
        admin::keys::revoke,
        health::health,
        health::live,
        health::ready,
        health::pools,
        metrics::metrics,
        spec::openapi,
        docs::page,
        docs::style,
        docs::error,
    ),
    components(schemas(Problem, ProgressEvent, SegmentEvent, TextEvent<'_>)),
    modifiers(&Problems, &Rest),
    tags(
        (name = "jobs", description = "Ask for work and see how it goes."),
        (name = "batches", description = "Ask for many at once."),
        (name = "videos", description = "What is known of a video."),
        (name = "webhooks", description = "Be told, rather than ask: where messages go, and what they say."),
        (name = "products", description = "Read what was made."),
        (name = "limits", description = "How often, and how much at once."),
        (name = "admin", description = "For those who run recap: the scope `admin`."),
        (name = "health", description = "For those who run recap."),
        (name = "docs", description = "This documentation."),
    ),
)]
struct Document;
