//! Asks a running process how it is, as `curl` would; an image needs nothing else
//! for its health check.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::ValueEnum;
use recap_config::ServerConfig;
use serde_json::Value;

/// How long connecting, and each read, may take: probes have two seconds.
const PATIENCE: Duration = Duration::from_secs(4);

/// More than an answer ever is, in bytes.
const LONGEST: u64 = 64 * 1024;

/// What is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Question {
    /// Whether it serves; what it depends on may be away.
    Live,
    /// Whether it and all that it depends on are well.
    #[default]
    Ready,
}

/// What a process says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    pub well: bool,
    /// In lines: first as a whole, then part by part.
    pub text: String,
}

/// Asks the process that listens where the settings say. One that does not answer
/// is not well.
///
/// # Errors
///
/// When the settings do not say where; says the mend.
pub fn health(config: &ServerConfig, question: Question) -> anyhow::Result<Health> {
    if config.port == 0 {
        bail!("which port was taken is not known; name it with --port or PORT");
    }
    let address = SocketAddr::new(reachable(config.host), config.port);
    let answer = ask(address, question)
        .with_context(|| format!("{address} does not answer; is recap running there?"));
    let read =
        |it: String| read(&it).with_context(|| format!("{address} does not answer as recap does"));
    let unwell = |error| Health { well: false, text: format!("{error:#}\n") };
    Ok(answer.and_then(read).unwrap_or_else(unwell))
}

/// Where one that listens everywhere can be found.
fn reachable(host: IpAddr) -> IpAddr {
    match host {
        IpAddr::V4(it) if it.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(it) if it.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        it => it,
    }
}

fn ask(address: SocketAddr, question: Question) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let path = match question {
        Question::Live => "/health/live",
        Question::Ready => "/health/ready",
    };
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(LONGEST).read_to_string(&mut answer)?;
    Ok(answer)
}

fn read(answer: &str) -> anyhow::Result<Health> {
    let (head, body) = answer.split_once("\r\n\r\n").context("it is cut off")?;
    let status: u16 = head
        .strip_prefix("HTTP/1.1 ")
        .and_then(|it| it.get(..3)?.parse().ok())
        .context("it is not HTTP")?;
    let body: Value = serde_json::from_str(body).context("it is not JSON")?;
    let well = status == 200;
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut text =
        if well { "ok\n".to_owned() } else { format!("{status} {}\n", word(&body["detail"])) };
    for (name, part) in body["parts"].as_object().into_iter().flatten() {
        let detail = Some(word(&part["detail"])).filter(|it| !it.is_empty());
        let detail = detail.map(|it| format!(": {it}")).unwrap_or_default();
        let _ = writeln!(text, "{name}: {}{detail}", word(&part["status"]));
    }
    Ok(Health { well, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(answer: &str, well: bool, text: &str) {
        let health = read(answer).unwrap();
        assert_eq!((health.well, health.text.as_str()), (well, text));
    }

    #[test]
    fn an_answer_is_read_part_by_part() {
        check("HTTP/1.1 200 OK\r\nx: y\r\n\r\n{\"status\":\"ok\"}", true, "ok\n");
        check(
            "HTTP/1.1 503 Service Unavailable\r\n\r\n{\"detail\":\"Not ready: store.\",\"parts\":\
             {\"queue\":{\"status\":\"ok\"},\"store\":{\"status\":\"down\",\"detail\":\"away\"}}}",
            false,
            "503 Not ready: store.\nqueue: ok\nstore: down: away\n",
        );
        for odd in ["", "SSH-2.0\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n<html>", "HTTP/1.1 200 OK\r\n"] {
            assert!(read(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn one_that_listens_everywhere_is_found_on_this_machine() {
        for (host, expected) in [("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("10.0.0.7", "10.0.0.7")]
        {
            let (host, expected): (IpAddr, IpAddr) =
                (host.parse().unwrap(), expected.parse().unwrap());
            assert_eq!(reachable(host), expected);
        }
    }

    #[test]
    fn where_nobody_listens_it_is_said() {
        let server = ServerConfig { port: 0, ..ServerConfig::default() };
        let error = health(&server, Question::Live).unwrap_err().to_string();
        assert!(error.contains("--port"), "{error}");
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = ServerConfig { port, ..ServerConfig::default() };
        let Health { well, text } = health(&server, Question::Live).unwrap();
        assert!(!well && text.contains("is recap running there?"), "{text}");
    }
}
