//! The stable list of reasons why something did not work, and the failure that
//! a job, an API answer and a log line share.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A stable, machine-readable reason, written `snake_case` on the wire.
///
/// Codes are API: never rename or reuse one, only add.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    strum::Display,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ErrorCode {
    // What the caller sent.
    /// The request is not valid: a field is missing, unknown or out of bounds.
    ValidationFailed,
    /// The body is not valid JSON.
    InvalidJson,
    /// The body is not declared as `application/json`.
    UnsupportedMediaType,
    /// The body is larger than the limit of this endpoint.
    PayloadTooLarge,
    /// The URL is not a link to one YouTube video.
    InvalidUrl,
    /// There is no such endpoint.
    NotFound,
    /// The endpoint does not take this method.
    MethodNotAllowed,
    /// The request took longer than the server's limit.
    RequestTimeout,
    /// There is no job with this id.
    JobNotFound,
    /// The job has not produced what was asked for, yet or at all.
    ResultNotReady,
    /// The job has ended, so it cannot be changed any more.
    JobFinished,
    /// The job has not ended yet, and this can only be done once it has.
    JobOpen,
    /// There is no batch with this id.
    BatchNotFound,
    /// Nothing is known of this video.
    VideoNotFound,
    /// There is no webhook endpoint with this id.
    EndpointNotFound,
    /// The webhook endpoint is disabled, so nothing can be sent to it.
    EndpointDisabled,
    /// There is no webhook delivery with this id.
    DeliveryNotFound,
    /// There is no API key with this id.
    KeyNotFound,
    /// The request does not say who asks: an API key or a token is missing,
    /// wrong, expired or revoked.
    Unauthorized,
    /// The caller may not do this: its key or token lacks the scope.
    Forbidden,
    /// The `Host` of the request is not one that recap serves without keys.
    HostRefused,
    /// The caller, or all callers together, sent too many requests.
    RateLimited,
    /// The caller has too many jobs that have not ended.
    TooManyJobs,
    /// The caller has as many webhook endpoints as it may have.
    TooManyEndpoints,
    /// Another request with this `Idempotency-Key` is being worked on.
    IdempotencyInFlight,
    /// This `Idempotency-Key` was used with another body.
    IdempotencyMismatch,
    /// Messages may not be sent to this URL.
    WebhookUrlRefused,
    /// Webhooks of jobs cannot be signed: the caller has no secret.
    WebhookSecretMissing,
    /// The transcript that was sent could not be read.
    TranscriptUnreadable,
    /// As many event streams are open as may be.
    TooManyStreams,

    // What the video is.
    /// The video is private.
    VideoPrivate,
    /// The video is for members of its channel only.
    VideoMembersOnly,
    /// The video is shown to signed-in adults only.
    VideoAgeRestricted,
    /// The video is not shown in the country this server is in.
    VideoGeoBlocked,
    /// The video does not exist, or has been removed.
    VideoUnavailable,
    /// The video is being broadcast now and has no transcript yet.
    VideoLive,
    /// The video has not started yet; the job waits for its start.
    VideoNotStarted,
    /// The video is copy-protected and has no captions.
    VideoDrm,
    /// The video is longer than the configured limit.
    VideoTooLong,
    /// The video has no captions.
    NoCaptions,
    /// The video has captions that YouTube only hands to a proven browser.
    CaptionsLocked,
    /// The caption file that YouTube sent could not be read.
    CaptionsUnreadable,

    // What stands between us and the video.
    /// YouTube asks our address to prove that it is not a bot.
    BlockedBotCheck,
    /// YouTube limits the rate of our address.
    BlockedRateLimited,
    /// YouTube refuses our address.
    BlockedIp,
    /// YouTube refused or failed on this way a while ago, and is left alone there.
    RouteResting,
    /// YouTube could not be reached, or did not answer in time.
    Network,
    /// YouTube answered with an error of its own.
    UpstreamError,
    /// yt-dlp no longer understands YouTube's pages; it needs an update.
    ExtractorBroken,
    /// yt-dlp is missing or cannot be started.
    ExtractorMissing,
    /// The child process used more memory than it may.
    OutOfMemory,

    // What summarises.
    /// The summariser's key is missing, wrong or not allowed to do this.
    SummarizerUnauthorized,
    /// The summariser's quota is spent; the job waits until it is renewed.
    SummarizerQuota,
    /// The summariser did not answer, or answered with an error of its own.
    SummarizerUnavailable,
    /// The summariser refused the content.
    SummarizerBlocked,
    /// The summariser cannot read the video, which it was to watch by itself.
    SummarizerUnreadable,
    /// The summariser's answer was not what was asked for, twice.
    SummarizerInvalidAnswer,

    // What happened to the job.
    /// The job took longer than its limit.
    Timeout,
    /// The job was not started before it expired.
    Expired,
    /// The job was canceled.
    Canceled,
    /// The job ended its worker abnormally several times, so it is not tried again.
    Poison,

    // What is wrong with us.
    /// The server is not ready or too busy; try again later.
    Unavailable,
    /// The queue is full; try again later.
    QueueFull,
    /// Memory is short, so no new work is taken for a while.
    Overloaded,
    /// Something went wrong that is our fault.
    Internal,
}

impl ErrorCode {
    /// One short sentence for people, the `title` of a problem.
    #[expect(clippy::too_many_lines, reason = "a line for each code")]
    pub fn title(self) -> &'static str {
        match self {
            Self::ValidationFailed => "The request is not valid",
            Self::InvalidJson => "The body is not valid JSON",
            Self::UnsupportedMediaType => "The body must be application/json",
            Self::PayloadTooLarge => "The body is too large",
            Self::InvalidUrl => "The URL is not a link to one YouTube video",
            Self::NotFound => "There is no such endpoint",
            Self::MethodNotAllowed => "This endpoint does not take this method",
            Self::RequestTimeout => "The request took too long",
            Self::JobNotFound => "There is no such job",
            Self::ResultNotReady => "The job has no such result",
            Self::JobFinished => "The job has already ended",
            Self::JobOpen => "The job has not ended",
            Self::BatchNotFound => "There is no such batch",
            Self::VideoNotFound => "Nothing is known of this video",
            Self::EndpointNotFound => "There is no such endpoint of webhooks",
            Self::EndpointDisabled => "The webhook endpoint is disabled",
            Self::DeliveryNotFound => "There is no such delivery",
            Self::KeyNotFound => "There is no such key",
            Self::Unauthorized => "The request does not say who asks",
            Self::Forbidden => "The caller may not do this",
            Self::HostRefused => "This host is not served",
            Self::RateLimited => "Too many requests",
            Self::TooManyJobs => "Too many jobs of this caller are open",
            Self::TooManyEndpoints => "The caller has too many webhook endpoints",
            Self::IdempotencyInFlight => "The same request is being worked on",
            Self::IdempotencyMismatch => "The idempotency key was used for another request",
            Self::WebhookUrlRefused => "Messages may not be sent to this URL",
            Self::WebhookSecretMissing => "Webhooks of this caller cannot be signed",
            Self::TranscriptUnreadable => "The transcript could not be read",
            Self::TooManyStreams => "Too many event streams are open",
            Self::VideoPrivate => "The video is private",
            Self::VideoMembersOnly => "The video is for channel members only",
            Self::VideoAgeRestricted => "The video is age-restricted",
            Self::VideoGeoBlocked => "The video is not available in this server's country",
            Self::VideoUnavailable => "The video is not available",
            Self::VideoLive => "The video is live now",
            Self::VideoNotStarted => "The video has not started yet",
            Self::VideoDrm => "The video is copy-protected",
            Self::VideoTooLong => "The video is too long",
            Self::NoCaptions => "The video has no captions",
            Self::CaptionsLocked => "The video's captions are not handed out",
            Self::CaptionsUnreadable => "The video's captions could not be read",
            Self::BlockedBotCheck => "YouTube asks this server to prove that it is not a bot",
            Self::BlockedRateLimited => "YouTube limits this server's rate",
            Self::BlockedIp => "YouTube refuses this server's address",
            Self::RouteResting => "This way to YouTube is left alone for a while",
            Self::Network => "YouTube could not be reached",
            Self::UpstreamError => "YouTube answered with an error",
            Self::ExtractorBroken => "yt-dlp needs an update",
            Self::ExtractorMissing => "yt-dlp is not installed",
            Self::OutOfMemory => "The video needed more memory than allowed",
            Self::SummarizerUnauthorized => "The summariser refused the key",
            Self::SummarizerQuota => "The summariser's quota is spent",
            Self::SummarizerUnavailable => "The summariser did not answer",
            Self::SummarizerBlocked => "The summariser refused the content",
            Self::SummarizerUnreadable => "The summariser cannot read the video",
            Self::SummarizerInvalidAnswer => "The summariser's answer was not usable",
            Self::Timeout => "The job took too long",
            Self::Expired => "The job expired before it could start",
            Self::Canceled => "The job was canceled",
            Self::Poison => "The job ended its worker repeatedly",
            Self::Unavailable => "The server is not ready",
            Self::QueueFull => "The queue is full",
            Self::Overloaded => "Memory is short",
            Self::Internal => "Something went wrong on our side",
        }
    }

    /// Whether the same request may succeed later without being changed.
    pub fn retryable(self) -> bool {
        matches!(
            self,
            Self::RequestTimeout
                | Self::ResultNotReady
                | Self::JobOpen
                | Self::RateLimited
                | Self::TooManyJobs
                | Self::IdempotencyInFlight
                | Self::TooManyStreams
                | Self::VideoLive
                | Self::VideoNotStarted
                | Self::CaptionsUnreadable
                | Self::BlockedBotCheck
                | Self::BlockedRateLimited
                | Self::BlockedIp
                | Self::RouteResting
                | Self::Network
                | Self::UpstreamError
                | Self::ExtractorBroken
                | Self::ExtractorMissing
                | Self::OutOfMemory
                | Self::SummarizerQuota
                | Self::SummarizerUnavailable
                | Self::SummarizerInvalidAnswer
                | Self::Timeout
                | Self::Expired
                | Self::Unavailable
                | Self::QueueFull
                | Self::Overloaded
                | Self::Internal
        )
    }
}

/// Why a job ended without a result.
///
/// `detail` is always our own words: no text of an upstream, no path, no stack.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, thiserror::Error,
)]
#[error("{code}: {detail}")]
pub struct Failure {
    pub code: ErrorCode,
    /// What happened, in a sentence that a person can act on.
    #[schema(value_type = String)]
    pub detail: Cow<'static, str>,
    /// Whether the same request may succeed later without being changed.
    pub retryable: bool,
}

impl Failure {
    pub fn new(code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: detail.into(), retryable: code.retryable() }
    }
}

impl From<ErrorCode> for Failure {
    fn from(code: ErrorCode) -> Self {
        Self::new(code, code.title())
    }
}
