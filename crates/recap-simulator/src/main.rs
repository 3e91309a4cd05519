//! Runs the simulators until it is told to stop, so that they outlive what is tested.
//!
//! `recap-simulator --youtube-port 18080 --gemini-port 18081 --openai-port 18083
//! --openai-shape ollama --webhooks-port 18082 --dir STATE [--calls FILE]
//! [--sound FILE]` prints one line of JSON with their addresses. With `--calls`, the
//! calls of Gemini are written to that file at the end; with `--sound`, that `WebM`
//! is heard in every video.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use recap_simulator::gemini::Gemini;
use recap_simulator::openai::{OpenAi, Shape};
use recap_simulator::webhooks::Receiver;
use recap_simulator::youtube::YouTube;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "usage: recap-simulator [--youtube-port N] [--gemini-port N] \
                     [--openai-port N] [--openai-shape openai|ollama|llama_cpp|vllm|openrouter] \
                     [--webhooks-port N] --dir DIRECTORY [--calls FILE] [--sound FILE]";

struct Arguments {
    youtube_port: u16,
    gemini_port: u16,
    openai_port: u16,
    openai_shape: Shape,
    webhooks_port: u16,
    directory: PathBuf,
    calls: Option<PathBuf>,
    sound: Option<PathBuf>,
}

fn main() -> ExitCode {
    let Some(arguments) = parse(std::env::args_os().skip(1)) else {
        return complain(USAGE);
    };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    match runtime.and_then(|it| it.block_on(run(&arguments))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&format!("recap-simulator: {error}")),
    }
}

fn complain(text: &str) -> ExitCode {
    // There is nobody left to tell if standard error is closed.
    let _ = writeln!(io::stderr(), "{text}");
    ExitCode::FAILURE
}

async fn run(arguments: &Arguments) -> io::Result<()> {
    let (mut interrupt, mut terminate) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let youtube = YouTube::start(arguments.youtube_port, &arguments.directory).await?;
    if let Some(file) = &arguments.sound {
        youtube.set_sound(tokio::fs::read(file).await?.into());
    }
    let gemini = Gemini::start(arguments.gemini_port).await?;
    let openai = OpenAi::start(arguments.openai_port, arguments.openai_shape).await?;
    let webhooks = Receiver::start(arguments.webhooks_port).await?;
    announce(&youtube, &gemini, &openai, &webhooks)?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    if let Some(file) = &arguments.calls {
        tokio::fs::write(file, json!(gemini.calls()).to_string()).await?;
    }
    webhooks.stop().await;
    openai.stop().await;
    gemini.stop().await;
    youtube.stop().await;
    Ok(())
}

fn announce(
    youtube: &YouTube,
    gemini: &Gemini,
    openai: &OpenAi,
    webhooks: &Receiver,
) -> io::Result<()> {
    let line = json!({
        "youtube_proxy": youtube.proxy_url(),
        "ca_file": youtube.ca_file(),
        "gemini_base_url": gemini.base_url(),
        "openai_base_url": openai.base_url(),
        "webhooks_url": webhooks.url(""),
    });
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// `None` if something is missing, unknown or not a number.
fn parse(mut words: impl Iterator<Item = OsString>) -> Option<Arguments> {
    let (mut youtube_port, mut gemini_port, mut openai_port, mut webhooks_port) = (0, 0, 0, 0);
    let mut openai_shape = Shape::Openai;
    let (mut directory, mut calls, mut sound) = (None, None, None);
    while let Some(name) = words.next() {
        let value = words.next()?;
        match name.to_str()? {
            "--youtube-port" => youtube_port = value.to_str()?.parse().ok()?,
            "--gemini-port" => gemini_port = value.to_str()?.parse().ok()?,
            "--openai-port" => openai_port = value.to_str()?.parse().ok()?,
            "--openai-shape" => {
                openai_shape = serde_json::from_value(value.to_str()?.into()).ok()?;
            }
            "--webhooks-port" => webhooks_port = value.to_str()?.parse().ok()?,
            "--dir" => directory = Some(PathBuf::from(value)),
            "--calls" => calls = Some(PathBuf::from(value)),
            "--sound" => sound = Some(PathBuf::from(value)),
            _ => return None,
        }
    }
    Some(Arguments {
        youtube_port,
        gemini_port,
        openai_port,
        openai_shape,
        webhooks_port,
        directory: directory?,
        calls,
        sound,
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn arguments_are_pairs_and_the_directory_is_needed() {
        let parse = |it: &str| parse(it.split_whitespace().map(Into::into));
        let parsed = parse("--youtube-port 18080 --dir state").unwrap();
        assert_eq!((parsed.youtube_port, parsed.gemini_port, parsed.calls), (18_080, 0, None));
        for wrong in [
            "",
            "--dir",
            "--openai-shape x --dir d",
            "--youtube-port x --dir d",
            "--port 1 --dir d",
        ] {
            assert!(parse(wrong).is_none(), "{wrong}");
        }
    }
}
