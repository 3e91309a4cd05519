//! A listener on loopback whose tasks all end when it is stopped.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Connections served at once; the next ones wait in the backlog.
const CONNECTIONS: usize = 256;

pub(crate) struct Server {
    address: SocketAddr,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Server {
    /// Listens on `127.0.0.1:port` (0 = any free port) and gives each
    /// connection to `handle`.
    pub(crate) async fn start<H, F>(port: u16, handle: H) -> io::Result<Self>
    where
        H: Fn(TcpStream) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        Self::on(TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?, handle)
    }

    /// Gives each connection of `listener` to `handle`.
    pub(crate) fn on<H, F>(listener: TcpListener, handle: H) -> io::Result<Self>
    where
        H: Fn(TcpStream) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let address = listener.local_addr()?;
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(stop.clone().run_until_cancelled_owned(accept(
            listener,
            handle,
            stop.clone(),
            tasks.clone(),
        )));
        Ok(Self { address, stop, tasks })
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Closes the listener and every connection, and waits for their tasks.
    pub(crate) async fn stop(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Server {
    /// A test that panics must not leave a port open behind it.
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn accept<H, F>(listener: TcpListener, handle: H, stop: CancellationToken, tasks: TaskTracker)
where
    H: Fn(TcpStream) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let free = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(permit) = free.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let connection = stop.clone().run_until_cancelled_owned(handle(stream));
                tasks.spawn(async move {
                    connection.await;
                    drop(permit);
                });
            }
            // The client is gone again before it was served; others may still come.
            Err(error) => tracing::debug!(%error, "a connection was not accepted"),
        }
    }
}
