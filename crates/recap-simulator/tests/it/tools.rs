//! Directories and clients.

use std::path::PathBuf;

use recap_simulator::youtube::YouTube;

/// An empty directory for one test.
pub(crate) fn directory(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    if path.exists() {
        std::fs::remove_dir_all(&path).unwrap();
    }
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// A plain HTTP client without proxy.
pub(crate) fn client() -> reqwest::Client {
    builder().no_proxy().build().unwrap()
}

/// A client that reaches the simulated YouTube as yt-dlp does.
pub(crate) fn client_through(youtube: &YouTube) -> reqwest::Client {
    let ca = std::fs::read(youtube.ca_file()).unwrap();
    builder()
        .proxy(reqwest::Proxy::all(youtube.proxy_url()).unwrap())
        .tls_certs_only([reqwest::Certificate::from_pem(&ca).unwrap()])
        .build()
        .unwrap()
}

fn builder() -> reqwest::ClientBuilder {
    // Only the first of the tests in this process succeeds, which is enough.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
}
