//! A way to a server on which answers get lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use recap_testkit::servers;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

pub(super) struct Proxy {
    port: u16,
    state: Arc<State>,
    _tasks: JoinSet<()>,
}

#[derive(Default)]
struct State {
    losing: AtomicBool,
    lost: AtomicU32,
}

impl Proxy {
    pub(super) async fn to(server: &servers::Redis) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let address = server.url().trim_start_matches("redis://").to_owned();
        let state = Arc::new(State::default());
        let (shared, mut tasks) = (Arc::clone(&state), JoinSet::new());
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&address).await.unwrap();
                connections.spawn(forward(client, server, Arc::clone(&shared)));
            }
        });
        Self { port, state, _tasks: tasks }
    }

    pub(super) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// From now on the server does what it is asked, but its answers are lost and
    /// so are the connections; or no more.
    pub(super) fn lose_answers(&self, losing: bool) {
        self.state.losing.store(losing, Ordering::SeqCst);
    }

    pub(super) fn lost(&self) -> u32 {
        self.state.lost.load(Ordering::SeqCst)
    }
}

async fn forward(client: TcpStream, server: TcpStream, state: Arc<State>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let asking = async { tokio::io::copy(&mut from_client, &mut to_server).await.map(drop) };
    let answering = async {
        let mut buffer = vec![0; 65_536];
        loop {
            let length = from_server.read(&mut buffer).await?;
            if length == 0 {
                return Ok(());
            }
            // The greetings of a new connection are let through, or nothing
            // else would ever be asked.
            let greeting = buffer.starts_with(b"+OK") || buffer.starts_with(b"%");
            if state.losing.load(Ordering::SeqCst) && !greeting {
                state.lost.fetch_add(1, Ordering::SeqCst);
                return Ok(());
            }
            to_client.write_all(&buffer[..length]).await?;
        }
    };
    let _: std::io::Result<()> = tokio::select! {
        it = asking => it,
        it = answering => it,
    };
}
