//! What all connections of one simulated server share.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::calls::CallRecord;
use super::{Fault, Shape};
use crate::delay::Delay;
use crate::faults::Faults;
use crate::journal::{Journal, locked};

/// What models take unless it is set.
const USUAL_CONTEXT: u64 = 32_768;

pub(super) struct Shared {
    pub(super) shape: Shape,
    pub(super) calls: Journal<CallRecord>,
    pub(super) delay: Delay,
    faults: Mutex<Faults<Fault>>,
    context: AtomicU64,
}

impl Shared {
    pub(super) fn new(shape: Shape) -> Self {
        Self {
            shape,
            calls: Journal::new(),
            delay: Delay::default(),
            faults: Mutex::default(),
            context: AtomicU64::new(USUAL_CONTEXT),
        }
    }

    pub(super) fn set_fault(&self, fault: Fault, times: u32) {
        locked(&self.faults).queue(fault, times);
    }

    pub(super) fn set_model_fault(&self, model: &str, fault: Fault) {
        locked(&self.faults).for_model(model, fault);
    }

    pub(super) fn next_fault(&self, model: &str) -> Option<Fault> {
        locked(&self.faults).next(model)
    }

    pub(super) fn context_tokens(&self) -> u64 {
        self.context.load(Ordering::Relaxed)
    }

    pub(super) fn set_context_tokens(&self, tokens: u64) {
        self.context.store(tokens, Ordering::Relaxed);
    }

    pub(super) fn reset(&self) {
        self.calls.clear();
        self.delay.set(Duration::ZERO);
        self.set_context_tokens(USUAL_CONTEXT);
        *locked(&self.faults) = Faults::default();
    }
}
