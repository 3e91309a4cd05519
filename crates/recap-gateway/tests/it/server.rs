//! The server itself.

use recap_config::{Secret, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::TestGateway;

#[tokio::test]
async fn the_configured_address_is_bound() {
    let config = ServerConfig { port: 0, ..ServerConfig::default() };
    let listener = recap_role::listen(&config).unwrap();
    let address = listener.local_addr().unwrap();
    assert_eq!(address.ip(), config.host);
    let taken = ServerConfig { port: address.port(), ..config };
    assert!(recap_role::listen(&taken).is_err());
}

#[tokio::test]
async fn a_chunked_body_is_read_and_its_connection_used_again() {
    let app = TestGateway::spawn();
    let submit = "POST /v1/summaries HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                  transfer-encoding: chunked\r\n\r\n15\r\n{\"url\":\"dQw4w9WgXcQ\"}\r\n0\r\n\r\n";
    let look = "GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream.write_all(submit.as_bytes()).await.unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 202");
    stream.write_all(look.as_bytes()).await.unwrap();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.unwrap();
    assert!(rest.contains("HTTP/1.1 200"), "{rest}");
}

#[tokio::test]
async fn who_could_be_reached_by_anyone_does_not_run_without_keys() {
    let mut open = TestGateway::with(|it| it.server.host = [0, 0, 0, 0].into());
    let error = open.server.join_next().await.unwrap().unwrap().unwrap_err().to_string();
    assert!(error.contains("recap keys create"), "{error}");
    assert!(TcpStream::connect(open.address).await.is_err());

    let closed = TestGateway::with(|it| {
        it.server.host = [0, 0, 0, 0].into();
        it.auth.jwt_secret = Secret::new("0123456789abcdef0123456789abcdef");
        (it.auth.issuer, it.auth.audience) = ("issuer".to_owned(), "recap".to_owned());
    });
    assert_eq!(closed.get("/v1/jobs").await.status, 401);
    assert_eq!(closed.get("/health/ready").await.status, 200);
}
