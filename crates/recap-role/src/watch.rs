//! Looks at what this process uses of the machine, and says so.

use std::time::Duration;

use recap_config::{Config, ResourcesConfig};
use recap_core::load::{Level, Load, Luxury, Thresholds};
use recap_telemetry::metrics;
use recap_telemetry::resources::{Meter, Usage};
use strum::VariantArray as _;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::ports::Ports;

/// By how much the cache in memory shrinks when memory is short.
const SHRUNK: usize = 8;

/// What is left off, as the settings say when.
pub(crate) fn load(config: &ResourcesConfig) -> Load {
    Load::new(Thresholds {
        reduced: config.reduced_percent,
        refusing: config.refusing_percent,
        hysteresis: config.hysteresis_percent,
    })
}

/// Keeps `load` and the metrics as they are, and logs them now and then. Runs until
/// `shutdown` fires.
///
/// # Errors
///
/// None; what cannot be read is not known.
pub async fn watch(
    config: Config,
    ports: Ports,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let (load, cache) = (&ports.load, config.cache.memory());
    let config = config.resources;
    let meter = Meter::new(config.memory());
    metrics::memory_limit(meter.limit());
    let mut ticks = interval(config.interval());
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut logged = Instant::now();
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = shutdown.cancelled() => return Ok(()),
        }
        let usage = meter.read();
        look(&meter, &usage, load);
        let short = load.is_off(Luxury::CacheMemory);
        ports.shared.set_cache_memory(if short { cache / SHRUNK } else { cache });
        if logged.elapsed() >= config.log_interval() {
            logged = Instant::now();
            log(&meter, &usage, load.level());
        }
    }
}

fn look(meter: &Meter, usage: &Usage, load: &Load) {
    metrics::used("process", usage.process.memory, usage.process.cpu);
    metrics::used("children", usage.children.memory, usage.children.cpu);
    if let Some(group) = usage.group {
        metrics::used("group", group.memory, group.cpu);
        metrics::cpu_throttled(usage.throttled);
    }
    let percent = meter.percent(usage);
    let (before, after) = load.observe(percent);
    metrics::load_level(after as u64);
    for luxury in Luxury::VARIANTS {
        metrics::left_off(&luxury.to_string(), load.is_off(*luxury));
    }
    if after > before {
        warn!(load.level = %after, memory.percent = percent, "memory is short; less is done");
    } else if after < before {
        info!(load.level = %after, memory.percent = percent, "there is memory again");
    }
}

fn log(meter: &Meter, usage: &Usage, level: Level) {
    let megabytes = |bytes: u64| bytes >> 20;
    let seconds = |time: Duration| time.as_secs_f64();
    info!(
        memory.percent = meter.percent(usage),
        memory.limit_mb = megabytes(meter.limit()),
        memory.process_mb = megabytes(usage.process.memory),
        memory.children_mb = megabytes(usage.children.memory),
        memory.group_mb = usage.group.map(|it| megabytes(it.memory)),
        cpu.process_s = seconds(usage.process.cpu),
        cpu.children_s = seconds(usage.children.cpu),
        cpu.throttled = usage.throttled,
        load.level = %level,
        "resources"
    );
}
