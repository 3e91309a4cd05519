//! `cargo xtask fuzz`: thousands of requests made from the OpenAPI document that a
//! gateway serves, right ones and wrong ones, and chains of them. Whatever is
//! answered must be what the document says.

use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};

use crate::lab::process::{Launch, Process, Settings};
use crate::lab::{self, client::Client, free_port, say, tool, world};
use crate::{shell, tools};

/// Requests for each endpoint, of each way to make them.
const REQUESTS: &str = "50";

/// Fewest requests that count as having tried it.
const FEWEST: u64 = 2000;

/// The same requests each time.
const SEED: &str = "1";

/// Not asked for: an open job is followed for an hour, and without a worker none
/// ends. `cargo xtask stress` follows many.
const ENDLESS: &str = "stream_job";

/// Signs the webhooks that jobs name; not secret.
const WEBHOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

const CONFIG: &str = "crates/xtask/src/fuzz/schemathesis.toml";

/// # Errors
///
/// When an answer was not what the document says, or too little was tried.
pub(crate) fn run() -> anyhow::Result<()> {
    tools::install()?;
    lab::build("dev", &["recap-gateway"])?;
    recap_telemetry::http::install_crypto();
    tokio::runtime::Runtime::new()?.block_on(fuzz())
}

async fn fuzz() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let settings = settings(dir.path());
    let launch = Launch {
        profile: "dev",
        program: "recap-gateway",
        args: &[],
        port: free_port()?,
        settings: &settings,
        log: dir.path().join("log"),
    };
    let gateway = Process::start(launch)?;
    gateway.ready(&Client::new(vec![gateway.base()], 1)?).await?;
    let key = make_key(&gateway.base()).await?;
    let report = dir.path().join("report.json");
    // It also fails when it finds something, which the report says better.
    let args = args(&gateway, &key, &report);
    let ran = tokio::task::block_in_place(|| ask(dir.path(), &args))?;
    let report = std::fs::read(&report).with_context(|| format!("nothing was reported: {ran}"))?;
    judge(&serde_json::from_slice(&report)?)?;
    ensure!(ran.success(), "schemathesis itself failed: {ran}");
    Ok(())
}

/// Runs schemathesis where it may leave what it likes to remember.
#[expect(clippy::disallowed_methods, reason = "a task's whole work is to run other programs")]
fn ask(dir: &Path, args: &[String]) -> std::io::Result<ExitStatus> {
    Command::new(tool("schemathesis/bin/schemathesis")).args(args).current_dir(dir).status()
}

/// No limits, short waits, and no worker: jobs stay as they are put.
fn settings(dir: &Path) -> Settings {
    let mut settings = world::unlimited();
    settings.push(("RECAP_LIMITS__FAILED_LOGINS_PER_MINUTE", "0".to_owned()));
    settings.push(("RECAP_DATA__DIR", dir.join("data").display().to_string()));
    settings.push(("RECAP_SERVER__REQUEST_TIMEOUT_SECONDS", "4".to_owned()));
    settings.push(("RECAP_WEBHOOKS__SECRET", WEBHOOK_SECRET.to_owned()));
    settings.push(("RECAP_LOG__FILTER", "warn".to_owned()));
    settings
}

/// The first key, which anyone on this machine may make. From then on the gateway
/// asks for one, and it is seen whether it does everywhere.
async fn make_key(base: &str) -> anyhow::Result<String> {
    let client = recap_telemetry::http::client(Duration::from_secs(5), Duration::from_secs(30))?;
    let wish = json!({"name": "fuzz", "scopes": ["read", "submit", "admin"]});
    let answer = client.post(format!("{base}/v1/admin/keys")).json(&wish).send().await?;
    let key: Value = answer.error_for_status()?.json().await?;
    Ok(key["key"].as_str().context("a new key is shown")?.to_owned())
}

fn args(gateway: &Process, key: &str, report: &Path) -> Vec<String> {
    let config = shell::root().join(CONFIG).display().to_string();
    let document = format!("{}/openapi.json", gateway.base());
    let header = format!("Authorization: Bearer {key}");
    let report = report.display().to_string();
    let given: [&str; 24] = [
        "--config-file",
        &config,
        "run",
        &document,
        "--header",
        &header,
        "--checks",
        "all",
        "--max-examples",
        REQUESTS,
        "--seed",
        SEED,
        "--workers",
        "2",
        "--exclude-operation-id",
        ENDLESS,
        "--request-timeout",
        "30",
        "--continue-on-failure",
        "--no-color",
        "--report",
        "json",
        "--report-json-path",
        &report,
    ];
    given.map(ToOwned::to_owned).into()
}

/// Says what was tried, and fails if something was found.
fn judge(report: &Value) -> anyhow::Result<()> {
    let count = |group: &str, name: &str| {
        let count = report[group][name].as_u64();
        count.with_context(|| format!("the report does not say {group}.{name}"))
    };
    let requests = count("test_cases", "generated")?;
    let (found, failed) =
        (count("test_cases", "unique_failures")?, count("test_cases", "errored")?);
    let (tested, selected) = (count("operations", "tested")?, count("operations", "selected")?);
    say(&format!(
        "schemathesis {}: {requests} cases of {tested} operations in {:.0} s, {found} failures, {failed} \
         errors",
        report["schemathesis_version"].as_str().unwrap_or("?"),
        report["running_time"].as_f64().unwrap_or_default(),
    ));
    if found > 0 || failed > 0 || report["errors"] != json!([]) {
        bail!("answers are not what the OpenAPI document says, as told above");
    }
    ensure!(tested == selected, "only {tested} of {selected} operations were tried");
    ensure!(requests >= FEWEST, "only {requests} cases were tried");
    Ok(())
}
