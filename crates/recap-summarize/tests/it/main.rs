//! The summarisers at their port: those with a model against the simulators, the
//! extractive one against its talks.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod combining;
mod conforming;
mod connecting;
mod extracting;
mod failing;
mod hostile;
mod noting;
mod openai;
mod packing;
mod reading_along;
mod stub;
mod support;
mod watching;
