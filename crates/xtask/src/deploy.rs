//! `cargo xtask deploy`: whether the files of `deploy/` are what they claim to be,
//! asked of tools that know their formats.

mod redis;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::shell::{root, run};

/// Kubernetes as old as the files say that they need.
const KUBERNETES: &str = "1.30";

/// What a Blueprint of render.com may be, and must be to be ours.
const BLUEPRINT: &str = "deploy/schema/render.json";

const BLUEPRINTS: [&str; 2] = ["render.yaml", "deploy/render-free.yaml"];
const COMPOSE: [&str; 2] = ["deploy/compose.yaml", "deploy/compose.dev.yaml"];

pub(crate) fn check() -> anyhow::Result<()> {
    let tools = crate::tools::deploy()?;
    let tool = |name: &str| tools.join(name);
    run(tool("hadolint"), &["deploy/Dockerfile"])?;
    let schema = ["--builtin-schema", "vendor.compose-spec"];
    run(tool("check-jsonschema"), &[&schema[..], &COMPOSE].concat())?;
    run(tool("check-jsonschema"), &["--check-metaschema", BLUEPRINT])?;
    let schema = ["--schemafile", BLUEPRINT];
    run(tool("check-jsonschema"), &[&schema[..], &BLUEPRINTS].concat())?;
    let relaxed = "{extends: relaxed, rules: {line-length: disable}}";
    run(
        tool("yamllint"),
        &[&["--strict", "-d", relaxed, "deploy"][..], &BLUEPRINTS[..1]].concat(),
    )?;
    let manifests = manifests()?;
    let manifests: Vec<&str> = manifests.iter().map(String::as_str).collect();
    let strict = ["--strict", "-k", KUBERNETES];
    run(tool("kubernetes-validate"), &[&strict[..], &manifests].concat())?;
    redis::check()
}

/// What is made of Kubernetes' own kinds.
fn manifests() -> anyhow::Result<Vec<String>> {
    let ours = |it: &PathBuf| {
        let name = it.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with(".yaml") && name != "kustomization.yaml"
    };
    let mut found = Vec::new();
    for path in files(&root().join("deploy/kubernetes"))?.into_iter().filter(ours) {
        // KEDA's kinds have schemas of their own.
        if !path.components().any(|it| it.as_os_str() == "scaling") {
            found.push(path.to_str().context("a path is UTF-8")?.to_owned());
        }
    }
    found.sort();
    Ok(found)
}

/// All files below a folder.
fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("{}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The settings that a text names as variables: `section` and `field`.
    fn named(text: &str) -> Vec<(String, String)> {
        let is_name = |it: char| it.is_ascii_alphanumeric() || it == '_';
        let rest = text.split("RECAP_").skip(1);
        let names = rest.map(|it| it.split(|c: char| !is_name(c)).next().unwrap_or_default());
        let pairs = names.filter_map(|it| it.split_once("__"));
        pairs.map(|(section, field)| (section.to_lowercase(), field.to_lowercase())).collect()
    }

    #[test]
    fn settings_are_found_in_a_text() {
        let found = named("x: RECAP_SERVER__PORT=1, `RECAP_QUEUE__REDIS_URL` RECAP_OTHER");
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(found, [pair("server", "port"), pair("queue", "redis_url")]);
    }

    #[test]
    fn every_setting_that_is_named_is_one() {
        let reference = recap_config::reference();
        let section = |name: &str| {
            let (_, rest) = reference.split_once(&format!("\n## `[{name}]`\n"))?;
            Some(rest.split("\n## ").next().unwrap_or(rest))
        };
        let mut count = 0;
        let texts = files(&root().join("deploy")).expect("it is there").into_iter();
        for path in texts.chain(["render.yaml", "docs/deploy.md"].map(|it| root().join(it))) {
            let text = fs::read_to_string(&path).expect("it is text");
            for (name, field) in named(&text) {
                // Written with a blank to fill in.
                if name == "section" || field.is_empty() {
                    continue;
                }
                let known = section(&name).is_some_and(|it| it.contains(&format!("| `{field}` |")));
                assert!(known, "{}: {name}.{field} is no setting", path.display());
                count += 1;
            }
        }
        assert!(count > 30, "{count}");
    }

    #[test]
    fn the_image_finds_the_version_of_yt_dlp() {
        let text = fs::read_to_string(root().join("crates/recap-config/src/sections/media.rs"));
        let text = text.expect("the Dockerfile reads it");
        assert_eq!(text.matches("ytdlp_version: \"").count(), 1);
    }
}
