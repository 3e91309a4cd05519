//! What every process of recap does first and last, whichever role it plays:
//! settings, logs, the ports that roles share, health, and how it stops.
//!
//! Invariant: nothing in here waits for a server before the process can be
//! asked how it is; whatever is away is waited for in the background, and said.

mod health;
mod listen;
mod numbers;
mod pools;
mod ports;
mod probes;
mod process;
mod ready;
mod roles;
mod start;
mod status;
mod watch;

pub use health::{Health, Question, health};
pub use listen::listen;
pub use numbers::collect_numbers;
pub use ports::{Ports, connect};
pub use process::{stop_signal, system_clock};
pub use ready::until_ready;
pub use roles::Roles;
pub use start::{RoleArgs, Started, init_logs, run, runtime};
pub use status::serve as serve_status;
pub use watch::watch;
