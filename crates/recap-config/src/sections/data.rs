//! Where recap keeps its files.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where recap keeps its files: `[data]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DataConfig {
    /// Holds the embedded database and recap's own copy of yt-dlp; made when
    /// missing. By default `recap` in the user's data directory
    /// (`$XDG_DATA_HOME`, else `~/.local/share`), else `.recap` here.
    #[schema(value_type = String)]
    pub dir: PathBuf,
}

impl Default for DataConfig {
    fn default() -> Self {
        Self { dir: PathBuf::from(".recap") }
    }
}
