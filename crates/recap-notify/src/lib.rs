//! Messages to clients, by the Standard Webhooks: signed and sent.
//!
//! Invariant: nobody is connected to whose address is not public or listed in
//! `webhooks.allow_cidrs`, whatever a URL says, a name resolves to or an answer
//! redirects to; and an attempt ends by its deadline, whatever is answered.

mod answer;
mod connect;
mod doorbell;
mod failure;
mod resolve;
mod send;
#[doc(hidden)] // For its benchmark.
pub mod sign;
mod turns;

pub use connect::{ConnectError, connect};
pub use doorbell::Doorbell;
pub use resolve::{Lookup, system_lookup};
