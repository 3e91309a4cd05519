//! The house rules: arrows point down, vendors stay home, files stay small.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod layers;
mod tidy;
