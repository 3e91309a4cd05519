//! recap as its users meet it: the real yt-dlp, the real database, HTTP and
//! the command line. Only YouTube and Gemini are simulated.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod budget;
mod command_line;
mod crash;
mod egress;
mod faults;
mod fleet;
mod hanging;
mod health;
mod keyed;
mod main_job;
mod processes;
mod scenarios;
mod served;
mod service;
mod watching;
