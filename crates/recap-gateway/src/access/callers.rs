//! Finds out who calls.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServiceRequest;
use recap_config::Config;
use recap_core::job::Owner;
use recap_core::key::{ApiKey, Scope};
use strum::VariantArray;
use tokio::sync::Notify;

use super::Who;
use super::bearer::Bearer;
use super::hosts::Hosts;
use super::jwt::Tokens;
use super::keys::{KnownKey, KnownKeys};
use super::mode::Mode;
use super::refusal::{self, Reason};
use super::uses::Uses;
use crate::address;
use crate::context::Context;
use crate::error::{ApiError, ApiResult};
use crate::limit::{Charge, Near, Policy};

/// Finds out who calls: everyone is the same without keys, and nobody is without
/// proof with them.
pub(crate) struct Callers {
    pub(crate) mode: Mode,
    pub(super) keys: KnownKeys,
    pub(super) uses: Uses,
    pub(super) tokens: Option<Tokens>,
    hosts: Hosts,
    trusted_proxies: usize,
    /// Whether more than this machine can reach the server.
    pub(super) is_public: bool,
    failures_per_minute: u32,
    failures: Near,
    /// Wakes whoever attends to the keys.
    pub(super) changed: Notify,
}

impl Callers {
    /// `address` is the one that the server listens on.
    ///
    /// # Errors
    ///
    /// When a key set cannot be read that is in a file.
    pub(crate) fn new(config: &Config, address: SocketAddr) -> io::Result<Self> {
        let tokens = Tokens::new(&config.auth)?;
        Ok(Self {
            mode: Mode::new(tokens.is_some()),
            keys: KnownKeys::new(config.auth.key_cache()),
            uses: Uses::new(),
            tokens,
            hosts: Hosts::new(&config.server),
            trusted_proxies: config.server.trusted_proxies,
            is_public: !address.ip().is_loopback(),
            failures_per_minute: config.limits.failed_logins_per_minute,
            failures: Near::new(),
            changed: Notify::new(),
        })
    }

    /// Keys were made or revoked, or may have been: none is remembered.
    pub(crate) fn keys_changed(&self) {
        self.keys.forget();
        self.changed.notify_one();
    }

    /// Refuses what reaches a server without keys under another's name.
    pub(super) fn check_host(&self, request: &ServiceRequest) -> ApiResult<()> {
        if self.mode.known() == Some(true) {
            self.hosts.check(request.headers())?;
        }
        Ok(())
    }

    /// Who sent `request`.
    pub(super) async fn identify(
        &self,
        cx: &Context,
        request: &ServiceRequest,
    ) -> ApiResult<Arc<Who>> {
        let address = address::of(request, self.trusted_proxies);
        if self.mode.is_keyless(cx).await? {
            self.hosts.check(request.headers())?;
            let peer = request.peer_addr().is_some_and(|it| it.ip().to_canonical().is_loopback());
            if address::is_passed_on(request.headers(), self.trusted_proxies) {
                return Err(refusal::passed_on());
            }
            let near = !self.is_public && peer && address.is_loopback();
            let local = || Arc::new(local(&address::name(address)));
            return if near { Ok(local()) } else { Err(refusal::remote()) };
        }
        let text = match Bearer::of(request.headers()) {
            Bearer::Token(text) => text,
            Bearer::Missing => return Err(refusal::missing()),
            Bearer::Unreadable => return Err(self.failed(&address::name(address), Reason::Key)),
        };
        let now = cx.now();
        if let Some(known) = self.keys.recall(text).filter(|it| it.key.is_valid(now)) {
            return Ok(self.welcome(&known, now));
        }
        self.prove(cx, text, &address::name(address)).await
    }

    /// Who `text` belongs to, which is no key that is remembered. Like those, a token
    /// that is good is let in before failures are counted, as it costs no lookup, and
    /// a key that was right a while ago is looked up all the same: others at the same
    /// address must not shut them out.
    async fn prove(&self, cx: &Context, text: &str, address: &str) -> ApiResult<Arc<Who>> {
        let now = cx.now();
        let is_key = ApiKey::prefix_of(text).is_some();
        if let Some(tokens) = self.tokens.as_ref().filter(|_| !is_key)
            && let Some((owner, scopes)) = tokens.verify(text, now).await?
        {
            let client = owner.as_str().to_owned();
            return Ok(Arc::new(Who { owner, scopes, client, ..local(address) }));
        }
        if !self.keys.was_right(text, now) {
            self.check_failures(address)?;
        }
        if !is_key {
            let reason = if self.tokens.is_some() { Reason::Token } else { Reason::Key };
            return Err(self.failed(address, reason));
        }
        let found = self.keys.find(cx, text).await?.filter(|it| it.key.is_valid(now));
        let known = found.ok_or_else(|| self.failed(address, Reason::Key))?;
        Ok(self.welcome(&known, now))
    }

    fn welcome(&self, known: &KnownKey, now: jiff::Timestamp) -> Arc<Who> {
        self.uses.note(&known.key, now);
        Arc::clone(&known.who)
    }

    /// Refuses to look at what an address sends that has been wrong too often.
    fn check_failures(&self, address: &str) -> ApiResult<()> {
        let Some(policy) = self.failure_policy() else { return Ok(()) };
        let level = self.failures.look(address, policy.rate);
        if level.left > 0 {
            return Ok(());
        }
        recap_telemetry::metrics::rate_limited(policy.name);
        Err(Charge { granted: false, policies: vec![(policy, level)] }.refusal())
    }

    fn failed(&self, address: &str, reason: Reason) -> ApiError {
        if let Some(policy) = self.failure_policy() {
            self.failures.take(address, policy.rate);
        }
        refusal::wrong(reason)
    }

    fn failure_policy(&self) -> Option<Policy> {
        let count = self.failures_per_minute;
        (count > 0).then(|| Policy::new("login", count, Duration::from_mins(1)))
    }
}

/// Whoever is at this machine may do everything.
fn local(address: &str) -> Who {
    Who {
        owner: Owner::default(),
        key: None,
        scopes: Scope::VARIANTS.to_vec(),
        client: address.to_owned(),
        submits_per_minute: None,
        submits_per_day: None,
    }
}
