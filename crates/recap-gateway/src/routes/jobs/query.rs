//! What may be asked of jobs.

use std::time::Duration;

use jiff::Timestamp;
use recap_core::ports::JobFilter;
use recap_core::{JobId, JobKind, Status, VideoId};
use strum::VariantNames;
use utoipa::IntoParams;

use crate::cursor;
use crate::extract::{Fields, FromQuery};

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;

/// Which jobs a list shows.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListJobs {
    /// Only jobs with this status.
    status: Option<Status>,
    /// Only jobs of this kind.
    kind: Option<JobKind>,
    /// Only jobs about this video.
    #[param(value_type = Option<String>, example = "dQw4w9WgXcQ")]
    video_id: Option<VideoId>,
    /// Only jobs created after this time.
    #[param(value_type = Option<String>, format = DateTime)]
    created_after: Option<Timestamp>,
    /// Most jobs on a page.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 100, default = 20)]
    limit: usize,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<JobId>,
}

impl FromQuery for ListJobs {
    fn from_query(fields: &mut Fields) -> Self {
        let one_of = |names: &[&str]| format!("one of {}", names.join(", "));
        let limit = |it: &str| it.parse().ok().filter(|it| (1..=MAX_LIMIT).contains(it));
        Self {
            status: fields.take("status", &one_of(<Status as VariantNames>::VARIANTS)),
            kind: fields.take("kind", &one_of(<JobKind as VariantNames>::VARIANTS)),
            video_id: fields.take("video_id", "the 11 characters that name a video"),
            created_after: fields.take("created_after", "a time such as 2026-01-31T12:00:00Z"),
            limit: fields
                .take_with("limit", "a number from 1 to 100", limit)
                .unwrap_or(DEFAULT_LIMIT),
            cursor: fields.take_with("cursor", "a `next_cursor` of this list", cursor::decode),
        }
    }
}

impl From<ListJobs> for JobFilter {
    fn from(query: ListJobs) -> Self {
        Self {
            status: query.status,
            kind: query.kind,
            video: query.video_id,
            created_after: query.created_after,
            before: query.cursor,
            limit: query.limit,
            ..Self::default()
        }
    }
}

/// How long to wait for the job to end.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WaitFor {
    /// Wait for the job to end, at most this long: seconds, with or without an
    /// `s`. More than `server.request_timeout_seconds` is cut to that. When too
    /// many requests wait already, the answer comes at once.
    #[param(value_type = Option<String>, pattern = "^[0-9]{1,4}s?$", example = "30s")]
    pub(crate) wait: Duration,
}

impl FromQuery for WaitFor {
    fn from_query(fields: &mut Fields) -> Self {
        let wait = fields.take_with("wait", "whole seconds, such as 30 or 30s", duration);
        Self { wait: wait.unwrap_or_default() }
    }
}

fn duration(text: &str) -> Option<Duration> {
    let digits = text.strip_suffix('s').unwrap_or(text);
    let sane = (1..=4).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit());
    digits.parse().ok().filter(|_| sane).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_whole_seconds() {
        assert_eq!(duration("30"), Some(Duration::from_secs(30)));
        assert_eq!(duration("30s"), Some(Duration::from_secs(30)));
        assert_eq!(duration("0"), Some(Duration::ZERO));
        for wrong in ["", "s", "-1", "+1", "1.5", "1m", "99999", "30ss"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
    }
}
