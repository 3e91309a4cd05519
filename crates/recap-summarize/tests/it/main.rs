//! The summarisers at their port: Gemini against the simulator, the extractive
//! one against its talks.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod combining;
mod connecting;
mod extracting;
mod failing;
mod hostile;
mod noting;
mod reading_along;
mod stub;
mod support;
mod watching;
