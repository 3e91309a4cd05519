//! The closed list of what a job's status may be, and may become.

use serde::{Deserialize, Serialize};

/// Where a job is. A closed list; the last four are terminal.
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
    strum::VariantArray,
    strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// Waits for a worker, or for the time in `retry_at`.
    Queued,
    /// A worker holds it.
    Running,
    Succeeded,
    Failed,
    Canceled,
    /// It was not done before its time was over.
    Expired,
}

impl Status {
    pub fn is_terminal(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }

    /// The transition rules: work goes back and forth between `queued` and
    /// `running`; a job that waits can be canceled or expire, but only a worker
    /// that holds it finds out whether it succeeds; an ended job stays as it is.
    pub fn may_become(self, next: Self) -> bool {
        match (self, next) {
            (Self::Queued, Self::Running | Self::Canceled | Self::Expired)
            | (Self::Running, Self::Queued) => true,
            (Self::Running, next) => next.is_terminal(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantArray as _;

    use super::Status::{self, Canceled, Expired, Failed, Queued, Running, Succeeded};

    #[track_caller]
    fn check(from: Status, allowed: &[Status]) {
        for &next in Status::VARIANTS {
            assert_eq!(from.may_become(next), allowed.contains(&next), "{from} to {next}");
        }
    }

    #[test]
    fn an_open_job_moves_and_an_ended_one_stays() {
        check(Queued, &[Running, Canceled, Expired]);
        check(Running, &[Queued, Succeeded, Failed, Canceled, Expired]);
        for ended in [Succeeded, Failed, Canceled, Expired] {
            check(ended, &[]);
        }
    }
}
