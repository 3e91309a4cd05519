//! What goes on beside the requests, so that none of them has to wait for it.

use std::io;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};
use tracing::{debug, info};

use super::uses::Use;
use crate::context::Context;

/// How often the store is asked whether there are keys by now.
const LOOK: Duration = Duration::from_secs(10);

/// What has to be mended before more than this machine is served.
pub(crate) const OPEN: &str = "there is no key, and more than this machine could reach recap; make \
                               one with `recap keys create`, or set server.host to 127.0.0.1";

/// Finds out whether there are keys, notes when they were used, and keeps the key
/// set of tokens fresh; for as long as the server runs.
///
/// Returns only when it turns out that the server may not run: more than this
/// machine can reach it, and nobody would have to say who they are.
pub(crate) async fn attend(cx: &Context) -> io::Error {
    let callers = &cx.callers;
    let mut noted = callers.uses.receiver();
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut was_keyless = None;
    loop {
        tokio::select! {
            used = next(&mut noted) => {
                note(cx, used).await;
                continue;
            }
            () = callers.changed.notified() => {}
            _ = look.tick() => {}
        }
        if let Some(tokens) = &callers.tokens {
            tokens.refresh_if_due().await;
        }
        // While the store is away nobody is served who is not known already.
        let _ = callers.mode.ask(cx).await;
        let keyless = callers.mode.known();
        if keyless == Some(true) && callers.is_public {
            return io::Error::other(OPEN);
        }
        if let Some(keyless) = keyless.filter(|_| keyless != was_keyless) {
            say(keyless, callers.tokens.is_some());
        }
        was_keyless = keyless;
    }
}

fn say(keyless: bool, takes_tokens: bool) {
    match (keyless, takes_tokens) {
        (true, _) => info!("there are no keys: this machine is served, and everyone is `local`"),
        (false, true) => info!("callers are asked for a key or a token"),
        (false, false) => info!("callers are asked for a key"),
    }
}

/// `None`: somebody else notes them.
async fn next(uses: &mut Option<mpsc::Receiver<Use>>) -> Use {
    let next = match uses {
        Some(receiver) => receiver.recv().await,
        None => None,
    };
    match next {
        Some(it) => it,
        None => std::future::pending().await,
    }
}

/// An answer that does not come is no loss: the key will be used again.
async fn note(cx: &Context, (key, at): Use) {
    if let Err(error) = cx.tell(cx.state.keys.note_use(key, at)).await {
        debug!(key.id = %key, error = %error.0, "the use of a key was not noted");
    }
}
