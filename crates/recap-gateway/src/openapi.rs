//! The OpenAPI document, made of the handlers, their bodies and the list of
//! problems each of them may answer with.

pub(crate) mod example;
mod problems;

use utoipa::OpenApi;

use self::problems::Problems;
use crate::error::Problem;
use crate::routes::{cancel, health, jobs, metrics, products, spec, summaries, transcripts};

/// The API as OpenAPI 3.1.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[derive(OpenApi)]
#[openapi(
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
        cancel::cancel,
        products::summary,
        products::transcript,
        health::health,
        health::live,
        health::ready,
        metrics::metrics,
        spec::openapi,
    ),
    components(schemas(Problem)),
    modifiers(&Problems),
    tags(
        (name = "jobs", description = "Ask for work and see how it goes."),
        (name = "products", description = "Read what was made."),
        (name = "health", description = "For those who run recap."),
    ),
)]
struct Document;
