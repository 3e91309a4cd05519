//! A client so plain that it can misbehave.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer, read to its end.
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    /// As text, if it is some.
    pub(crate) body: String,
    pub(crate) bytes: Vec<u8>,
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?} {:.2000}", self.status, self.headers, self.body)
    }
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// All values of a header that may be there several times.
    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        let all = self.headers.iter().filter(|(it, _)| it == name);
        all.map(|(_, value)| value.as_str()).collect()
    }

    fn parse(answer: &[u8]) -> Self {
        let end = answer.windows(4).position(|it| it == b"\r\n\r\n").expect("a whole head");
        let (head, bytes) = (std::str::from_utf8(&answer[..end]).unwrap(), &answer[end + 4..]);
        let body = String::from_utf8_lossy(bytes).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let header = |it: &str| {
            let (name, value) = it.split_once(": ").unwrap();
            (name.to_lowercase(), value.to_owned())
        };
        Self { status, headers: lines.map(header).collect(), body, bytes: bytes.to_vec() }
    }
}

/// Sends bytes as they are, and reads until the server closes. What cannot be
/// sent any more, because the server has hung up, is left.
pub(crate) async fn exchange(address: SocketAddr, request: &[u8]) -> Reply {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (mut reader, mut writer) = stream.split();
    let write = async {
        let _ = writer.write_all(request).await;
    };
    let mut answer = Vec::new();
    let read = async {
        let _ = reader.read_to_end(&mut answer).await;
    };
    tokio::join!(write, read);
    Reply::parse(&answer)
}

/// A request with a body of known length, on a connection of its own, to this
/// machine unless another host is among the headers.
pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let length = body.len().to_string();
    let length = [("content-length", length.as_str())];
    let length = if body.is_empty() { &[][..] } else { &length };
    let line = |(name, value): &(&str, &str)| format!("{name}: {value}\r\n");
    let lines: String = headers.iter().chain(length).map(line).collect();
    let own = headers.iter().any(|(name, _)| *name == "host");
    let host = if own { "" } else { "host: localhost\r\n" };
    let head = format!("{method} {path} HTTP/1.1\r\n{host}connection: close\r\n{lines}");
    [head.as_bytes(), b"\r\n", body].concat()
}
