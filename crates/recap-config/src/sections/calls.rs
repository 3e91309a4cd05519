//! What is set in the same way for each provider whose models are called.

use std::time::Duration;

/// How a provider's models are called.
#[derive(Clone, Debug, PartialEq)]
pub struct CallSettings {
    /// In order of preference.
    pub models: Vec<String>,
    /// Longest answer of one call, in tokens, thinking included.
    pub max_output_tokens: u32,
    /// How often a call that failed in passing is repeated.
    pub retries: u32,
    /// Repetitions of one process, as a share of its calls.
    pub retry_percent: u32,
    /// Repetitions beyond that share.
    pub retry_reserve: u32,
    /// Before the first repetition; doubled each time.
    pub retry_base: Duration,
    /// At once, per process.
    pub connections: usize,
    /// Of one model, over all processes; 0 counts none.
    pub requests_per_minute: u32,
    pub connect_timeout: Duration,
    /// Longest silence of one read.
    pub read_timeout: Duration,
    /// For an answer, with all calls for it.
    pub call_timeout: Duration,
    pub max_response_bytes: usize,
}

/// The methods of a section that has these settings.
macro_rules! calls {
    ($config:ty, $section:literal) => {
        impl $config {
            /// How its models are called.
            pub fn calls(&self) -> crate::CallSettings {
                use std::time::Duration;
                crate::CallSettings {
                    models: self.models.clone(),
                    max_output_tokens: self.max_output_tokens,
                    retries: self.retries,
                    retry_percent: self.retry_percent,
                    retry_reserve: self.retry_reserve,
                    retry_base: Duration::from_millis(self.retry_base_ms),
                    connections: self.connections,
                    requests_per_minute: self.requests_per_minute,
                    connect_timeout: Duration::from_secs(self.connect_timeout_seconds),
                    read_timeout: Duration::from_secs(self.read_timeout_seconds),
                    call_timeout: Duration::from_secs(self.call_timeout_seconds),
                    max_response_bytes: self.max_response_bytes,
                }
            }

            fn check_calls(&self, found: &mut Vec<crate::error::Problem>) {
                use crate::check::{between, seconds};
                macro_rules! key {
                    ($field:literal) => {
                        concat!($section, ".", $field)
                    };
                }
                between(key!("max_output_tokens"), self.max_output_tokens, 100, 65_536, found);
                between(key!("connections"), self.connections, 1, 64, found);
                between(key!("requests_per_minute"), self.requests_per_minute, 0, 100_000, found);
                between(key!("retries"), self.retries, 0, 10, found);
                between(key!("retry_percent"), self.retry_percent, 0, 100, found);
                between(key!("retry_reserve"), self.retry_reserve, 0, 1000, found);
                between(key!("retry_base_ms"), self.retry_base_ms, 0, 60_000, found);
                seconds(key!("connect_timeout_seconds"), self.connect_timeout_seconds, 1, found);
                seconds(key!("read_timeout_seconds"), self.read_timeout_seconds, 1, found);
                seconds(key!("call_timeout_seconds"), self.call_timeout_seconds, 1, found);
                let bytes = self.max_response_bytes;
                between(key!("max_response_bytes"), bytes, 16_384, 64 << 20, found);
            }
        }
    };
}

pub(super) use calls;
