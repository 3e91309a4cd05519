//! `cargo xtask eval`: how good the summaries are, beside what a Python package makes
//! of the same transcripts.
//!
//! Here the documents are read, summarised and timed; `crates/xtask/eval/score.py`
//! runs the peers and scores everybody, and `docs/evaluation.md` is what it says.

mod cut;
mod document;
mod forms;
mod page;
mod provider;
mod reference;
mod talk;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};

use self::document::Document;
use self::forms::Form;
use self::provider::{Provider, Run};
use crate::lab::{note, say};
use crate::{shell, tools};

/// Score the summaries of talks that have references, beside lead-n, and `LexRank` and
/// `TextRank` of the Python package sumy, and write docs/evaluation.md.
///
/// A document is a transcript (NAME.talk, .vtt, .srt, .json3 or .txt) with a
/// NAME.reference.toml beside it: a summary or several, and, if there are any, the points
/// that a summary should make, each with the words that show it. crates/xtask/eval/dev has
/// examples. Each is read twice: as written captions, and as speech recognition would
/// have it, eight words a line without punctuation.
///
/// Only the extractive summariser on our own talks writes the page; everything else is
/// printed. A run takes about two minutes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Whose summaries: a value of `summarize.provider`. One with a key takes it, and its
    /// models, from the environment, as recap does.
    #[arg(long, default_value = "extractive")]
    provider: String,
    /// Documents of your own, in place of ours; may be repeated.
    #[arg(long, value_name = "DIR")]
    data: Vec<PathBuf>,
    /// Only documents of this split: `dev`, on which the summariser was tuned, or `test`.
    #[arg(long)]
    split: Option<String>,
    /// Write nothing; fail if the page says otherwise than what is found.
    #[arg(long, conflicts_with_all = ["data", "split"])]
    check: bool,
    /// Leave out the peers' CPU time, which takes most of the time.
    #[arg(long)]
    quick: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let python = tools::eval()?;
    let documents = documents(args)?;
    let provider = Provider::connect(&args.provider)?;
    let mut records = Vec::new();
    for (at, document) in documents.iter().enumerate() {
        note(&format!("{} of {}: {}", at + 1, documents.len(), document.name));
        for form in Form::ALL {
            records.push(record(document, form, &provider.run(document, form)?));
        }
    }
    let found = score(&python, &records, &args.provider, args.quick)?;
    say(&found);
    let ours = args.provider == "extractive" && args.data.is_empty() && args.split.is_none();
    match (ours && !args.quick, args.check) {
        (true, false) => page::write(&found),
        (_, true) => page::check(&found),
        (false, false) => {
            note("docs/evaluation.md stays as it is: this was not all of it");
            Ok(())
        }
    }
}

/// In order of their names.
fn documents(args: &Args) -> anyhow::Result<Vec<Document>> {
    let own = ["dev", "talks"].map(|it| shell::root().join("crates/xtask/eval").join(it));
    let dirs = if args.data.is_empty() { own.to_vec() } else { args.data.clone() };
    let mut found = Vec::new();
    for dir in dirs {
        found.extend(document::read_all(&dir)?);
    }
    found.retain(|it| args.split.as_ref().is_none_or(|split| *split == it.split));
    ensure!(!found.is_empty(), "there is no document; see `cargo xtask eval --help`");
    Ok(found)
}

/// What the scorer is told of one document in one form. Times are seconds.
fn record(document: &Document, form: Form, run: &Run) -> Value {
    let points: Vec<Value> = document
        .points
        .iter()
        .map(|it| json!({"text": it.text, "terms": it.terms, "spans": it.spans}))
        .collect();
    json!({
        "name": document.name,
        "split": document.split,
        "origin": document.origin,
        "language": document.language,
        "form": form.name(),
        "seconds": document.length.as_secs_f64(),
        "summaries": document.summaries,
        "points": points,
        "headings": document.headings,
        "sentences": cut::sentences(document.cues(form)),
        "product": run.points,
        "chapters": run.chapters,
        "calls": run.usage.calls,
        "tokens": run.usage.input_tokens + run.usage.output_tokens,
        "cpu_seconds": run.cpu.as_secs_f64(),
    })
}

/// The tables, as Markdown.
#[expect(clippy::disallowed_methods, reason = "a task's whole work is to run other programs")]
fn score(
    python: &std::path::Path,
    records: &[Value],
    provider: &str,
    quick: bool,
) -> anyhow::Result<String> {
    let path = shell::root().join("target/eval.jsonl");
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    fs::write(&path, lines.join("\n") + "\n")?;
    let output = Command::new(python)
        .arg(shell::root().join("crates/xtask/eval/score.py"))
        .arg(&path)
        .args(["--provider", provider])
        .args(quick.then_some("--quick"))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("{} cannot be started", python.display()))?;
    if !output.status.success() {
        bail!("score.py failed: {}", output.status);
    }
    Ok(String::from_utf8(output.stdout)?)
}
