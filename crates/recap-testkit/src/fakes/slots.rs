//! Slots that nobody waits for.

use std::sync::Mutex;

use async_trait::async_trait;
use recap_core::ports::{Permit, Slot, Slots};

/// Gives as many as are wanted, and remembers how many there are said to be: one of
/// each kind at first.
#[derive(Debug)]
pub struct FakeSlots {
    limits: Mutex<[usize; 2]>,
}

impl Default for FakeSlots {
    fn default() -> Self {
        Self { limits: Mutex::new([1; 2]) }
    }
}

#[async_trait]
impl Slots for FakeSlots {
    async fn acquire(&self, _: Slot) -> Permit {
        Permit::new(())
    }

    fn set_limit(&self, slot: Slot, limit: usize) {
        self.limits.lock().expect("not poisoned")[slot as usize] = limit;
    }

    fn limit(&self, slot: Slot) -> usize {
        self.limits.lock().expect("not poisoned")[slot as usize]
    }
}
