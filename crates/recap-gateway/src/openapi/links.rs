//! What may be done with a thing that an answer names: OpenAPI's links, which
//! clients and tests follow.

use utoipa::openapi::link::Link;
use utoipa::openapi::{OpenApi, RefOr, Response};

/// Operations on a job.
const JOB: &[&str] = &[
    "get_job",
    "stream_job",
    "cancel_job",
    "retry_job",
    "delete_job",
    "get_summary",
    "get_transcript",
];

/// Operations on a webhook endpoint.
const ENDPOINT: &[&str] = &[
    "get_webhook_endpoint",
    "change_webhook_endpoint",
    "rotate_webhook_secret",
    "test_webhook_endpoint",
    "recover_webhook_endpoint",
    "delete_webhook_endpoint",
];

/// Operations on a message.
const DELIVERY: &[&str] = &["get_webhook_delivery", "replay_webhook_delivery"];

/// Which operation answers with a thing, and what may be done with it by its `id`.
const LINKS: [(&str, &[&str]); 9] = [
    ("create_summary", JOB),
    ("create_transcript", JOB),
    ("retry_job", JOB),
    ("cancel_job", JOB),
    ("create_batch", &["get_batch"]),
    ("create_webhook_endpoint", ENDPOINT),
    ("test_webhook_endpoint", DELIVERY),
    ("replay_webhook_delivery", DELIVERY),
    ("create_key", &["get_key", "revoke_key"]),
];

/// Adds the links to every success of these operations.
pub(super) fn add(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        for (_, operation) in super::operations(item) {
            let id = operation.operation_id.as_deref().unwrap_or_default();
            let Some((_, targets)) = LINKS.iter().find(|(it, _)| *it == id) else { continue };
            for (status, response) in &mut operation.responses.responses {
                if let RefOr::T(response) = response
                    && status.starts_with('2')
                {
                    link(response, targets);
                }
            }
        }
    }
}

fn link(response: &mut Response, targets: &[&str]) {
    for target in targets {
        let link = Link::builder().operation_id(*target).parameter("id", "$response.body#/id");
        response.links.insert((*target).to_owned(), link.build().into());
    }
}
