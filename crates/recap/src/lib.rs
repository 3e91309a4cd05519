//! recap: all roles in one process, and the command line.
//!
//! Invariant: this is the only crate that knows every other one; each command
//! is a file that puts them together and nothing else.

pub mod app;
pub mod cli;
mod commands;
mod exit;
mod follow;
mod text;

use std::process::ExitCode;

use clap::CommandFactory as _;
use recap_config::{EnvironmentVariables, Loaded};

use cli::{Cli, Command};
use exit::Exit;

/// Runs one command, from its arguments to its exit code.
pub fn run(cli: Cli) -> ExitCode {
    recap_telemetry::http::install_crypto();
    let exit = match start(cli) {
        Ok(exit) => exit,
        Err(error) => {
            text::complain(&error);
            Exit::of(&error)
        }
    };
    exit.into()
}

fn start(cli: Cli) -> anyhow::Result<Exit> {
    let variables = EnvironmentVariables::of_process();
    let Some(command) = cli.command else {
        Cli::command().print_help()?;
        return Ok(Exit::Usage);
    };
    let loaded = recap_config::load(cli.config.as_deref(), &variables)?;
    init_logs(&loaded, &command)?;
    let runtime = recap_role::runtime(&loaded.config.runtime)?;
    let search_path = variables.get("PATH").map(Into::into);
    let done = runtime.block_on(execute(command, loaded, search_path));
    // What still runs is a blocking read of a terminal or a file, if anything.
    runtime.shutdown_background();
    done
}

async fn execute(
    command: Command,
    loaded: Loaded,
    search_path: Option<std::ffi::OsString>,
) -> anyhow::Result<Exit> {
    let Loaded { config, .. } = &loaded;
    match command {
        Command::Serve(args) => commands::serve::run(config, &args, search_path).await,
        Command::Summarize(args) => commands::summarize::run(config, &args, search_path).await,
        Command::Plan(args) => commands::plan::run(config, &args, search_path).await,
        Command::Demo(args) => commands::demo::run(config, &args, search_path).await,
        Command::Admin(command) => commands::admin::run(config, &command).await,
        Command::Keys(command) => commands::keys::run(config, command).await,
        Command::Migrate(args) => commands::migrate::run(config, &args).await,
        Command::Health(args) => commands::health::run(config, &args),
        Command::Doctor => commands::doctor::run(config, search_path).await,
        Command::Config => commands::config::run(&loaded),
    }
}

/// A server logs what it does; a command at a terminal only what goes wrong,
/// unless a filter was asked for.
fn init_logs(loaded: &Loaded, command: &Command) -> anyhow::Result<()> {
    let quiet = !command.is_server() && !loaded.sources.contains_key("log.filter");
    recap_role::init_logs(&loaded.config.log, quiet.then_some("error"))
}
