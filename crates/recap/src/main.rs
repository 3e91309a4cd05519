//! The `recap` command.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    recap::run(recap::cli::Cli::parse())
}
