//! A TCP proxy in front of a server, to hold back or cut what goes through.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What the proxy does with what comes from clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Pass,
    /// Swallows it, so that clients wait for an answer.
    Hold,
}

/// Forwards connections to one server. Ends when it is dropped.
pub(crate) struct Proxy {
    address: SocketAddr,
    mode: watch::Sender<Mode>,
    /// Each change cuts all connections.
    cuts: Arc<watch::Sender<u64>>,
    _tasks: JoinSet<()>,
}

impl Proxy {
    pub(crate) async fn start(server: SocketAddr) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (mode, modes) = watch::channel(Mode::Pass);
        let cuts = Arc::new(watch::Sender::new(0));
        let mut tasks = JoinSet::new();
        let cutting = Arc::clone(&cuts);
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                while connections.try_join_next().is_some() {}
                let (modes, mut cut) = (modes.clone(), cutting.subscribe());
                connections.spawn(async move {
                    tokio::select! {
                        () = forward(client, server, modes) => {}
                        _ = cut.changed() => {}
                    }
                });
            }
        });
        Ok(Self { address, mode, cuts, _tasks: tasks })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on clients get no answers; or they do again, on connections
    /// made from then on.
    pub(crate) fn hold(&self, hold: bool) {
        self.mode.send_replace(if hold { Mode::Hold } else { Mode::Pass });
        if !hold {
            self.cut();
        }
    }

    /// Ends every connection.
    pub(crate) fn cut(&self) {
        self.cuts.send_modify(|it| *it += 1);
    }
}

async fn forward(client: TcpStream, server: SocketAddr, modes: watch::Receiver<Mode>) {
    let Ok(server) = TcpStream::connect(server).await else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    // Either side's end is the end of both.
    tokio::select! {
        () = copy(from_client, to_server, Some(modes)) => {}
        () = copy(from_server, to_client, None) => {}
    }
}

async fn copy(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    modes: Option<watch::Receiver<Mode>>,
) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length) = from.read(&mut buffer).await {
        if length == 0 {
            return;
        }
        if modes.as_ref().is_some_and(|it| *it.borrow() == Mode::Hold) {
            continue;
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
