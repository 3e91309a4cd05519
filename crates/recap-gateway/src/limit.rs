//! How often a caller may do what: each class of requests has its own budgets, so
//! that a client that polls is not shut out of submitting.
//!
//! Submits, lists and changes are counted over all processes, in one call. Looks
//! are counted by each process for itself: a job is read from memory in less than
//! the time that asking about the budget would take.

mod charge;
mod near;

use std::sync::Arc;
use std::time::Duration;

use recap_config::LimitsConfig;
use recap_core::ports::{Budget, Level, Limits, Rate};
use recap_telemetry::metrics;

pub(crate) use self::charge::{Charge, up};
pub(crate) use self::near::Near;
use crate::access::{Class, Who};

const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

/// A budget by the name that clients know it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Policy {
    pub(crate) name: &'static str,
    pub(crate) budget: Budget,
}

impl Policy {
    fn new(name: &'static str, key: String, count: u32, per: Duration) -> Self {
        Self { name, budget: Budget { key, rate: Rate { count, per } } }
    }
}

/// Charges requests.
pub(crate) struct Limiter {
    rates: LimitsConfig,
    shared: Arc<dyn Limits>,
    near: Near,
}

impl Limiter {
    pub(crate) fn new(rates: &LimitsConfig, shared: Arc<dyn Limits>) -> Self {
        Self { rates: rates.clone(), shared, near: Near::new() }
    }

    /// Takes one from each budget of `class`, or none from any.
    pub(crate) async fn charge(&self, class: Class, who: &Who) -> Charge {
        let policies = self.policies(class, who);
        if policies.is_empty() {
            return Charge::none();
        }
        let (granted, levels) = if class == Class::Read {
            self.near(&policies)
        } else {
            let budgets: Vec<Budget> = policies.iter().map(|it| it.budget.clone()).collect();
            let verdict = self.shared.take_all(&budgets).await;
            (verdict.granted, verdict.levels)
        };
        let charge = Charge { granted, policies: policies.into_iter().zip(levels).collect() };
        if !granted {
            let empty = charge.policies.iter().filter(|(_, it)| !it.wait.is_zero());
            empty.for_each(|(it, _)| metrics::rate_limited(it.name));
        }
        charge
    }

    /// There is only one.
    fn near(&self, policies: &[Policy]) -> (bool, Vec<Level>) {
        let (granted, levels): (Vec<bool>, _) =
            policies.iter().map(|it| self.near.take(&it.budget)).unzip();
        (granted.iter().all(|it| *it), levels)
    }

    /// How every budget of the caller is; takes nothing.
    pub(crate) async fn look(&self, who: &Who) -> Vec<(Policy, Level)> {
        let shared = [Class::Submit, Class::List, Class::Manage];
        let shared: Vec<Policy> = shared.iter().flat_map(|it| self.policies(*it, who)).collect();
        let budgets: Vec<Budget> = shared.iter().map(|it| it.budget.clone()).collect();
        let levels = self.shared.look(&budgets).await;
        let reads = self.policies(Class::Read, who).into_iter();
        let reads = reads.map(|it| {
            let level = self.near.look(&it.budget);
            (it, level)
        });
        shared.into_iter().zip(levels).chain(reads).collect()
    }

    /// A rate of 0 is no limit.
    fn policies(&self, class: Class, who: &Who) -> Vec<Policy> {
        let (rates, client) = (&self.rates, &who.client);
        let own = |name: &'static str, count| (name, format!("{name}:{client}"), count, MINUTE);
        let all = match class {
            Class::Free => Vec::new(),
            Class::Submit => vec![
                ("global", "global:submit".to_owned(), rates.global_submits_per_minute, MINUTE),
                own("submit", who.submits_per_minute.unwrap_or(rates.submits_per_minute)),
                ("daily", format!("daily:{client}"), who.submits_per_day.unwrap_or(0), DAY),
            ],
            Class::Read => vec![own("read", rates.reads_per_minute)],
            Class::List => vec![own("list", rates.lists_per_minute)],
            Class::Manage => vec![own("change", rates.changes_per_minute)],
        };
        let limited = all.into_iter().filter(|(_, _, count, _)| *count > 0);
        limited.map(|(name, key, count, per)| Policy::new(name, key, count, per)).collect()
    }
}
