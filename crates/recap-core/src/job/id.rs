//! The name of a job.

crate::id::id! {
    /// Names a job, written `job_` and a ULID; sorts by time of creation.
    JobId, InvalidJobId, "job_"
}
