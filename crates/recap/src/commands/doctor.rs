//! `recap doctor`: what recap needs on this machine, one line each, with the
//! mend.

use std::ffi::OsString;
use std::fmt::Display;
use std::net::ToSocketAddrs as _;
use std::path::Path;
use std::sync::Arc;

use recap_config::{Config, EgressConfig, QueueBackend, StoreBackend, WarmMode};
use recap_core::ports::Condition;
use recap_media::{Origin, check_warm};
use recap_role::{Ports, system_clock};

use crate::exit::Exit;
use crate::text;

/// What a check found: well, or what to do.
type Finding = Result<String, String>;

pub(crate) async fn run(config: &Config, search_path: Option<OsString>) -> anyhow::Result<Exit> {
    let hint = "correct the URL, or move the damaged file away";
    let ports = recap_role::connect(config, system_clock()).await;
    let ports = ports.map_err(|it| mend(format_args!("{it:#}"), hint));
    let findings = [
        ("data directory", data_directory(&config.data.dir)),
        ("store", store(config, &ports).await),
        ("queue", queue(config, &ports).await),
        ("shared state", shared(&ports).await),
        ("yt-dlp", yt_dlp(config, search_path).await),
        ("summariser", summarizer(config, &ports).await),
        ("YouTube", youtube(config).await),
    ];
    let mut healthy = true;
    for (what, finding) in findings {
        let (mark, words) = match &finding {
            Ok(words) => ("ok  ", words),
            Err(mend) => ("FAIL", mend),
        };
        healthy &= finding.is_ok();
        text::print(format_args!("{mark} {what}: {words}\n"))?;
    }
    Ok(if healthy { Exit::Done } else { Exit::Machine })
}

fn mend(problem: impl Display, mend: &str) -> String {
    format!("{problem}; {mend}")
}

fn data_directory(dir: &Path) -> Finding {
    let hint = "set RECAP_DATA__DIR to a directory that recap may write to";
    std::fs::create_dir_all(dir).map_err(|it| mend(it, hint))?;
    tempfile::tempfile_in(dir).map_err(|it| mend(it, hint))?;
    Ok(format!("{} can be written to", dir.display()))
}

async fn store(config: &Config, ports: &Result<Ports, String>) -> Finding {
    let ports = ports.as_ref().map_err(String::clone)?;
    let (what, hint) = if config.store_backend() == StoreBackend::Mongodb {
        ("MongoDB answers".to_owned(), "start it, or correct MONGODB_URI")
    } else {
        let opened = format!("{} opened", config.sqlite_file().display());
        (opened, "move the file away, or set RECAP_SQLITE__FILE to another")
    };
    ports.store.check().await.map_err(|it| mend(it.0, hint))?;
    let open = ports.store.count_open(None, u64::MAX).await.map_err(|it| mend(it.0, hint))?;
    Ok(format!("{what}, {open} open jobs"))
}

async fn queue(config: &Config, ports: &Result<Ports, String>) -> Finding {
    let ports = ports.as_ref().map_err(String::clone)?;
    let hint = "start it, or correct REDIS_URL or RECAP_QUEUE__REDIS_URL";
    ports.queue.check().await.map_err(|it| mend(it.0, hint))?;
    match recap_queue::advice(config).await.or(config.advice().map(str::to_owned)) {
        Some(advice) => Err(advice),
        None if config.queue_backend() == QueueBackend::Redis => Ok("Redis answers".to_owned()),
        None => Ok("in the embedded database".to_owned()),
    }
}

async fn shared(ports: &Result<Ports, String>) -> Finding {
    let ports = ports.as_ref().map_err(String::clone)?;
    match ports.shared.probe.probe().await {
        Condition::Ok => Ok("there".to_owned()),
        Condition::Fallback { detail } | Condition::Down { detail } => {
            Err(mend(detail, "start Redis, or correct REDIS_URL"))
        }
    }
}

async fn yt_dlp(config: &Config, search_path: Option<OsString>) -> Finding {
    let heard = match recap_media::find_ffmpeg(config, search_path.as_deref()) {
        Some(ffmpeg) => format!("listens with {}", ffmpeg.display()),
        None => "listens to nothing: there is no ffmpeg".to_owned(),
    };
    let found = recap_media::find_or_install(config, search_path, |it| text::say(it));
    let found = found.await.map_err(|it| it.to_string())?;
    let origin = match found.origin {
        Origin::Setting => "named by media.ytdlp_path",
        Origin::Path => "found on the PATH",
        Origin::Managed => "recap's own copy",
    };
    let warm = match check_warm(config, &found).await {
        Ok(()) => "can be kept warm".to_owned(),
        Err(why) if config.media.warm != WarmMode::On => format!("not kept warm: {why}"),
        Err(why) => return Err(mend(why, "set media.warm to auto")),
    };
    Ok(format!("{} ({origin}), {warm}, {heard}", found.version))
}

async fn summarizer(config: &Config, ports: &Result<Ports, String>) -> Finding {
    let limits = Arc::clone(&ports.as_ref().map_err(String::clone)?.shared.limits);
    let connected = recap_summarize::connect(config, system_clock(), limits);
    let connected = connected.map_err(|it| it.to_string())?;
    Ok(match connected.summarizer.name() {
        "extractive" => {
            "extractive: no key is set, which is fine; GEMINI_API_KEY sets one".to_owned()
        }
        // It may well be a server of one's own, which is not running.
        "openai" => {
            let hint = "start the server, or correct openai.base_url (RECAP_OPENAI__BASE_URL)";
            let reached = reached(target(&config.openai.base_url), hint).await?;
            format!("openai: {reached}, to be asked for {}", config.openai.models.join(", "))
        }
        name => name.to_owned(),
    })
}

/// Every way to it.
async fn youtube(config: &Config) -> Finding {
    let first = way_out(&config.media.proxy).await;
    let (mut healthy, mut words) = (first.is_ok(), first.unwrap_or_else(|it| it));
    for egress in &config.media.egress {
        let found = way(egress).await;
        healthy &= found.is_ok();
        words = format!("{words}; `{}`: {}", egress.name, found.unwrap_or_else(|it| it));
    }
    if healthy { Ok(words) } else { Err(words) }
}

async fn way(egress: &EgressConfig) -> Finding {
    let cookies = &egress.cookies;
    if !cookies.as_os_str().is_empty() {
        let hint = "name a file that recap may read with `cookies=`";
        let named = |it| mend(format_args!("{}: {it}", cookies.display()), hint);
        std::fs::File::open(cookies).map_err(named)?;
    }
    way_out(&egress.proxy).await
}

async fn way_out(proxy: &str) -> Finding {
    let hint = "check the network, or the proxy (RECAP_MEDIA__PROXY, RECAP_MEDIA__EGRESS)";
    reached(target(proxy), hint).await
}

/// A connection, not a request: a blocked address would learn nothing more.
async fn reached(target: String, hint: &str) -> Finding {
    let name = target.clone();
    let resolved = tokio::task::spawn_blocking(move || name.to_socket_addrs()).await;
    let address = resolved.map_err(|it| mend(it, hint))?.map_err(|it| mend(it, hint))?.next();
    let address = address.ok_or_else(|| mend("the name has no address", hint))?;
    let connecting = tokio::net::TcpStream::connect(address);
    match tokio::time::timeout(std::time::Duration::from_secs(5), connecting).await {
        Ok(Ok(_)) => Ok(format!("{target} can be reached")),
        Ok(Err(error)) => Err(mend(error, hint)),
        Err(_) => Err(mend(format_args!("{target} does not answer"), hint)),
    }
}

/// The host and port to connect to: those of the URL, a proxy's for example, if there
/// is one. A user's name and password are no part of them, and are not to be shown.
fn target(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return "www.youtube.com:443".to_owned();
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    match (has_port, scheme) {
        (true, _) => host.to_owned(),
        (false, "https") => format!("{host}:443"),
        (false, _) => format!("{host}:80"),
    }
}

#[cfg(test)]
mod tests {
    use super::target;

    #[test]
    fn a_proxy_is_reached_by_its_host_and_port() {
        for (proxy, expected) in [
            ("", "www.youtube.com:443"),
            ("http://127.0.0.1:3128/", "127.0.0.1:3128"),
            ("http://me:secret@proxy.example:3128", "proxy.example:3128"),
            ("http://me:secr@t@proxy.example", "proxy.example:80"),
            ("https://[::1]", "[::1]:443"),
        ] {
            assert_eq!(target(proxy), expected, "{proxy}");
        }
    }
}
