//! `recap serve`

use std::ffi::OsString;
use std::net::TcpListener;

use recap_config::Config;
use recap_role::{Started, stop_signal};
use tracing::info;

use crate::app::App;
use crate::cli::{Role, ServeArgs};
use crate::exit::Exit;
use crate::text;

pub(crate) async fn run(
    config: &Config,
    args: &ServeArgs,
    search_path: Option<OsString>,
) -> anyhow::Result<Exit> {
    let mut config = config.clone();
    config.server.port = args.port.unwrap_or(config.server.port);
    match args.role {
        Role::All => all(&config, search_path).await?,
        Role::Gateway => recap_gateway::process(Started { config, search_path }).await?,
        Role::Worker => recap_worker::process(Started { config, search_path }).await?,
    }
    Ok(Exit::Done)
}

async fn all(config: &Config, search_path: Option<OsString>) -> anyhow::Result<()> {
    let listener = listen(config, None)?;
    let app = App::start(config, listener, search_path, |line| info!("{line}")).await?;
    let reach = if app.address.ip().is_loopback() { " (this machine only)" } else { "" };
    text::say(format_args!("recap serves http://{}{reach}", app.address));
    app.run_until(stop_signal()).await
}

/// Opens the configured address, or another port of it.
pub(crate) fn listen(config: &Config, port: Option<u16>) -> anyhow::Result<TcpListener> {
    let mut server = config.server.clone();
    server.port = port.unwrap_or(server.port);
    recap_role::listen(&server)
}
