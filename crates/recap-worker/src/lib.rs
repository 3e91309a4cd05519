//! The worker role: builds what a job may use from the settings, takes jobs
//! from the queue, and brings back those that got lost.
//!
//! Invariant: the guards around a port (slots, breakers) are put together here,
//! so that neither steps nor adapters know of them.

mod awake;
mod context;
mod control;
mod gathered;
mod guarded;
mod held;
mod observer;
mod outside;
mod reconciler;
mod recycle;
mod role;
mod work;

pub use context::{Outside, context, policy, random_chance};
pub use outside::outside;
pub use role::{process, role};
pub use work::run;
