//! News about jobs.

mod memory;
mod redis;

pub(crate) use memory::MemoryEvents;
pub(crate) use redis::RedisEvents;
