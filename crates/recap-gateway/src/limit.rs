//! How often a caller may do what: each class of requests has its own budgets, so
//! that a client that polls is not shut out of submitting.
//!
//! Submits, lists and changes are counted over all processes, in one call. Looks
//! are counted by each process for itself: a job is read from memory in less than
//! the time that asking about the budget would take.

mod charge;
mod in_force;
mod near;

use std::sync::Arc;
use std::time::Duration;

use recap_core::ports::{Budget, Level, Limits, Rate};
use recap_telemetry::metrics;

pub(crate) use self::charge::{Charge, up};
pub(crate) use self::in_force::InForce;
pub(crate) use self::near::Near;
use crate::access::{Class, Who};

const MINUTE: Duration = Duration::from_mins(1);
/// Shared by all clients.
const GLOBAL: &str = "global";

const DAY: Duration = Duration::from_hours(24);

/// A limit by the name that clients know it by. Each has a budget for each client, but
/// for the one that all share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Policy {
    pub(crate) name: &'static str,
    pub(crate) rate: Rate,
}

impl Policy {
    pub(crate) fn new(name: &'static str, count: u32, per: Duration) -> Self {
        Self { name, rate: Rate { count, per } }
    }

    /// The budget of `client`.
    fn budget(&self, client: &str) -> Budget {
        let key = match self.name {
            GLOBAL => format!("{GLOBAL}:submit"),
            name => format!("{name}:{client}"),
        };
        Budget { key, rate: self.rate }
    }
}

/// Charges requests.
pub(crate) struct Limiter {
    limits: Arc<InForce>,
    shared: Arc<dyn Limits>,
    near: Near,
}

impl Limiter {
    pub(crate) fn new(limits: Arc<InForce>, shared: Arc<dyn Limits>) -> Self {
        Self { limits, shared, near: Near::new() }
    }

    /// Takes one from each budget of `class`, or none from any.
    pub(crate) async fn charge(&self, class: Class, who: &Who) -> Charge {
        if class == Class::Read {
            return self.charge_near(who);
        }
        let policies = self.policies(class, who);
        if policies.is_empty() {
            return Charge::none();
        }
        let budgets: Vec<Budget> = policies.iter().map(|it| it.budget(&who.client)).collect();
        let verdict = self.shared.take_all(&budgets).await;
        noted(Charge {
            granted: verdict.granted,
            policies: policies.into_iter().zip(verdict.levels).collect(),
        })
    }

    /// The same for a look.
    fn charge_near(&self, who: &Who) -> Charge {
        let policy = self.reads();
        if policy.rate.count == 0 {
            return Charge::none();
        }
        let (granted, level) = self.near.take(&who.client, policy.rate);
        noted(Charge { granted, policies: vec![(policy, level)] })
    }

    /// How every budget of the caller is; takes nothing.
    pub(crate) async fn look(&self, who: &Who) -> Vec<(Policy, Level)> {
        let shared = [Class::Submit, Class::List, Class::Manage];
        let shared: Vec<Policy> = shared.iter().flat_map(|it| self.policies(*it, who)).collect();
        let budgets: Vec<Budget> = shared.iter().map(|it| it.budget(&who.client)).collect();
        let levels = self.shared.look(&budgets).await;
        let reads = self.policies(Class::Read, who).into_iter();
        let reads = reads.map(|it| (it, self.near.look(&who.client, it.rate)));
        shared.into_iter().zip(levels).chain(reads).collect()
    }

    fn reads(&self) -> Policy {
        let limits = self.limits.get();
        Policy::new("read", limits.reads_per_minute, MINUTE)
    }

    /// A rate of 0 is no limit.
    fn policies(&self, class: Class, who: &Who) -> Vec<Policy> {
        let limits = self.limits.get();
        let own = |name, count| Policy::new(name, count, MINUTE);
        let mut all = match class {
            Class::Free => Vec::new(),
            Class::Submit => vec![
                own(GLOBAL, limits.global_submits_per_minute),
                own("submit", who.submits_per_minute.unwrap_or(limits.submits_per_minute)),
                Policy::new("daily", who.submits_per_day.unwrap_or(0), DAY),
            ],
            Class::Read => vec![self.reads()],
            Class::List => vec![own("list", limits.lists_per_minute)],
            Class::Manage => vec![own("change", limits.changes_per_minute)],
        };
        all.retain(|it| it.rate.count > 0);
        all
    }
}

fn noted(charge: Charge) -> Charge {
    if !charge.granted {
        let empty = charge.policies.iter().filter(|(_, it)| !it.wait.is_zero());
        empty.for_each(|(it, _)| metrics::rate_limited(it.name));
    }
    charge
}
