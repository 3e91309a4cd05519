//! What all connections of one simulated Gemini share.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use super::Fault;
use super::calls::CallRecord;
use super::files::Files;
use crate::delay::Delay;
use crate::faults::Faults;
use crate::journal::{Journal, locked};

pub(super) struct Shared {
    pub(super) calls: Journal<CallRecord>,
    pub(super) delay: Delay,
    pub(super) files: Files,
    faults: Mutex<Faults<Fault>>,
    /// Calls that are left of the day, of models of which that is known.
    quotas: Mutex<BTreeMap<String, u32>>,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            calls: Journal::new(),
            delay: Delay::default(),
            files: Files::default(),
            faults: Mutex::default(),
            quotas: Mutex::default(),
        }
    }
}

impl Shared {
    pub(super) fn set_fault(&self, fault: Fault, times: u32) {
        locked(&self.faults).queue(fault, times);
    }

    pub(super) fn set_model_fault(&self, model: &str, fault: Fault) {
        locked(&self.faults).for_model(model, fault);
    }

    pub(super) fn set_quota(&self, model: &str, calls: u32) {
        locked(&self.quotas).insert(model.to_owned(), calls);
    }

    pub(super) fn next_fault(&self, model: &str) -> Option<Fault> {
        if let Some(left) = locked(&self.quotas).get_mut(model) {
            match left.checked_sub(1) {
                Some(less) => *left = less,
                None => return Some(Fault::RateDay),
            }
        }
        locked(&self.faults).next(model)
    }

    pub(super) fn reset(&self) {
        self.calls.clear();
        self.files.reset();
        locked(&self.quotas).clear();
        self.delay.set(Duration::ZERO);
        *locked(&self.faults) = Faults::default();
    }
}
