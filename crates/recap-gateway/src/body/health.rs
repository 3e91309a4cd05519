//! How the process is.

use std::collections::BTreeMap;

use recap_core::ports::{Condition, Report};
use serde::Serialize;
use utoipa::ToSchema;

/// That the process serves.
#[derive(Serialize, ToSchema)]
#[schema(as = Health)]
pub(crate) struct LiveBody {
    /// Always `ok`.
    #[schema(value_type = String, example = "ok")]
    status: &'static str,
}

impl LiveBody {
    pub(crate) const OK: Self = Self { status: "ok" };
}

/// That work can be accepted.
#[derive(Serialize, ToSchema)]
#[schema(as = Ready)]
pub(crate) struct ReadyBody {
    /// Always `ok`.
    #[schema(value_type = String, example = "ok")]
    status: &'static str,
    /// Of recap.
    #[schema(value_type = String, example = "0.1.0")]
    version: &'static str,
    /// Always `true`: what is not ready answers with a problem.
    ready: bool,
    parts: Parts,
}

impl ReadyBody {
    pub(crate) fn new(report: Report) -> Self {
        let (status, version) = ("ok", env!("CARGO_PKG_VERSION"));
        Self { status, version, ready: report.ready, parts: report.into() }
    }
}

/// How each thing that the process depends on is, by name.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Parts)]
pub(crate) struct Parts(BTreeMap<&'static str, PartBody>);

/// How one of them is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Part)]
struct PartBody {
    status: PartStatus,
    /// What is wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    detail: Option<String>,
}

/// `fallback`: it is away and something else stands in for it. `down`: it is
/// away, and what needs it waits.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum PartStatus {
    Ok,
    Fallback,
    Down,
}

impl From<Report> for Parts {
    fn from(report: Report) -> Self {
        Self(report.parts.into_iter().map(|(name, condition)| (name, condition.into())).collect())
    }
}

impl From<Condition> for PartBody {
    fn from(condition: Condition) -> Self {
        match condition {
            Condition::Ok => Self { status: PartStatus::Ok, detail: None },
            Condition::Fallback { detail } => {
                Self { status: PartStatus::Fallback, detail: Some(detail) }
            }
            Condition::Down { detail } => Self { status: PartStatus::Down, detail: Some(detail) },
        }
    }
}
