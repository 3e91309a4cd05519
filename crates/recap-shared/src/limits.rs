//! Budgets: how often something may happen.

mod cell;
mod memory;
mod redis;

pub(crate) use memory::MemoryLimits;
pub(crate) use redis::RedisLimits;
