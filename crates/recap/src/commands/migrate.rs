//! `recap migrate`: moves a small deployment up.

use anyhow::bail;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use recap_config::Config;
use recap_role::system_clock;
use recap_store::{Migrated, migrate};

use crate::cli::{MigrateArgs, StoreArg};
use crate::exit::Exit;
use crate::text;

pub(crate) async fn run(config: &Config, args: &MigrateArgs) -> anyhow::Result<Exit> {
    if (args.from, args.to) != (StoreArg::Sqlite, StoreArg::Mongodb) {
        bail!("jobs can be moved up only: --from sqlite --to mongodb");
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:24} {pos} of {len} jobs  {elapsed}");
    bar.set_style(style.expect("the template is a constant"));
    let report = migrate(config, system_clock()(), |Migrated { jobs, total }| {
        bar.set_length(total);
        bar.set_position(jobs);
    });
    let report = report.await?;
    bar.finish_and_clear();
    text::print(format_args!(
        "{} jobs, {} transcripts and {} notes moved; {} jobs were there already\n\
         The jobs in {} are as they were. Start recap with MONGODB_URI set.\n",
        report.jobs,
        report.transcripts,
        report.notes,
        report.already_there,
        config.sqlite_file().display(),
    ))?;
    Ok(Exit::Done)
}
