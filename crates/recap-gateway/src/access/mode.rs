//! Whether callers have to say who they are.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use recap_core::ports::StoreError;

use crate::context::Context;

/// Callers have to say who they are once there is a key, or if tokens are taken.
///
/// What is not known yet is asked; once there was a key it stays so, whatever the
/// store says later: a store that was emptied must not open the server.
pub(crate) struct Mode {
    takes_tokens: bool,
    /// Set with the first answer of the store.
    asked: OnceLock<()>,
    has_keys: AtomicBool,
}

impl Mode {
    pub(super) fn new(takes_tokens: bool) -> Self {
        Self { takes_tokens, asked: OnceLock::new(), has_keys: AtomicBool::new(false) }
    }

    /// Whether everyone is the same caller. Asks the store if that is not known.
    pub(super) async fn is_keyless(&self, cx: &Context) -> Result<bool, StoreError> {
        if !self.has_someone() && self.asked.get().is_none() {
            self.ask(cx).await?;
        }
        Ok(!self.has_someone())
    }

    /// The same, without asking; `None` if it is not known.
    pub(super) fn known(&self) -> Option<bool> {
        let known = self.has_someone() || self.asked.get().is_some();
        known.then(|| !self.has_someone())
    }

    /// Asks the store whether there are keys by now, unless that changes nothing.
    pub(super) async fn ask(&self, cx: &Context) -> Result<(), StoreError> {
        if !self.has_someone() {
            let has_keys = cx.ask(cx.state.keys.has_keys()).await?;
            self.has_keys.fetch_or(has_keys, Ordering::SeqCst);
            let _ = self.asked.set(());
        }
        Ok(())
    }

    /// A key was made here.
    pub(crate) fn has_a_key_now(&self) {
        self.has_keys.store(true, Ordering::SeqCst);
    }

    fn has_someone(&self) -> bool {
        self.takes_tokens || self.has_keys.load(Ordering::SeqCst)
    }
}
