//! `recap keys`: who may call.

mod listed;

use anyhow::Context as _;
use recap_config::Config;
use recap_core::key::{ApiKey, KeyId, KeyRequest, NewKey};
use recap_core::ports::JobEvent;
use recap_core::webhook::WebhookSecret;
use recap_role::{Ports, system_clock};

use crate::cli::{CreateKeyArgs, KeysCommand};
use crate::exit::Exit;
use crate::text;

/// Keys that are listed at most, newest first.
const MOST: usize = 1000;

/// Written to the store, where every gateway reads it: at once when the event
/// reaches it, else after `auth.key_cache_seconds`.
pub(crate) async fn run(config: &Config, command: KeysCommand) -> anyhow::Result<Exit> {
    if matches!(command, KeysCommand::Secret) {
        text::print(format_args!("{}\n", WebhookSecret::new(chance()?).expose()))?;
        text::say("Set it as webhooks.secret, or RECAP_WEBHOOKS__SECRET.");
        return Ok(Exit::Done);
    }
    let ports = recap_role::connect(config, system_clock()).await?;
    match command {
        KeysCommand::Create(wanted) => create(&ports, wanted).await,
        KeysCommand::List => list(&ports).await,
        KeysCommand::Revoke { id } => revoke(&ports, id).await,
        KeysCommand::Secret => unreachable!("it needs no store"),
    }
}

async fn create(ports: &Ports, wanted: CreateKeyArgs) -> anyhow::Result<Exit> {
    let now = system_clock()();
    let CreateKeyArgs { name, owner, scopes, expires, per_minute, per_day } = wanted;
    let mut scopes = scopes;
    scopes.sort_unstable();
    scopes.dedup();
    let expires_at = expires.map(|it| now.checked_add(it.0)).transpose();
    let request = KeyRequest {
        owner,
        name,
        scopes,
        submits_per_minute: per_minute,
        submits_per_day: per_day,
        expires_at: expires_at.context("the key would expire after the end of time")?,
    };
    let NewKey { text: key, key: kept } = ApiKey::generate(request, chance()?, chance()?, now);
    ports.keys.put_key(&kept).await?;
    // Best effort: this process may be gone before the news is.
    ports.shared.events.publish(JobEvent::KeysChanged).await;
    let (id, secret) = (kept.id, kept.webhook_secret.expose());
    text::print(format_args!("id={id}\nkey={key}\nwebhook_secret={secret}\n"))?;
    text::say(
        "Neither the key nor the secret is shown again. Send the key as `Authorization: Bearer \
         KEY`; the secret checks the webhooks that its jobs name.",
    );
    Ok(Exit::Done)
}

async fn list(ports: &Ports) -> anyhow::Result<Exit> {
    let keys = ports.keys.list_keys(MOST).await?;
    if keys.is_empty() {
        text::say("There are no keys: this machine is served, and nobody else.");
    }
    text::print(listed::table(&keys, system_clock()()))?;
    Ok(Exit::Done)
}

async fn revoke(ports: &Ports, id: KeyId) -> anyhow::Result<Exit> {
    if !ports.keys.revoke_key(id, system_clock()()).await? {
        text::say(format_args!("recap: no key has the id {id}; `recap keys list` shows them"));
        return Ok(Exit::Usage);
    }
    ports.shared.events.publish(JobEvent::KeysChanged).await;
    text::print(format_args!("{id} is revoked\n"))?;
    Ok(Exit::Done)
}

/// 32 bytes that nobody can guess.
fn chance() -> anyhow::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).context("this machine has no random numbers")?;
    Ok(bytes)
}
