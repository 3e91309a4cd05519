//! Loading: every setting is taken from its source by itself, so that one run
//! names everything that is wrong, and each with the place it came from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use figment::error::{Error, Kind};
use figment::providers::Serialized;
use figment::{Figment, Provider};

use crate::error::{ConfigError, Problem};
use crate::file;
use crate::profiles;
use crate::sections::Config;
use crate::setting::Setting;
use crate::variables::EnvironmentVariables;

/// The settings in force, and where each that is not a default came from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loaded {
    pub config: Config,
    /// By key, as in `server.port`.
    pub sources: BTreeMap<String, String>,
}

/// Loads defaults ← profiles ← file ← environment.
///
/// `file` is the one that was asked for; without it `recap.toml` is read from
/// the working directory if it is there.
///
/// # Errors
///
/// Names every setting that is wrong, where it came from, and the mend.
pub fn load(file: Option<&Path>, variables: &EnvironmentVariables) -> Result<Loaded, ConfigError> {
    let mut problems = Vec::new();
    let defaults = Config { data: variables.default_data(), ..Config::default() };
    let mut taken = Taken::new(&defaults);
    let set = file::settings(file, &mut problems).into_iter().chain(variables.settings());
    // Which profiles are in force is known first, as everything else is laid over them.
    let (names, rest): (Vec<_>, Vec<_>) = set.partition(|it| profiles::KEYS.contains(&&*it.key));
    taken.take_all(names, &mut problems);
    let profiles = profiles::settings(&taken.config().runtime);
    taken.take_all(profiles, &mut problems);
    taken.take_all(rest, &mut problems);
    let mut config = taken.config();
    let sources = taken.sources;
    config.data.dir = home_expanded(&config.data.dir, variables);
    problems.extend(config.problems().into_iter().map(|it| named(it, &sources)));
    if problems.is_empty() { Ok(Loaded { config, sources }) } else { Err(ConfigError { problems }) }
}

fn named(problem: Problem, sources: &BTreeMap<String, String>) -> Problem {
    let source = sources.get(&problem.key).map_or("default", String::as_str).to_owned();
    problem.said_by(source)
}

fn home_expanded(path: &Path, variables: &EnvironmentVariables) -> PathBuf {
    match (path.strip_prefix("~"), variables.get("HOME")) {
        (Ok(rest), Some(home)) => Path::new(home).join(rest),
        _ => path.to_owned(),
    }
}

struct Taken {
    figment: Figment,
    sources: BTreeMap<String, String>,
    known: Vec<String>,
}

impl Taken {
    fn new(defaults: &Config) -> Self {
        let figment = Figment::from(Serialized::defaults(defaults));
        let known = keys(&figment);
        Self { figment, sources: BTreeMap::new(), known }
    }

    fn config(&self) -> Config {
        self.figment.extract().expect("each setting was tried when it was taken")
    }

    fn take_all(&mut self, settings: Vec<Setting>, problems: &mut Vec<Problem>) {
        problems.extend(settings.into_iter().filter_map(|it| self.take(it).err()));
    }

    fn take(&mut self, setting: Setting) -> Result<(), Problem> {
        let Setting { key, source, meanings } = setting;
        if !self.known.contains(&key) {
            return Err(self.unknown(&key).said_by(source));
        }
        let mut first_error: Option<String> = None;
        for meaning in meanings {
            let tried = self.figment.clone().merge(Serialized::default(&key, meaning));
            match tried.extract::<Config>() {
                Ok(_) => {
                    self.figment = tried;
                    self.sources.insert(key, source);
                    return Ok(());
                }
                // Our own words say more than those about types, and repeat no value.
                Err(Error { kind: Kind::Message(words), .. }) => first_error = Some(words),
                Err(error) => first_error = first_error.or(Some(error.kind.to_string())),
            }
        }
        let mend = first_error.map_or_else(String::new, |it| format!("{it}; see docs/config.md"));
        Err(Problem::invalid(&key, mend).said_by(source))
    }

    fn unknown(&self, key: &str) -> Problem {
        let score = |it: &String| strsim::jaro_winkler(it, key);
        let near = self.known.iter().max_by(|a, b| score(a).total_cmp(&score(b)));
        let mend = match near.filter(|it| score(it) > 0.85) {
            Some(near) => format!("there is no such setting; did you mean {near}?"),
            None => "there is no such setting; `recap config` lists them all".to_owned(),
        };
        Problem::invalid(key, mend)
    }
}

/// All keys there are, as in `server.port`.
fn keys(figment: &Figment) -> Vec<String> {
    let data = figment.data().expect("the defaults are data");
    let sections = data.into_values().flatten();
    sections
        .flat_map(|(section, value)| {
            let fields = value.into_dict().unwrap_or_default().into_keys();
            fields.map(move |field| format!("{section}.{field}"))
        })
        .collect()
}
