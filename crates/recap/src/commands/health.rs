//! `recap health`

use recap_config::Config;
use recap_role::{Question, health};

use crate::cli::HealthArgs;
use crate::exit::Exit;
use crate::text;

pub(crate) fn run(config: &Config, args: &HealthArgs) -> anyhow::Result<Exit> {
    let mut server = config.server.clone();
    server.port = args.port.unwrap_or(server.port);
    let health = health(&server, if args.live { Question::Live } else { Question::Ready })?;
    text::print(&health.text)?;
    Ok(if health.well { Exit::Done } else { Exit::Failed })
}
