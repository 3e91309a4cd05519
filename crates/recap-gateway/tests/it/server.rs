//! The server itself.

use recap_config::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::TestGateway;

#[tokio::test]
async fn the_configured_address_is_bound() {
    let config = ServerConfig { port: 0, ..ServerConfig::default() };
    let listener = recap_gateway::bind(&config).unwrap();
    let address = listener.local_addr().unwrap();
    assert_eq!(address.ip(), config.host);
    let taken = ServerConfig { port: address.port(), ..config };
    assert!(recap_gateway::bind(&taken).is_err());
}

#[tokio::test]
async fn a_chunked_body_is_read_and_its_connection_used_again() {
    let app = TestGateway::spawn();
    let submit = "POST /v1/summaries HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n\
                  transfer-encoding: chunked\r\n\r\n15\r\n{\"url\":\"dQw4w9WgXcQ\"}\r\n0\r\n\r\n";
    let look = "GET /health/live HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
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
