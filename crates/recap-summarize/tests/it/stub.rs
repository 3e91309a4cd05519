//! A server with prepared answers, for what the simulator would never say.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) body: Value,
}

/// Answers one request per connection, then closes it.
pub(crate) struct Stub {
    port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
    _serving: JoinSet<()>,
}

impl Stub {
    /// `texts` are what Gemini says, call by call.
    pub(crate) async fn start(texts: &[&str]) -> Self {
        Self::answering(texts.iter().map(|it| event(it)).collect()).await
    }

    /// `texts` are what a server of the OpenAI API says, call by call.
    pub(crate) async fn of_openai(texts: &[&str]) -> Self {
        Self::answering(texts.iter().map(|it| chunk(it)).collect()).await
    }

    async fn answering(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        let mut serving = JoinSet::new();
        serving.spawn(serve(listener, answers, seen));
        Self { port, requests, _serving: serving }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}/v1beta", self.port)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

fn event(text: &str) -> String {
    let response = json!({
        "candidates": [{ "content": { "parts": [{ "text": text }] }, "finishReason": "STOP" }],
        "usageMetadata": { "promptTokenCount": 10, "candidatesTokenCount": 5 },
    });
    answer(&response)
}

fn chunk(text: &str) -> String {
    answer(&json!({
        "choices": [{ "delta": { "content": text }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 10, "completion_tokens": 5 },
    }))
}

fn answer(document: &Value) -> String {
    format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\ndata: {document}\r\n\r\n")
}

async fn serve(listener: TcpListener, answers: Vec<String>, seen: Arc<Mutex<Vec<Request>>>) {
    for answer in answers {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read(&mut stream).await;
        seen.lock().unwrap().push(request);
        // The client may have had enough.
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.shutdown().await;
    }
}

async fn read(stream: &mut TcpStream) -> Request {
    let mut bytes = Vec::new();
    loop {
        stream.read_buf(&mut bytes).await.unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        if let Ok(body) = serde_json::from_str(body) {
            return Request { head: head.to_owned(), body };
        }
    }
}
