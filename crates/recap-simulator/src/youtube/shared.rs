//! What all connections of one simulated YouTube share.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tokio_rustls::TlsAcceptor;

use super::certificates::Identity;
use super::log::RequestRecord;
use crate::delay::Delay;
use crate::journal::{Journal, locked};
use crate::scenario::{self, Endpoint, Scenario};

/// Videos whose answers can be replaced at the same time.
const OVERRIDES: usize = 256;

pub(super) struct Shared {
    pub(super) tls: TlsAcceptor,
    pub(super) ca_pem: String,
    pub(super) log: Journal<RequestRecord>,
    pub(super) player_delay: Delay,
    overrides: Mutex<BTreeMap<String, Value>>,
    /// What every video is, whatever its id says.
    disguise: Mutex<Option<&'static Scenario>>,
    /// What is heard in every video, in `WebM`; without it made-up bytes.
    sound: Mutex<Option<Bytes>>,
}

impl Shared {
    pub(super) fn new(identity: Identity) -> Self {
        Self {
            tls: TlsAcceptor::from(Arc::new(identity.server)),
            ca_pem: identity.ca_pem,
            log: Journal::new(),
            player_delay: Delay::default(),
            overrides: Mutex::default(),
            disguise: Mutex::default(),
            sound: Mutex::default(),
        }
    }

    pub(super) fn reset(&self) {
        self.log.clear();
        self.player_delay.set(Duration::ZERO);
        locked(&self.overrides).clear();
        self.disguise(None);
    }

    pub(super) fn disguise(&self, scenario: Option<&'static Scenario>) {
        *locked(&self.disguise) = scenario;
    }

    pub(super) fn set_sound(&self, sound: Bytes) {
        *locked(&self.sound) = Some(sound);
    }

    pub(super) fn sound(&self) -> Option<Bytes> {
        locked(&self.sound).clone()
    }

    /// Of what is heard, in bytes, if it is not made up.
    pub(super) fn sound_size(&self) -> Option<u64> {
        locked(&self.sound).as_ref().map(|it| it.len() as u64)
    }

    /// What the video of this id is; YouTube knows every id, and one that is not
    /// simulated was never uploaded.
    pub(super) fn scenario(&self, video: &str) -> &'static Scenario {
        let disguise = *locked(&self.disguise);
        let never_uploaded = || scenario::find("er_unavail1").expect("it is in the table");
        disguise.or_else(|| scenario::find(video)).unwrap_or_else(never_uploaded)
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
