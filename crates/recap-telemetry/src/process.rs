//! The name of this process.

use ulid::Ulid;

/// A name that no other call returns: host and pid for whoever reads it, and what
/// makes it unique.
pub fn process_name() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("{}-{}-{}", host.trim(), std::process::id(), Ulid::generate())
}
