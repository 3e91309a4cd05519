//! The command line.

mod keys;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use recap_gateway::Language;

pub use self::keys::{CreateKeyArgs, FromNow, KeysCommand};

/// Turns a video link into a summary.
#[derive(Debug, Parser)]
#[command(name = "recap", version, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Cli {
    /// Settings file; `recap.toml` in this directory when it is there.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Option<Command>,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the job failed and would fail again: the video is private, has no captions, …;
     or the recap that was asked is not well
  2  the command, a link or a setting is wrong; the message says the mend
  3  the job failed for now: blocked, out of quota, no network; try again later
  4  something on this machine is missing or broken; `recap doctor` says what
  130  interrupted

Settings: docs/config.md, or `recap config` for those in force.";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the HTTP API and work on its jobs, in one process or in one of several.
    Serve(ServeArgs),
    /// Summarise one video here and now, without a server.
    Summarize(SummarizeArgs),
    /// Say what summarising a video would ask of the summariser, and ask it nothing.
    Plan(PlanArgs),
    /// Show the main job on a simulated YouTube: no key, no account, no network.
    Demo(DemoArgs),
    /// Check what recap needs on this machine, one line each.
    Doctor,
    /// Ask the recap that runs here how it is, part by part.
    Health(HealthArgs),
    /// Say to all workers what they are to do.
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Make, list and revoke API keys.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Move all jobs to another kind of store; stop the old processes first.
    Migrate(MigrateArgs),
    /// Print the settings in force and where each came from; secrets as `***`.
    Config,
}

impl Command {
    pub(crate) fn is_server(&self) -> bool {
        matches!(self, Self::Serve(_) | Self::Demo(DemoArgs { serve: true, .. }))
    }
}

#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Port to listen on; 0 takes a free one. Overrides `server.port` and `PORT`.
    #[arg(long)]
    pub port: Option<u16>,
    /// What this process does.
    #[arg(long, value_enum, default_value_t)]
    pub role: Role,
}

/// What a process does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Both of the others.
    #[default]
    All,
    /// Serves the HTTP API; jobs wait for a worker elsewhere.
    Gateway,
    /// Works on jobs; serves health and metrics only.
    Worker,
}

#[derive(Debug, Args)]
pub struct HealthArgs {
    /// Port it listens on. Overrides `server.port` and `PORT`.
    #[arg(long)]
    pub port: Option<u16>,
    /// Whether it serves is enough; what it depends on may be away.
    #[arg(long)]
    pub live: bool,
}

#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// Take no more jobs; those in hand go on. Submits are still accepted.
    Pause,
    /// Take jobs again.
    Resume,
    /// End every worker that runs now, once its hands are empty; those that
    /// start later are not concerned.
    Drain,
    /// Say what the workers have been told, and how many jobs are open.
    Status,
}

#[derive(Debug, Args)]
pub struct MigrateArgs {
    /// Where the jobs are.
    #[arg(long, value_enum)]
    pub from: StoreArg,
    /// Where they are to be.
    #[arg(long, value_enum)]
    pub to: StoreArg,
}

/// A kind of store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StoreArg {
    /// The embedded database of `[sqlite]`.
    Sqlite,
    /// The server of `[mongodb]`.
    Mongodb,
}

#[derive(Debug, Args)]
pub struct SummarizeArgs {
    /// Link to a YouTube video in any form, or its 11-character id.
    pub url: String,
    /// Language of the summary as a tag such as `en` or `pt-BR`; by default the video's own.
    #[arg(long, value_name = "TAG")]
    pub language: Option<Language>,
    /// How the summary is told.
    #[arg(long, value_enum, default_value_t)]
    pub style: StyleArg,
    /// Form of the summary.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// File to write the summary to, instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct PlanArgs {
    /// Link to a YouTube video in any form, or its 11-character id.
    pub url: String,
}

#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Keep a server up with the simulators behind it, for `curl`.
    #[arg(long)]
    pub serve: bool,
    /// Port of that server; 0 takes a free one.
    #[arg(long, default_value_t = 8080, requires = "serve")]
    pub port: u16,
    /// Summarise with the simulated Gemini, instead of extractively.
    #[arg(long)]
    pub gemini: bool,
}

/// How a summary is told.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum StyleArg {
    /// A few sentences and the main points.
    Brief,
    /// Paragraphs, many points, every chapter.
    #[default]
    Detailed,
    /// Points only.
    Bullets,
    /// One paragraph for each chapter.
    Chapters,
}

/// Form of a summary.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum Format {
    /// Markdown.
    #[default]
    Md,
    /// Plain text.
    Txt,
    /// The job as the HTTP API answers it.
    Json,
}
