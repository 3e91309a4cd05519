//! `/v1/admin`: for those who run recap.

pub(crate) mod config;
pub(crate) mod control;
pub(crate) mod flags;
pub(crate) mod jobs;
pub(crate) mod keys;
pub(crate) mod limits;
pub(crate) mod replay;
