//! Development tasks: `cargo xtask --help`.

mod bench;
mod chaos;
mod deploy;
mod docs;
mod eval;
mod fuzz;
mod lab;
mod shell;
mod stress;
mod test;
mod tools;

use clap::{Parser, Subcommand};

/// Development tasks of recap.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what the tests need, then run all of them. Further arguments go to `cargo test`.
    Test {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Install what the tests need into `target/tools`.
    Tools,
    /// Kill, stop, cut and flush what real gateways and workers depend on, and
    /// count what becomes of their jobs.
    Chaos(chaos::Args),
    /// Let many clients at one recap, good ones and bad ones, and measure what
    /// becomes of it: its answers, its memory, its questions to the store.
    Stress(stress::Args),
    /// Try the API with thousands of requests made from its OpenAPI document.
    Fuzz,
    /// Measure what recap costs, as it is shipped, alone and beside what it replaces.
    Bench(bench::Args),
    Eval(eval::Args),
    /// Check the files of `deploy/` with tools that know their formats.
    Deploy,
    /// Write the generated pages of `docs/`, and the files of `deploy/env/`.
    Docs {
        /// Change nothing; fail if a page is not what it should be.
        #[arg(long, conflicts_with = "release")]
        check: bool,
        /// Promise the API as it is: later changes may not break it.
        #[arg(long)]
        release: bool,
    },
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().task {
        Task::Test { args } => test::run(&args),
        Task::Tools => tools::install(),
        Task::Chaos(args) => chaos::run(&args),
        Task::Stress(args) => stress::run(&args),
        Task::Fuzz => fuzz::run(),
        Task::Bench(args) => bench::run(args),
        Task::Eval(args) => eval::run(&args),
        Task::Deploy => deploy::check(),
        Task::Docs { release: true, .. } => docs::release(),
        Task::Docs { check, .. } => docs::write(check),
    }
}
