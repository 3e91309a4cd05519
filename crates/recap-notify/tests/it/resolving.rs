//! Names that change their minds.

use std::net::TcpListener;

use recap_config::WebhooksConfig;
use recap_core::webhook::AttemptError;
use recap_simulator::webhooks::Receiver;

use crate::support::{answering, send, sender, settings, unknowing};

/// 127.0.0.1 stands for a public address, and 127.0.0.2 for a private one: the
/// settings list the first alone.
#[tokio::test]
async fn a_name_that_turns_private_between_two_attempts_is_refused() {
    let receiver = Receiver::start(0).await.unwrap();
    let private = TcpListener::bind(("127.0.0.2", receiver.port())).unwrap();
    private.set_nonblocking(true).unwrap();
    let sender = sender(
        settings(),
        &answering(&[&["127.0.0.1"], &["127.0.0.2"], &["127.0.0.1", "127.0.0.2"], &["127.0.0.1"]]),
    );
    let url = format!("http://rebind.example.com:{}/hook", receiver.port());
    let refused = Some(AttemptError::AddressRefused);
    for expected in [None, refused, refused, None] {
        assert_eq!(send(&sender, &url).await.error, expected);
    }
    assert_eq!(receiver.requests().len(), 2);
    assert!(private.accept().is_err(), "somebody came to the private address");
    receiver.stop().await;
}

#[tokio::test]
async fn an_unusual_port_needs_an_address_that_is_listed() {
    let receiver = Receiver::start(0).await.unwrap();
    let lookup = answering(&[&["127.0.0.1", "8.8.8.8"], &["8.8.8.8"], &["127.0.0.1"]]);
    let sender = sender(settings(), &lookup);
    let url = format!("http://hooks.example.com:{}/hook", receiver.port());
    let refused = Some(AttemptError::AddressRefused);
    for expected in [refused, refused, None] {
        assert_eq!(send(&sender, &url).await.error, expected);
    }
    receiver.stop().await;
}

#[tokio::test]
async fn a_name_without_an_address_is_said_to_have_none() {
    for lookup in [unknowing(), answering(&[])] {
        let sender = sender(WebhooksConfig::default(), &lookup);
        let response = send(&sender, "https://gone.example.com/hook").await;
        assert_eq!((response.error, response.status), (Some(AttemptError::Dns), None));
    }
}
