//! The environment: the only place that reads it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use figment::value::{Tag, Value};

use crate::sections::DataConfig;
use crate::setting::Setting;

/// Names that platforms and people already use, and the settings they mean.
pub(crate) const ALIASES: [(&str, &str); 12] = [
    ("PORT", "server.port"),
    ("RENDER_EXTERNAL_URL", "server.keep_awake_url"),
    ("REDIS_URL", "redis.url"),
    ("MONGODB_URI", "mongodb.url"),
    ("GEMINI_API_KEY", "gemini.api_key"),
    ("OPENAI_API_KEY", "openai.api_key"),
    ("ENVIRONMENT", "runtime.environment"),
    ("OPTIMIZATION_LEVEL", "runtime.optimization"),
    ("ENABLE_FULL_TRANSCRIPT", "features.full_transcript"),
    ("ENABLE_ADVANCED_SUMMARIZATION", "features.advanced_summarization"),
    ("ENABLE_VIDEO_PREVIEW", "features.video_preview"),
    ("RUST_LOG", "log.filter"),
];

/// Ours, when followed by a section, two underscores and a field. Kubernetes
/// sets `RECAP_PORT` and the like for a service called `recap`; those are not.
const PREFIX: &str = "RECAP_";

/// The variables of a process, or of a test.
#[derive(Clone, Debug, Default)]
pub struct EnvironmentVariables(BTreeMap<String, String>);

impl EnvironmentVariables {
    /// Those of this process; what is not UTF-8 is left out.
    pub fn of_process() -> Self {
        let pairs = std::env::vars_os();
        Self(
            pairs
                .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
                .collect(),
        )
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// What they set; a `RECAP_…` name wins over an alias. An empty alias is
    /// as good as none.
    pub(crate) fn settings(&self) -> Vec<Setting> {
        let aliases = ALIASES.iter().filter_map(|&(name, key)| {
            let text = self.get(name).filter(|it| !it.is_empty())?;
            Some(setting(key.to_owned(), source(name), text))
        });
        let own = self.0.iter().filter_map(|(name, text)| {
            let (section, field) = name.strip_prefix(PREFIX)?.split_once("__")?;
            let key = format!("{section}.{field}").to_lowercase();
            Some(setting(key, source(name), text))
        });
        aliases.chain(own).collect()
    }

    /// The user's data directory, by the XDG base directory specification.
    pub(crate) fn default_data(&self) -> DataConfig {
        let absolute = |name| self.get(name).map(PathBuf::from).filter(|it| it.is_absolute());
        let base = absolute("XDG_DATA_HOME")
            .or_else(|| absolute("HOME").map(|home| home.join(".local/share")));
        base.map_or_else(DataConfig::default, |base| DataConfig { dir: base.join("recap") })
    }
}

impl FromIterator<(String, String)> for EnvironmentVariables {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(pairs: T) -> Self {
        Self(pairs.into_iter().collect())
    }
}

fn source(name: &str) -> String {
    format!("environment variable {name}")
}

/// A variable is text: it may be a number, a string, or a list with commas, of
/// strings or of numbers.
pub(crate) fn setting(key: String, source: String, text: &str) -> Setting {
    let list = |of: fn(&str) -> Value| {
        Value::Array(Tag::Default, text.split(',').map(|it| of(it.trim())).collect())
    };
    let meanings = vec![parsed(text), Value::from(text), list(|it| it.into()), list(parsed)];
    Setting { key, source, meanings }
}

fn parsed(text: &str) -> Value {
    text.parse().unwrap_or_else(|never: std::convert::Infallible| match never {})
}
