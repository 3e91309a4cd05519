//! A way to YouTube: through a proxy, with cookies, with one more argument.

mod cookies;

use std::io;
use std::path::PathBuf;

use recap_config::{FIRST_EGRESS, MediaConfig};

use super::work_dir::WorkDir;

/// How one way differs from the others.
#[derive(Default)]
pub(crate) struct Route {
    pub(crate) name: String,
    /// Empty for none.
    pub(crate) proxy: String,
    /// Empty for none.
    cookies: PathBuf,
    /// Empty for none.
    extractor_args: String,
}

impl Route {
    /// All that `media` describes, in their order.
    pub(crate) fn all(media: &MediaConfig) -> Vec<Self> {
        let first =
            Self { name: FIRST_EGRESS.to_owned(), proxy: media.proxy.clone(), ..Self::default() };
        let others = media.egress.iter().cloned().map(|it| Self {
            name: it.name,
            proxy: it.proxy,
            cookies: it.cookies,
            extractor_args: it.extractor_args,
        });
        std::iter::once(first).chain(others).collect()
    }

    pub(crate) fn has_cookies(&self) -> bool {
        !self.cookies.as_os_str().is_empty()
    }

    /// Whether what it asks for is done by a plugin, which the operator has installed
    /// beside yt-dlp.
    pub(crate) fn wants_plugins(&self) -> bool {
        !self.extractor_args.is_empty()
    }

    /// Its own of yt-dlp's arguments.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let mut arguments = Vec::new();
        if self.wants_plugins() {
            arguments.extend(["--extractor-args".to_owned(), self.extractor_args.clone()]);
        } else {
            arguments.push("--no-plugin-dirs".to_owned());
        }
        if self.has_cookies() {
            arguments.extend(["--cookies", cookies::COPY].map(str::to_owned));
        }
        arguments
    }

    /// Before a run in `directory`: gives it cookies of its own.
    pub(crate) fn enter(&self, directory: &WorkDir) -> io::Result<()> {
        if !self.has_cookies() {
            return Ok(());
        }
        cookies::copy(&self.cookies, directory.path()).map_err(|error| {
            io::Error::other(format!("the cookies of the way `{}`: {error}", self.name))
        })
    }

    /// After one that ended by itself: keeps what it was given for the next time.
    pub(crate) fn leave(&self, directory: &WorkDir) {
        if self.has_cookies()
            && let Err(error) = cookies::save_back(&self.cookies, directory.path())
        {
            tracing::warn!(route = self.name, %error, "cookies could not be saved back");
        }
    }
}
