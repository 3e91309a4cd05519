//! Where the key set comes from, and when it is read again.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use recap_config::AuthConfig;
use recap_core::ports::BoxError;
use recap_telemetry::{http, metrics};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};
use tracing::{info, warn};

use super::key_set::{KeySet, PublicKey};
use super::parts::Algorithm;
use crate::error::{ApiError, ApiResult};

/// Largest set, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// How long reading it may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// A token that names an unknown key has the set read again, at most this often:
/// anybody can name one.
const REST: Duration = Duration::from_mins(1);

/// The same while there is none at all.
const REST_WITHOUT: Duration = Duration::from_secs(5);

/// Reads a key set and remembers it.
pub(super) struct KeySource {
    place: Place,
    refresh: Duration,
    current: RwLock<Option<Current>>,
    /// Held while reading, so that it is read once for all who wait.
    tries: Mutex<Tries>,
}

/// When the set was last read, or tried to be.
#[derive(Default)]
struct Tries {
    /// Because of a token, as there was none.
    first: Option<Instant>,
    /// Because one named a key that was not in it.
    unknown: Option<Instant>,
    /// For whatever reason: when that ended.
    ended: Option<Instant>,
}

enum Place {
    File(PathBuf),
    Url(String),
}

#[derive(Clone)]
struct Current {
    set: Arc<KeySet>,
    read_at: Instant,
}

impl KeySource {
    /// `None`: there is no key set.
    ///
    /// # Errors
    ///
    /// When it is in a file and cannot be read. A server that does not answer is
    /// asked again later.
    pub(super) fn new(config: &AuthConfig) -> io::Result<Option<Self>> {
        let url = Some(&config.jwks_url).filter(|it| !it.is_empty());
        let (place, set) = match (config.jwks_file(), url) {
            (Some(file), _) => {
                let name = || format!("auth.jwks_file {}", file.display());
                let set = read(file).map_err(|it| io::Error::other(format!("{}: {it}", name())))?;
                (Place::File(file.to_owned()), Some(set))
            }
            (None, Some(url)) => (Place::Url(url.clone()), None),
            (None, None) => return Ok(None),
        };
        let current = set.map(|it| Current { set: Arc::new(it), read_at: Instant::now() });
        let (current, tries) = (RwLock::new(current), Mutex::default());
        Ok(Some(Self { place, refresh: config.jwks_refresh(), current, tries }))
    }

    /// The key that a token names.
    ///
    /// # Errors
    ///
    /// When the set was never read.
    pub(super) async fn find(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> ApiResult<Option<PublicKey>> {
        if let Some(key) = self.known(id, algorithm) {
            return Ok(Some(key));
        }
        self.read_again().await;
        if self.current().is_none() {
            let detail = "The keys that tokens are checked with cannot be read; try again soon.";
            return Err(ApiError::unavailable(detail));
        }
        Ok(self.known(id, algorithm))
    }

    pub(super) async fn refresh_if_due(&self) {
        if !self.is_due() {
            return;
        }
        let mut tries = self.tries.lock().await;
        if self.is_due() {
            self.take_over(&mut tries.ended).await;
        }
    }

    fn is_due(&self) -> bool {
        self.current().is_none_or(|it| it.read_at.elapsed() >= self.refresh)
    }

    fn known(&self, id: Option<&str>, algorithm: Algorithm) -> Option<PublicKey> {
        self.current()?.set.find(id, algorithm).cloned()
    }

    /// Reads the set because of a token, unless that was done a moment ago, or while
    /// this waited for its turn: the next one would not learn more.
    async fn read_again(&self) {
        let began = Instant::now();
        let mut tries = self.tries.lock().await;
        let Tries { first, unknown, ended } = &mut *tries;
        let (last, rest) = match self.current() {
            Some(_) => (unknown, REST),
            None => (first, REST_WITHOUT),
        };
        let tried_meanwhile = ended.is_some_and(|it| it >= began);
        if tried_meanwhile || last.is_some_and(|it| it.elapsed() < rest) {
            return;
        }
        // Here as well, as the client may hang up before it has ended.
        *last = Some(began);
        self.take_over(ended).await;
        *last = *ended;
    }

    /// Reads the set, and notes when that `ended`. One that cannot be read leaves the
    /// old one in force.
    async fn take_over(&self, ended: &mut Option<Instant>) {
        let late = |_| Err("it did not answer in time".into());
        match timeout(PATIENCE, self.read()).await.unwrap_or_else(late) {
            Ok(set) => {
                let current = Current { set: Arc::new(set), read_at: Instant::now() };
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(current);
                metrics::key_set_read(true);
                info!("the keys that tokens are checked with were read");
            }
            Err(error) => {
                metrics::key_set_read(false);
                warn!(error, "the keys that tokens are checked with cannot be read");
            }
        }
        *ended = Some(Instant::now());
    }

    async fn read(&self) -> Result<KeySet, BoxError> {
        match &self.place {
            Place::File(path) => Ok(read(path)?),
            Place::Url(url) => parse(&fetch(url).await?),
        }
    }

    fn current(&self) -> Option<Current> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A file of a few kilobytes: not worth a thread.
fn read(path: &Path) -> Result<KeySet, BoxError> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    parse(&bytes)
}

/// The URL may have a secret in it, so no error repeats it.
async fn fetch(url: &str) -> Result<Vec<u8>, BoxError> {
    let client = http::client(PATIENCE, PATIENCE)?;
    let mut answer = match client.get(url).send().await {
        Ok(answer) => answer,
        Err(error) => return Err(error.without_url().into()),
    };
    if !answer.status().is_success() {
        return Err(format!("it was answered with {}", answer.status()).into());
    }
    let mut bytes = Vec::new();
    loop {
        match answer.chunk().await {
            // One chunk too many is enough to see that it is too long.
            Ok(Some(chunk)) if bytes.len() <= MAX_BYTES => bytes.extend_from_slice(&chunk),
            Ok(_) => return Ok(bytes),
            Err(error) => return Err(error.without_url().into()),
        }
    }
}

fn parse(bytes: &[u8]) -> Result<KeySet, BoxError> {
    if bytes.len() > MAX_BYTES {
        return Err(format!("it has more than {MAX_BYTES} bytes").into());
    }
    KeySet::parse(bytes).ok_or_else(|| "it is no JSON web key set with an RSA or P-256 key".into())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_server_that_hangs_is_waited_for_once() {
        // Takes connections, and answers nothing.
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let jwks_url = format!("http://{}/keys", server.local_addr().unwrap());
        let config = AuthConfig { jwks_url, ..AuthConfig::default() };
        let source = KeySource::new(&config).unwrap().unwrap();
        let began = Instant::now();
        let all = (0..10).map(|_| source.find(None, Algorithm::ES256));
        let found = futures::future::join_all(all).await;
        assert!(found.iter().all(Result::is_err));
        assert!(began.elapsed() < 2 * PATIENCE, "{:?}", began.elapsed());
        // Nor is it asked again at once.
        let began = Instant::now();
        assert!(source.find(None, Algorithm::ES256).await.is_err());
        assert_eq!(began.elapsed(), Duration::ZERO);
    }
}
