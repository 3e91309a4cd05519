//! A value from the file or the environment, before it is known to be right.

use figment::value::Value;

/// One value that somebody set.
pub(crate) struct Setting {
    /// As in `server.port`.
    pub(crate) key: String,
    pub(crate) source: String,
    /// What it may mean, most likely first: `12` is a number, or a key that
    /// looks like one.
    pub(crate) meanings: Vec<Value>,
}
