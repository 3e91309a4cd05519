//! `recap serve`

use std::ffi::OsString;
use std::net::TcpListener;

use anyhow::Context as _;
use recap_config::Config;
use recap_worker::system_clock;
use tracing::info;

use crate::app::{App, stop_signal};
use crate::cli::ServeArgs;
use crate::exit::Exit;
use crate::text;

pub(crate) async fn run(
    config: &Config,
    args: &ServeArgs,
    search_path: Option<OsString>,
) -> anyhow::Result<Exit> {
    let listener = listen(config, args.port)?;
    let clock = system_clock();
    let outside =
        recap_worker::outside(config.clone(), search_path, clock.clone(), |line| info!("{line}"));
    let app = App::start(config, listener, outside, clock).await?;
    text::say(format_args!("recap serves http://{} (this machine only)", app.address));
    app.run_until(stop_signal()).await?;
    Ok(Exit::Done)
}

/// Opens the configured address, or another port of it.
pub(crate) fn listen(config: &Config, port: Option<u16>) -> anyhow::Result<TcpListener> {
    let mut server = config.server.clone();
    server.port = port.unwrap_or(server.port);
    recap_gateway::bind(&server).with_context(|| {
        let (host, port) = (server.host, server.port);
        format!("cannot listen on {host}:{port}; choose another port with --port or PORT")
    })
}
