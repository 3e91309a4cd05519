//! `recap config`

use recap_config::{Loaded, effective};

use crate::exit::Exit;
use crate::text;

pub(crate) fn run(loaded: &Loaded) -> anyhow::Result<Exit> {
    text::print(effective(loaded))?;
    Ok(Exit::Done)
}
