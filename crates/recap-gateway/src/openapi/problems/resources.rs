//! The problems of submits, and of the resources around jobs.

use recap_core::ErrorCode as Code;

/// What an endpoint with a body may answer with before it does anything.
macro_rules! with_body {
    ($($code:ident),*) => {
        &[
            Code::InvalidJson,
            Code::RequestTimeout,
            Code::PayloadTooLarge,
            Code::UnsupportedMediaType,
            Code::ValidationFailed,
            $(Code::$code),*
        ]
    };
}

/// What a submit may be refused for, whatever it is for.
macro_rules! submit {
    ($($code:ident),*) => {
        with_body![
            InvalidUrl,
            WebhookUrlRefused,
            WebhookSecretMissing,
            JobNotFound,
            IdempotencyInFlight,
            IdempotencyMismatch,
            TooManyJobs,
            QueueFull,
            Overloaded
            $(, $code)*
        ]
    };
}

pub(super) fn problems_of(operation: &str) -> &'static [Code] {
    match operation {
        "create_summary" => submit![TranscriptUnreadable],
        "create_transcript" | "create_batch" => submit![],
        "get_batch" => &[Code::BatchNotFound, Code::ValidationFailed],
        "retry_job" => &[
            Code::JobNotFound,
            Code::JobOpen,
            Code::JobFinished,
            Code::IdempotencyInFlight,
            Code::IdempotencyMismatch,
            Code::TooManyJobs,
            Code::QueueFull,
            Code::Overloaded,
            Code::ValidationFailed,
        ],
        "delete_job" => &[Code::JobNotFound, Code::JobOpen, Code::ValidationFailed],
        "get_video" | "list_video_summaries" => &[Code::VideoNotFound, Code::ValidationFailed],
        "invalidate_cache" | "list_any_jobs" | "get_control" | "pause" | "resume" | "drain"
        | "get_flags" | "get_any_limits" | "get_config" => &[Code::ValidationFailed],
        "set_flags" | "set_limits" | "replay_jobs" => with_body![],
        _ => of_webhooks(operation),
    }
}

fn of_webhooks(operation: &str) -> &'static [Code] {
    match operation {
        "create_webhook_endpoint" => with_body![WebhookUrlRefused, TooManyEndpoints],
        "change_webhook_endpoint" => with_body![WebhookUrlRefused, EndpointNotFound],
        "recover_webhook_endpoint" => with_body![EndpointNotFound, EndpointDisabled],
        "get_webhook_endpoint" | "delete_webhook_endpoint" | "rotate_webhook_secret" => {
            &[Code::EndpointNotFound, Code::ValidationFailed]
        }
        "test_webhook_endpoint" => {
            &[Code::EndpointNotFound, Code::EndpointDisabled, Code::ValidationFailed]
        }
        "list_webhook_endpoints" | "list_webhook_deliveries" => &[Code::ValidationFailed],
        "get_webhook_delivery" | "replay_webhook_delivery" => {
            &[Code::DeliveryNotFound, Code::ValidationFailed]
        }
        _ => &[],
    }
}
