//! Circuit breakers: what fails again and again is left alone for a while.

mod memory;
mod redis;
mod state;

pub(crate) use memory::MemoryBreakers;
pub(crate) use redis::RedisBreakers;
