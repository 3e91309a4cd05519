//! A server that says which keys tokens are checked with.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Ends when it is dropped.
pub(super) struct Issuer {
    address: SocketAddr,
    state: Arc<State>,
    _serving: JoinSet<()>,
}

#[derive(Default)]
struct State {
    document: Mutex<String>,
    served: AtomicUsize,
}

impl Issuer {
    pub(super) async fn start(keys: &[Value]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State::default());
        let serves = Arc::clone(&state);
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                serve(stream, &serves).await;
            }
        });
        let issuer = Self { address, state, _serving: serving };
        issuer.rotate(keys);
        issuer
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/keys", self.address)
    }

    /// Has these keys from now on.
    pub(super) fn rotate(&self, keys: &[Value]) {
        *self.state.document.lock().unwrap() = json!({"keys": keys}).to_string();
    }

    /// How often it was asked.
    pub(super) fn served(&self) -> usize {
        self.state.served.load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: TcpStream, state: &State) {
    let mut head = [0; 1024];
    let _ = stream.read(&mut head).await;
    state.served.fetch_add(1, Ordering::SeqCst);
    let body = state.document.lock().unwrap().clone();
    let length = body.len();
    let answer =
        format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
    let _ = stream.write_all(answer.as_bytes()).await;
}
