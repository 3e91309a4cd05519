//! What all connections of one simulated YouTube share.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio_rustls::TlsAcceptor;

use super::certificates::Identity;
use super::log::RequestRecord;
use crate::delay::Delay;
use crate::journal::{Journal, locked};
use crate::scenario::Endpoint;

/// Videos whose answers can be replaced at the same time.
const OVERRIDES: usize = 256;

pub(super) struct Shared {
    pub(super) tls: TlsAcceptor,
    pub(super) ca_pem: String,
    pub(super) log: Journal<RequestRecord>,
    pub(super) player_delay: Delay,
    overrides: Mutex<BTreeMap<String, Value>>,
}

impl Shared {
    pub(super) fn new(identity: Identity) -> Self {
        Self {
            tls: TlsAcceptor::from(Arc::new(identity.server)),
            ca_pem: identity.ca_pem,
            log: Journal::new(),
            player_delay: Delay::default(),
            overrides: Mutex::default(),
        }
    }

    pub(super) fn reset(&self) {
        self.log.clear();
        self.player_delay.set(Duration::ZERO);
        locked(&self.overrides).clear();
    }

    /// Replaces answers for some videos; `false` if that would be too many.
    pub(super) fn replace(&self, answers: serde_json::Map<String, Value>) -> bool {
        let mut overrides = locked(&self.overrides);
        if overrides.len() + answers.len() > OVERRIDES {
            return false;
        }
        overrides.extend(answers);
        true
    }

    /// The answer put in place of the usual one.
    pub(super) fn replacement(&self, video: &str, endpoint: Endpoint) -> Option<Value> {
        let name = match endpoint {
            Endpoint::Watch => "watch",
            Endpoint::Next => "next",
            Endpoint::Player => "player",
            Endpoint::Captions => "timedtext",
            Endpoint::Media | Endpoint::Playlist | Endpoint::Other => return None,
        };
        locked(&self.overrides).get(video)?.get(name).cloned()
    }
}
