//! Messages at their port: which addresses are refused, and what is made of
//! receivers that are kind, broken or hostile.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod addresses;
mod crowding;
mod official;
mod proxies;
mod resolving;
mod sending;
mod support;
mod urls;
