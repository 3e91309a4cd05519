//! Real servers for tests: Redis, and `SecantusDB` in the place of MongoDB.
//!
//! All tests of one binary share a server ([`redis()`], [`mongodb()`]) and keep apart
//! by a name of their own ([`fresh_name`]); a test that stops a server starts it
//! for itself ([`Redis::start`], [`MongoDb::start`]). However the process ends
//! that started a server, the server ends with it.
//!
//! Starting and stopping block the thread, for less than a second.

mod mongodb;
mod process;
mod redis;

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::LazyLock;

pub use mongodb::MongoDb;
pub use redis::Redis;

/// The address of the Redis that all tests of this process share: that in
/// `TEST_REDIS_URL`, or else one that is started by the first call.
///
/// # Panics
///
/// When it cannot be started.
pub fn redis() -> &'static str {
    static GIVEN: LazyLock<Option<String>> = LazyLock::new(|| given("TEST_REDIS_URL"));
    static OWN: LazyLock<Redis> = LazyLock::new(Redis::start);
    GIVEN.as_deref().unwrap_or_else(|| OWN.url())
}

/// The address of the MongoDB server that all tests of this process share: that
/// in `TEST_MONGODB_URI`, or else a `SecantusDB` that is started by the first call.
///
/// # Panics
///
/// When it cannot be started.
pub fn mongodb() -> &'static str {
    static GIVEN: LazyLock<Option<String>> = LazyLock::new(|| given("TEST_MONGODB_URI"));
    static OWN: LazyLock<MongoDb> = LazyLock::new(MongoDb::start);
    GIVEN.as_deref().unwrap_or_else(|| OWN.url())
}

/// A name that no other test has, for a database or in front of keys:
/// `test_` and 16 hexadecimal digits.
pub fn fresh_name() -> String {
    format!("test_{:016x}", random())
}

/// The standard library's only source of chance is the seed of its hash maps.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

#[expect(clippy::disallowed_methods, reason = "not configuration: it says what to test against")]
fn given(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|it| !it.is_empty())
}
