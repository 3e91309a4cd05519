//! Which status answers which code.

use actix_web::http::StatusCode;
use recap_core::ErrorCode as Code;

/// Exhaustive on purpose: a new code does not compile until it has a status.
///
/// Codes of videos and of jobs are seen inside jobs; they have a status for
/// the day an endpoint answers with one.
#[expect(clippy::too_many_lines, reason = "a table")]
pub fn status_of(code: Code) -> StatusCode {
    match code {
        Code::InvalidJson => StatusCode::BAD_REQUEST,
        Code::Unauthorized => StatusCode::UNAUTHORIZED,
        Code::Forbidden => StatusCode::FORBIDDEN,
        Code::HostRefused => StatusCode::MISDIRECTED_REQUEST,
        Code::NotFound
        | Code::JobNotFound
        | Code::BatchNotFound
        | Code::VideoNotFound
        | Code::EndpointNotFound
        | Code::DeliveryNotFound
        | Code::KeyNotFound => StatusCode::NOT_FOUND,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
        Code::ResultNotReady
        | Code::JobFinished
        | Code::JobOpen
        | Code::TooManyEndpoints
        | Code::EndpointDisabled
        | Code::IdempotencyInFlight
        | Code::Canceled
        | Code::Expired => StatusCode::CONFLICT,
        Code::RateLimited | Code::TooManyJobs => StatusCode::TOO_MANY_REQUESTS,
        Code::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::ValidationFailed
        | Code::InvalidUrl
        | Code::IdempotencyMismatch
        | Code::WebhookUrlRefused
        | Code::WebhookSecretMissing
        | Code::TranscriptUnreadable
        | Code::VideoPrivate
        | Code::VideoMembersOnly
        | Code::VideoAgeRestricted
        | Code::VideoGeoBlocked
        | Code::VideoUnavailable
        | Code::VideoLive
        | Code::VideoNotStarted
        | Code::VideoDrm
        | Code::VideoTooLong
        | Code::NoCaptions
        | Code::CaptionsLocked
        | Code::SummarizerBlocked
        | Code::SummarizerUnreadable => StatusCode::UNPROCESSABLE_ENTITY,
        Code::OutOfMemory | Code::Poison | Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Code::CaptionsUnreadable
        | Code::Network
        | Code::UpstreamError
        | Code::ExtractorBroken
        | Code::SummarizerUnauthorized
        | Code::SummarizerInvalidAnswer => StatusCode::BAD_GATEWAY,
        Code::BlockedBotCheck
        | Code::BlockedRateLimited
        | Code::BlockedIp
        | Code::RouteResting
        | Code::ExtractorMissing
        | Code::SummarizerQuota
        | Code::SummarizerUnavailable
        | Code::Unavailable
        | Code::TooManyStreams
        | Code::QueueFull
        | Code::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
        Code::Timeout => StatusCode::GATEWAY_TIMEOUT,
    }
}
