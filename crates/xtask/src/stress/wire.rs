//! HTTP/1.1 by hand: it costs next to nothing on the side of the client, and says
//! what no library would.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader,
};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

/// How long a connection, or an answer, is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// One connection, which is kept alive.
pub(super) struct Wire {
    stream: BufReader<TcpStream>,
    server: SocketAddr,
}

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// Its header lines in lower case.
    pub(super) head: Vec<String>,
}

impl Reply {
    /// The value of a header, by its name in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.head.iter().filter_map(|it| it.strip_prefix(name)?.strip_prefix(':'));
        values.next().map(str::trim)
    }
}

impl Wire {
    /// Connects from an address of its own, which is how recap tells clients without
    /// keys apart.
    pub(super) async fn connect(server: SocketAddr, from: Ipv4Addr) -> anyhow::Result<Self> {
        Self::over(TcpSocket::new_v4()?, server, from).await
    }

    /// The same with hardly any room for what it does not read.
    pub(super) async fn deaf(server: SocketAddr, from: Ipv4Addr) -> anyhow::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(4096)?;
        Self::over(socket, server, from).await
    }

    async fn over(socket: TcpSocket, server: SocketAddr, from: Ipv4Addr) -> anyhow::Result<Self> {
        socket.bind(SocketAddr::from((from, 0)))?;
        let stream = timeout(PATIENCE, socket.connect(server)).await??;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), server })
    }

    /// The head of a request; `headers` are whole lines.
    pub(super) fn head(&self, method: &str, path: &str, headers: &[&str]) -> String {
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.server);
        for line in headers {
            head += line;
            head += "\r\n";
        }
        head + "\r\n"
    }

    pub(super) async fn send(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        timeout(PATIENCE, self.stream.get_mut().write_all(bytes)).await??;
        Ok(())
    }

    pub(super) async fn get(&mut self, path: &str) -> anyhow::Result<Reply> {
        self.send(self.head("GET", path, &[]).as_bytes()).await?;
        self.reply().await
    }

    pub(super) async fn post(
        &mut self,
        path: &str,
        headers: &[&str],
        body: &str,
    ) -> anyhow::Result<Reply> {
        let length = format!("content-length: {}", body.len());
        let ours = ["content-type: application/json", &length];
        let head = self.head("POST", path, &[&ours, headers].concat());
        self.send((head + body).as_bytes()).await?;
        self.reply().await
    }

    /// Sends a head and then a `piece` so many times, and listens meanwhile: who is
    /// refused is told so before all is sent.
    pub(super) async fn upload(
        self,
        head: &[u8],
        piece: &[u8],
        times: usize,
    ) -> anyhow::Result<Reply> {
        let (from_server, mut to_server) = self.stream.into_inner().into_split();
        let mut from_server = BufReader::new(from_server);
        let sending = async {
            let mut sent = to_server.write_all(head).await;
            for _ in 0..times {
                if sent.is_ok() {
                    sent = to_server.write_all(piece).await;
                }
            }
            // What the server says is said by its answer.
            std::future::pending::<()>().await;
        };
        tokio::select! {
            reply = timeout(PATIENCE, read(&mut from_server)) => reply.context("no answer came")?,
            () = sending => unreachable!("it never ends"),
        }
    }

    /// Reads an answer of known length to its end.
    pub(super) async fn reply(&mut self) -> anyhow::Result<Reply> {
        timeout(PATIENCE, read(&mut self.stream)).await.context("no answer came")?
    }

    /// The next line; an error at the end of the connection.
    pub(super) async fn line(&mut self) -> anyhow::Result<String> {
        line(&mut self.stream).await
    }
}

async fn read(stream: &mut (impl AsyncBufRead + Unpin)) -> anyhow::Result<Reply> {
    let first = line(stream).await?;
    let status = first.split(' ').nth(1).and_then(|it| it.parse().ok());
    let status = status.with_context(|| format!("no answer: {first:?}"))?;
    let mut head = Vec::new();
    loop {
        let line = line(stream).await?.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        head.push(line);
    }
    let reply = Reply { status, head };
    let length = reply.header("content-length").and_then(|it| it.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(reply)
}

async fn line(stream: &mut (impl AsyncBufRead + Unpin)) -> anyhow::Result<String> {
    let mut line = String::new();
    let read = stream.read_line(&mut line).await?;
    ensure!(read > 0, "the connection was closed");
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_is_read_to_its_end_and_no_further() {
        let text = "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 2\r\nRetry-After: 6\r\n\r\n{}HTTP/1.1 200 OK\r\n\r\n";
        let mut stream = text.as_bytes();
        let reply = read(&mut stream).await.unwrap();
        assert_eq!((reply.status, reply.header("retry-after")), (429, Some("6")));
        assert_eq!(read(&mut stream).await.unwrap().status, 200);
        assert!(read(&mut stream).await.is_err());
    }
}
