//! `recap admin`: what the operator wants of all workers.

use jiff::Timestamp;
use recap_config::Config;
use recap_core::ports::{Control, JobEvent};
use recap_role::system_clock;

use crate::cli::AdminCommand;
use crate::exit::Exit;
use crate::text;

/// Written to the store, where every worker reads it: at once when the event
/// reaches it, else within seconds.
pub(crate) async fn run(config: &Config, command: &AdminCommand) -> anyhow::Result<Exit> {
    let clock = system_clock();
    let ports = recap_role::connect(config, clock.clone()).await?;
    let was = ports.store.control().await?;
    let Some(wanted) = change(was, command, clock()) else {
        let open = ports.store.count_open(None, u64::MAX).await?;
        text::print(format_args!("{}\n{open} jobs are open\n", told(&was)))?;
        return Ok(Exit::Done);
    };
    ports.store.set_control(&wanted).await?;
    // Best effort: this process may be gone before the news is.
    ports.shared.events.publish(JobEvent::ControlChanged).await;
    text::print(format_args!("{}\n", told(&wanted)))?;
    Ok(Exit::Done)
}

/// `None`: nothing is to change.
fn change(was: Control, command: &AdminCommand, now: Timestamp) -> Option<Control> {
    match command {
        AdminCommand::Pause => Some(Control { paused: true, ..was }),
        AdminCommand::Resume => Some(Control { paused: false, ..was }),
        AdminCommand::Drain => Some(Control { drain_asked_at: Some(now), ..was }),
        AdminCommand::Status => None,
    }
}

fn told(control: &Control) -> String {
    let takes = if control.paused { "workers take no more jobs" } else { "workers take jobs" };
    match control.drain_asked_at {
        Some(asked) => format!("{takes}; those that ran at {asked} were told to end when they can"),
        None => takes.to_owned(),
    }
}
