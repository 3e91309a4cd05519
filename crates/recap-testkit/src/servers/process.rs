//! A server as a child process that cannot outlive its owner.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::random;

/// For a start; a machine that is busy with other tests may be slow.
const DEADLINE: Duration = Duration::from_secs(30);
/// Between two looks at a server that starts.
const PAUSE: Duration = Duration::from_millis(5);
/// For a connection or an answer, on loopback.
const PATIENCE: Duration = Duration::from_secs(2);

/// A port may be taken by somebody else between the look and the start.
const ATTEMPTS: usize = 3;

/// The shell becomes the server (`exec`), and leaves somebody behind who reads
/// our end of a pipe: a line means that all is over, and the end of the pipe that
/// we ended without a word, so that the server (`$$`) has to go.
const LIFELINE: &str = r#"
dir=$1
shift
exec 3<&0 </dev/null
{ read -r line <&3 || { kill -9 $$; rm -rf -- "$dir"; }; } &
exec "$@" 3<&-
"#;

/// A server that can be stopped and started, in a directory of its own.
pub(super) struct Server {
    command: Vec<String>,
    answers: fn(u16) -> bool,
    port: u16,
    running: Option<Running>,
    /// The last field: it is removed when nobody writes there any more.
    dir: TempDir,
}

impl Server {
    /// Starts `program` with `arguments` for its directory and its port, and waits
    /// until it `answers` on that port.
    ///
    /// # Panics
    ///
    /// When it ends or does not answer in time.
    pub(super) fn start(
        program: &Path,
        answers: fn(u16) -> bool,
        arguments: impl Fn(&Path, u16) -> Vec<String>,
    ) -> Self {
        let dir = tempfile::tempdir().expect("there is a place for temporary files");
        let program = program.display().to_string();
        let mut attempts = (0..ATTEMPTS).map(|_| {
            let port = free_port();
            let mut command = vec![program.clone()];
            command.extend(arguments(dir.path(), port));
            let running = Running::start(&command, dir.path(), || answers(port))?;
            Ok((command, port, running))
        });
        let (command, port, running) = first(&mut attempts);
        drop(attempts);
        Self { command, answers, port, running: Some(running), dir }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub(super) fn stop(&mut self) {
        self.running = None;
    }

    /// # Panics
    ///
    /// As [`Self::start`].
    pub(super) fn start_again(&mut self) {
        self.stop();
        let start = || Running::start(&self.command, self.dir.path(), || (self.answers)(self.port));
        self.running = Some(first((0..ATTEMPTS).map(|_| start())));
    }
}

/// # Panics
///
/// With the last problem, if nothing succeeds.
fn first<T>(attempts: impl Iterator<Item = Result<T, String>>) -> T {
    let mut problem = String::new();
    for attempt in attempts {
        match attempt {
            Ok(it) => return it,
            Err(it) => problem = it,
        }
    }
    panic!("{problem}");
}

/// A running server, killed when it is dropped.
struct Running {
    server: Child,
    lifeline: ChildStdin,
}

impl Running {
    /// `Err` says what happened, with the server's own words.
    fn start(command: &[String], dir: &Path, answers: impl Fn() -> bool) -> Result<Self, String> {
        let log = dir.join("log");
        let mut running =
            Self::spawn(command, dir, &log).map_err(|it| format!("{}: {it}", command[0]))?;
        let deadline = Instant::now() + DEADLINE;
        let problem = loop {
            if let Ok(Some(status)) = running.server.try_wait() {
                break status.to_string();
            }
            if answers() {
                return Ok(running);
            }
            if Instant::now() > deadline {
                break "it does not answer".to_owned();
            }
            thread::sleep(PAUSE);
        };
        drop(running);
        Err(format!(
            "{}: {problem}\n{}",
            command.join(" "),
            fs::read_to_string(log).unwrap_or_default()
        ))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "tests start real servers, and nothing else here"
    )]
    fn spawn(command: &[String], dir: &Path, log: &Path) -> io::Result<Self> {
        let log = File::create(log)?;
        let mut server = Command::new("/bin/sh")
            .args(["-c", LIFELINE, "sh"])
            .arg(dir)
            .args(command)
            .current_dir(dir)
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log)
            // A signal from the terminal is for us: the server sees that we end.
            .process_group(0)
            .spawn()?;
        let lifeline = server.stdin.take().expect("its standard input is a pipe");
        Ok(Self { server, lifeline })
    }
}

impl Drop for Running {
    /// Nothing can be done about an error here: then the server is gone already.
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
        let _ = self.lifeline.write_all(b"\n");
    }
}

/// A connection to a port of loopback, with a time-out for reading.
pub(super) fn connect(port: u16) -> io::Result<TcpStream> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// A port that nobody listens on, below those that Linux gives to clients: a
/// server that starts again finds its port still free.
fn free_port() -> u16 {
    const FIRST: u16 = 20_000;
    const COUNT: u16 = 12_000;
    let ports = std::iter::repeat_with(|| {
        let chosen = random() % u64::from(COUNT);
        FIRST + u16::try_from(chosen).expect("a remainder is small")
    });
    let free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    ports.take(1_000).find(free).expect("one of thousands of ports is free")
}
