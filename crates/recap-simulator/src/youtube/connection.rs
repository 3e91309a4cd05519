//! From a new connection to HTTP requests: with or without a tunnel, with or without TLS.
//!
//! yt-dlp opens a tunnel with `CONNECT www.youtube.com:443 HTTP/1.0` and no
//! `Host`, which an HTTP library may refuse; so the head is read by hand.

use std::io::{self, Cursor};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::log::RequestRecord;
use super::request::{is_simulated, without_port};
use super::router;
use super::shared::Shared;
use crate::http;

const LONGEST_HEAD: usize = 16 << 10;
/// For the first bytes and for the TLS handshake: a client on loopback is quick.
const PATIENCE: Duration = Duration::from_secs(10);

const OPENED: &[u8] = b"HTTP/1.1 200 Connection established\r\n\r\n";
const REFUSED: &[u8] =
    b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const MALFORMED: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// How a connection begins.
#[derive(Debug, PartialEq, Eq)]
enum Opening {
    /// `CONNECT`; the bytes after the head belong to the tunnel.
    Tunnel {
        host: String,
        rest: Vec<u8>,
    },
    /// Any other request, of which these bytes were read.
    Plain(Vec<u8>),
    Malformed,
}

pub(super) async fn serve(shared: Arc<Shared>, mut stream: TcpStream) {
    let opening = timeout(PATIENCE, read_opening(&mut stream)).await;
    let outcome = match opening {
        Ok(Ok(Opening::Tunnel { host, rest })) => tunnel(shared, stream, host, rest).await,
        Ok(Ok(Opening::Plain(first))) => {
            requests(shared, resume(first, stream), None).await;
            Ok(())
        }
        Ok(Ok(Opening::Malformed)) => stream.write_all(MALFORMED).await,
        Ok(Err(error)) => Err(error),
        Err(_too_slow) => Ok(()),
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection ended before its first request");
    }
}

async fn tunnel(
    shared: Arc<Shared>,
    mut stream: TcpStream,
    host: String,
    rest: Vec<u8>,
) -> io::Result<()> {
    if !is_simulated(&host) {
        shared.log.push(RequestRecord::tunnel(
            &host,
            Some(502),
            "host is not simulated".to_owned(),
        ));
        return stream.write_all(REFUSED).await;
    }
    stream.write_all(OPENED).await?;
    let problem = match timeout(PATIENCE, shared.tls.accept(resume(rest, stream))).await {
        Ok(Ok(stream)) => {
            requests(shared, stream, Some(host)).await;
            return Ok(());
        }
        Ok(Err(error)) => format!("TLS: {error}"),
        Err(_too_slow) => "TLS: too slow".to_owned(),
    };
    shared.log.push(RequestRecord::tunnel(&host, None, problem));
    Ok(())
}

async fn requests<I>(shared: Arc<Shared>, io: I, tunnel: Option<String>)
where
    I: AsyncRead + AsyncWrite + Unpin,
{
    let (shared, tunnel) = (&shared, tunnel.as_deref());
    http::serve(io, |request| router::answer(shared, tunnel, request)).await;
}

/// The stream as it was before `first` was read from it.
fn resume(first: Vec<u8>, stream: TcpStream) -> impl AsyncRead + AsyncWrite + Unpin {
    let (read, write) = stream.into_split();
    tokio::io::join(Cursor::new(first).chain(read), write)
}

async fn read_opening(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Opening> {
    const CONNECT: &[u8] = b"CONNECT ";
    let mut read = Vec::with_capacity(1_024);
    loop {
        let compared = read.len().min(CONNECT.len());
        if read[..compared] != CONNECT[..compared] {
            return Ok(Opening::Plain(read));
        }
        if let Some(end) = read.windows(4).position(|it| it == b"\r\n\r\n") {
            return Ok(parse_tunnel(&read[..end], &read[end + 4..]));
        }
        if read.len() >= LONGEST_HEAD || stream.read_buf(&mut read).await? == 0 {
            return Ok(Opening::Malformed);
        }
    }
}

fn parse_tunnel(head: &[u8], rest: &[u8]) -> Opening {
    let first_line = head.split(|it| *it == b'\r').next().unwrap_or_default();
    let words: Vec<&str> = std::str::from_utf8(first_line).unwrap_or_default().split(' ').collect();
    match words[..] {
        ["CONNECT", authority, version] if version.starts_with("HTTP/1.") => {
            Opening::Tunnel { host: without_port(authority).to_owned(), rest: rest.to_vec() }
        }
        _ => Opening::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_HEAD, Opening, read_opening};

    #[tokio::test]
    async fn a_tunnel_is_told_from_a_request() {
        let head = b"CONNECT www.youtube.com:443 HTTP/1.0\r\n\r\nhello".as_slice();
        let tunnel =
            Opening::Tunnel { host: "www.youtube.com".to_owned(), rest: b"hello".to_vec() };
        assert_eq!(read_opening(&mut { head }).await.unwrap(), tunnel);

        let head = b"GET / HTTP/1.1\r\n\r\n".as_slice();
        assert_eq!(read_opening(&mut { head }).await.unwrap(), Opening::Plain(head.to_vec()));
    }

    #[tokio::test]
    async fn a_head_that_is_broken_or_endless_is_refused() {
        let endless = [b"CONNECT ".to_vec(), vec![b'a'; 2 * LONGEST_HEAD]].concat();
        for head in [
            b"CONNECT x".as_slice(),
            b"CONNECT \xff HTTP/1.0\r\n\r\n",
            b"CONNECT a\r\n\r\n",
            &endless,
        ] {
            assert_eq!(read_opening(&mut { head }).await.unwrap(), Opening::Malformed);
        }
    }
}
