//! Commands to a Redis, by the inline form of its protocol.

use std::net::SocketAddr;

use anyhow::{Context as _, bail, ensure};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// A connection of our own.
pub(crate) struct Resp(BufReader<TcpStream>);

impl Resp {
    pub(crate) async fn connect(server: SocketAddr) -> anyhow::Result<Self> {
        Ok(Self(BufReader::new(TcpStream::connect(server).await?)))
    }

    /// Sends one command, words parted by blanks, and returns its answer as
    /// text; an array's length.
    ///
    /// # Errors
    ///
    /// When the connection breaks or the server says so.
    pub(crate) async fn ask(&mut self, command: &str) -> anyhow::Result<String> {
        self.0.get_mut().write_all(format!("{command}\r\n").as_bytes()).await?;
        let line = self.line().await?;
        match line.split_at_checked(1).context("a line has a kind")? {
            ("+" | ":" | "*", rest) => Ok(rest.to_owned()),
            ("$", length) => {
                let length: usize = length.parse().unwrap_or(0);
                let mut text = vec![0; length + 2];
                self.0.read_exact(&mut text).await?;
                Ok(String::from_utf8_lossy(&text[..length]).into_owned())
            }
            _ => bail!("{command}: {line}"),
        }
    }

    /// Sends commands that are each answered by one line, a few hundred at once.
    pub(crate) async fn ask_all(&mut self, commands: &[String]) -> anyhow::Result<()> {
        for some in commands.chunks(200) {
            self.0.get_mut().write_all((some.join("\r\n") + "\r\n").as_bytes()).await?;
            for _ in some {
                let line = self.line().await?;
                ensure!(!line.starts_with('-'), "{line}");
            }
        }
        Ok(())
    }

    /// The next line of whatever the server says.
    pub(crate) async fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        self.0.read_line(&mut line).await?;
        ensure!(!line.is_empty(), "the server closed the connection");
        Ok(line.trim_end().to_owned())
    }

    /// A number of `INFO`, by its name.
    pub(crate) async fn info(&mut self, section: &str, name: &str) -> anyhow::Result<u64> {
        let info = self.ask(&format!("INFO {section}")).await?;
        let line = info.lines().find_map(|it| it.strip_prefix(name)?.strip_prefix(':'));
        line.and_then(|it| it.trim().parse().ok()).with_context(|| format!("INFO has {name}"))
    }
}
