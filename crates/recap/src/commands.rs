//! One file a command.

pub(crate) mod admin;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod health;
pub(crate) mod keys;
pub(crate) mod migrate;
pub(crate) mod plan;
pub(crate) mod serve;
pub(crate) mod summarize;
