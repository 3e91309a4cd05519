//! The frame of a `main`: arguments, settings, logs, a runtime, and an exit
//! code.

use std::future::Future;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use recap_config::{
    Config, ConfigError, EnvironmentVariables, LogConfig, LogFormat, RuntimeConfig,
};
use recap_telemetry::logs;
use tokio::runtime::{Builder, Runtime};

use crate::health::{Question, health};

/// The process that was asked is not well.
const UNWELL: u8 = 1;
/// The command or a setting is wrong.
const USAGE: u8 = 2;
/// Something on this machine is missing or broken.
const MACHINE: u8 = 4;

/// What a process that plays one role is told on its command line.
#[derive(Debug, Args)]
pub struct RoleArgs {
    /// Settings file; `recap.toml` in this directory when it is there.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Port to listen on; 0 takes a free one. Overrides `server.port` and `PORT`.
    #[arg(long)]
    pub port: Option<u16>,
    /// Start nothing: ask the process that runs here how it is.
    #[arg(long, value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "ready")]
    pub health: Option<Question>,
}

/// What a role begins with.
pub struct Started {
    pub config: Config,
    /// Where programs are looked for: `PATH`.
    pub search_path: Option<std::ffi::OsString>,
}

/// Runs one role from its arguments to its exit code: 0 when it ended in order or
/// is well, 1 when it is not, 2 when a setting is wrong, 4 when something is missing.
pub fn run<F, R>(args: &RoleArgs, role: F) -> ExitCode
where
    F: FnOnce(Started) -> R,
    R: Future<Output = anyhow::Result<()>>,
{
    recap_telemetry::http::install_crypto();
    match start(args, role) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "recap: {error:#}");
            ExitCode::from(if error.is::<ConfigError>() { USAGE } else { MACHINE })
        }
    }
}

fn start<F, R>(args: &RoleArgs, role: F) -> anyhow::Result<ExitCode>
where
    F: FnOnce(Started) -> R,
    R: Future<Output = anyhow::Result<()>>,
{
    let variables = EnvironmentVariables::of_process();
    let mut config = recap_config::load(args.config.as_deref(), &variables)?.config;
    config.server.port = args.port.unwrap_or(config.server.port);
    if let Some(question) = args.health {
        let health = health(&config.server, question)?;
        std::io::stdout().write_all(health.text.as_bytes())?;
        return Ok(if health.well { ExitCode::SUCCESS } else { ExitCode::from(UNWELL) });
    }
    init_logs(&config.log, None)?;
    let search_path = variables.get("PATH").map(Into::into);
    let runtime = runtime(&config.runtime)?;
    let done = runtime.block_on(role(Started { config, search_path }));
    runtime.shutdown_background();
    done.map(|()| ExitCode::SUCCESS)
}

/// Logs as the settings say, or with another filter.
///
/// # Errors
///
/// When the filter cannot be understood.
pub fn init_logs(log: &LogConfig, filter: Option<&str>) -> anyhow::Result<()> {
    let format = match log.format {
        LogFormat::Text => logs::Format::Text,
        LogFormat::Json => logs::Format::Json,
    };
    logs::init(format, filter.unwrap_or(&log.filter))?;
    Ok(())
}

/// The threads of everything but requests.
///
/// # Errors
///
/// When the machine has no thread left.
pub fn runtime(config: &RuntimeConfig) -> std::io::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(config.threads).enable_all().build()
}
