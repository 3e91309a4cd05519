//! How recap reaches a SQLite file: opening it, and connections to it that are lent.
//!
//! Invariant: a connection whose caller went away while it was busy has ended before
//! the next caller gets one.

mod executor;
mod open;
mod pool;
mod together;

pub use self::open::{OpenError, open, options};
pub use self::pool::{Lent, Pool};
pub use self::together::{Together, Write};
