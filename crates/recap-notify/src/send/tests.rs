//! Certificates, right and wrong.

use std::net::IpAddr;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use recap_core::webhook::WebhookSecret;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::*;

/// A server on loopback that has a certificate for `hooks.example.com`.
struct Host {
    port: u16,
    ca: reqwest::Certificate,
    _serving: JoinSet<()>,
}

async fn host() -> Host {
    let ca_key = KeyPair::generate().unwrap();
    let mut ca_params = CertificateParams::default();
    ca_params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let ca = ca_params.self_signed(&ca_key).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["hooks.example.com".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &Issuer::new(ca_params, ca_key)).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        )
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut serving = JoinSet::new();
    serving.spawn(serve(listener, TlsAcceptor::from(Arc::new(config))));
    Host { port, ca: reqwest::Certificate::from_der(ca.der()).unwrap(), _serving: serving }
}

async fn serve(listener: TcpListener, tls: TlsAcceptor) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        // A client that does not trust us leaves.
        let Ok(mut stream) = tls.accept(stream).await else { continue };
        let mut head = [0; 64];
        stream.read_exact(&mut head).await.unwrap();
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
        let _ = stream.shutdown().await;
    }
}

/// What comes of a message to `url`, whatever its name, at 127.0.0.1.
async fn sent(url: &str, trusted: Option<&reqwest::Certificate>) -> Option<AttemptError> {
    let config = WebhooksConfig {
        allow_cidrs: vec!["127.0.0.1/32".to_owned()],
        timeout_seconds: 60,
        ..WebhooksConfig::default()
    };
    let lookup: Lookup = Arc::new(|_| Box::pin(async { Ok(vec![IpAddr::from([127, 0, 0, 1])]) }));
    let sender = Sender::new(&config, &lookup, |it| match trusted {
        Some(ca) => it.tls_certs_only([ca.clone()]),
        None => it,
    });
    let id = "msg_01KAGC0000000000000000000A".parse().unwrap();
    let secrets = [WebhookSecret::new([1; 32])];
    let message = Notification { id, url, payload: "{}", secrets: &secrets, unix_seconds: 0 };
    sender.unwrap().send(&message).await.error
}

#[tokio::test]
async fn a_certificate_is_trusted_and_of_the_name_that_was_asked_for() {
    let host = host().await;
    let url = |name: &str| format!("https://{name}:{}/hook", host.port);
    let wrong = Some(AttemptError::Tls);
    assert_eq!(sent(&url("hooks.example.com"), Some(&host.ca)).await, None);
    assert_eq!(sent(&url("hooks.example.com."), Some(&host.ca)).await, None);
    assert_eq!(sent(&url("other.example.com"), Some(&host.ca)).await, wrong);
    assert_eq!(sent(&url("127.0.0.1"), Some(&host.ca)).await, wrong);
    assert_eq!(sent(&url("hooks.example.com"), None).await, wrong);
}

#[tokio::test]
async fn who_does_not_speak_tls_is_told_apart_from_who_is_away() {
    let receiver = recap_simulator::webhooks::Receiver::start(0).await.unwrap();
    let url = receiver.url("/hook").replace("http://", "https://");
    assert_eq!(sent(&url, None).await, Some(AttemptError::Tls));
    assert!(receiver.requests().is_empty());
    receiver.stop().await;
    assert_eq!(sent(&url, None).await, Some(AttemptError::Connection));
}
