//! The address that a process is reached at.

use std::io;
use std::net::{SocketAddr, TcpListener};

use anyhow::Context as _;
use recap_config::ServerConfig;
use tokio::net::TcpSocket;

/// Opens the configured address with the configured backlog. Must be called
/// inside a tokio runtime.
///
/// # Errors
///
/// When the address is taken or not this machine's; says so, and the mend.
pub fn listen(config: &ServerConfig) -> anyhow::Result<TcpListener> {
    let address = SocketAddr::new(config.host, config.port);
    bind(address, config.backlog).with_context(|| {
        format!("cannot listen on {address}; choose another port with --port or PORT")
    })
}

/// The backlog belongs to the listener: a server that is given one could only set
/// it too late.
fn bind(address: SocketAddr, backlog: u32) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A restart must not wait for connections of the last run to be forgotten.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(backlog)?.into_std()
}
