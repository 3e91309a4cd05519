//! A page of jobs.

use serde::Serialize;
use utoipa::ToSchema;

use super::{JobBody, JobItem};

/// A page of jobs, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobList {
    pub(crate) data: Vec<JobItem>,
    /// Pass it as `cursor` to get the next page; `null` on the last one.
    #[schema(required)]
    pub(crate) next_cursor: Option<String>,
    pub(crate) has_more: bool,
}

/// A page of jobs with their results, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobResultList {
    pub(crate) data: Vec<JobBody>,
    /// Pass it as `cursor` to get the next page; `null` on the last one.
    #[schema(required)]
    pub(crate) next_cursor: Option<String>,
    pub(crate) has_more: bool,
}
