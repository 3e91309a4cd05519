//! Typed settings: defaults, then profiles, then `recap.toml`, then the environment; checked
//! at start, so that a wrong setting stops it with its name, its source and
//! the mend.
//!
//! Invariant: this is the only crate that reads the environment, and it knows
//! no other crate of ours.

mod advice;
mod check;
mod error;
mod file;
mod load;
mod profiles;
mod secret;
mod sections;
mod setting;
mod show;
mod variables;

pub use error::{ConfigError, Problem};
pub use load::{Loaded, load};
pub use secret::Secret;
pub use sections::*;
pub use show::{ENVIRONMENT_FILES, EnvironmentFile, effective, reference};
pub use variables::EnvironmentVariables;
