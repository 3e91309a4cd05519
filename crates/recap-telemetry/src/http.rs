//! The HTTP client: the same time-outs, name and trust for every vendor.

use std::error::Error;
use std::io;
use std::time::Duration;

use reqwest::redirect::Policy;

/// As recap calls itself.
const USER_AGENT: &str = concat!("recap/", env!("CARGO_PKG_VERSION"));

/// A kept connection holds two TLS buffers; on 512 MB a few are enough.
const IDLE_CONNECTIONS: usize = 3;
const IDLE: Duration = Duration::from_secs(30);

/// A client that follows no redirect and gives up after `connect_timeout`, or
/// when `read_timeout` passes without a byte.
///
/// It trusts the certificates of the system (on Debian, the package
/// `ca-certificates`), or those named by `SSL_CERT_FILE` and `SSL_CERT_DIR`.
///
/// # Errors
///
/// The system has no root certificates at all. Install them; repeating does
/// not help.
pub fn client(
    connect_timeout: Duration,
    read_timeout: Duration,
) -> Result<reqwest::Client, reqwest::Error> {
    builder(connect_timeout, read_timeout).build()
}

/// What [`client`] is built of, for an adapter that needs more of it.
pub fn builder(connect_timeout: Duration, read_timeout: Duration) -> reqwest::ClientBuilder {
    install_crypto();
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(connect_timeout)
        .read_timeout(read_timeout)
        .pool_max_idle_per_host(IDLE_CONNECTIONS)
        .pool_idle_timeout(IDLE)
}

/// Whether a request failed because of TLS: the certificate is not trusted, or
/// the two sides have nothing in common.
pub fn is_tls(error: &reqwest::Error) -> bool {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        if error.is::<rustls::Error>() {
            return true;
        }
        // An `io::Error` does not name what it wraps as its source, but the
        // source of that.
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    false
}

/// Makes *ring* the cryptography of this process, unless it already has one.
///
/// reqwest is built without a provider, because its default one compiles a C
/// library; without this call its client panics.
pub fn install_crypto() {
    // An error means that somebody was first, and any provider will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{client, install_crypto};

    #[test]
    fn a_client_is_built_whether_or_not_there_is_a_provider_already() {
        let second = Duration::from_secs(1);
        assert!(client(second, second).is_ok());
        install_crypto();
        assert!(client(second, second).is_ok());
    }
}
