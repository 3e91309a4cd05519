//! One process with all roles: what `recap serve` and the tests start.

use std::ffi::OsString;
use std::future::Future;
use std::net::{SocketAddr, TcpListener};

use recap_config::Config;
use recap_role::{Ports, Roles, system_clock};
use tracing::info;

/// The roles of this process, running.
pub struct App {
    pub ports: Ports,
    pub address: SocketAddr,
    roles: Roles,
}

impl App {
    /// Starts the gateway on `listener`, and the worker as soon as yt-dlp and
    /// the store are there: the first start may have to install yt-dlp, which
    /// is told through `say`, and requests need not wait for that.
    ///
    /// # Errors
    ///
    /// When the embedded database cannot be opened, or a URL not be understood; or
    /// when more than this machine could reach it and there is no key.
    pub async fn start(
        config: &Config,
        listener: TcpListener,
        search_path: Option<OsString>,
        say: impl Fn(&str) + Send + Sync + 'static,
    ) -> anyhow::Result<Self> {
        let clock = system_clock();
        let ports = recap_role::connect(config, clock.clone()).await?;
        let address = listener.local_addr()?;
        recap_gateway::check_access(config, &ports, address).await?;
        let mut roles = Roles::new();
        let stop = roles.shutdown();
        let gateway = recap_gateway::role(config, listener, &ports, clock.clone(), stop.clone());
        roles.start("the gateway failed", gateway);
        let watch = recap_role::watch(config.clone(), ports.clone(), stop.clone());
        roles.start("the machine cannot be watched", watch);
        let worker =
            recap_worker::role(config.clone(), ports.clone(), search_path, clock, say, stop);
        roles.start("the worker failed", worker);
        info!(%address, "listening");
        Ok(Self { ports, address, roles })
    }

    /// Runs until `signal` or until a role ends by itself, then lets the roles
    /// finish what they hold.
    ///
    /// # Errors
    ///
    /// The first failure of a role.
    pub async fn run_until(self, signal: impl Future<Output = ()>) -> anyhow::Result<()> {
        self.roles.run_until(signal).await
    }
}
