//! A connection to a server that can be made to hang.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Passes bytes on, both ways, or keeps them to itself.
pub(super) struct Proxy {
    pub(super) url: String,
    answers: Arc<Answers>,
    _task: JoinSet<()>,
}

#[derive(Default)]
struct Answers {
    muted: AtomicBool,
    /// So many are lost, each with its connection.
    to_lose: AtomicU32,
}

impl Proxy {
    /// In front of the server at `url`.
    pub(super) async fn start(url: &str) -> Self {
        let server = url.trim_start_matches("mongodb://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        // Else the driver goes where the server says that it is.
        let url = format!("mongodb://{}/?directConnection=true", listener.local_addr().unwrap());
        let answers = Arc::<Answers>::default();
        let mut task = JoinSet::new();
        task.spawn(serve(listener, server, Arc::clone(&answers)));
        Self { url, answers, _task: task }
    }

    /// From now on nothing that the server says gets through, or all does.
    pub(super) fn mute(&self, muted: bool) {
        self.answers.muted.store(muted, Ordering::SeqCst);
    }

    /// What is asked next is done, and the connection breaks before the answer.
    pub(super) fn lose_next_answer(&self) {
        self.answers.to_lose.store(1, Ordering::SeqCst);
    }

    /// No answer waits to be lost.
    pub(super) fn has_lost_it(&self) -> bool {
        self.answers.to_lose.load(Ordering::SeqCst) == 0
    }
}

async fn serve(listener: TcpListener, server: String, answers: Arc<Answers>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let Ok(server) = TcpStream::connect(&server).await else { continue };
        connections.spawn(pass(client, server, Arc::clone(&answers)));
    }
}

/// Ends both ways when one has ended.
async fn pass(client: TcpStream, server: TcpStream, answers: Arc<Answers>) {
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let questions = Answers::default();
    tokio::select! {
        () = copy(from_client, to_server, &questions) => {}
        () = copy(from_server, to_client, &answers) => {}
    }
}

async fn copy(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, answers: &Answers) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        while answers.muted.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let less = |it: u32| it.checked_sub(1);
        if answers.to_lose.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok() {
            break;
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
}
