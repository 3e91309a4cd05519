//! A client that submits more than it may, to two gateways at once.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use recap_testkit::servers::Redis;
use tokio::task::JoinSet;

use super::Plan;
use super::served::serve;
use super::table::Figure;
use super::wire::Wire;
use crate::lab::address;
use crate::lab::client::Client;
use crate::lab::process::{Process, Settings};
use crate::lab::world::World;

const SUBMITS: usize = 200;

/// Connections to each gateway.
const WIDTH: usize = 10;

/// The default of `limits.submits_per_minute`: so many at once, then evenly.
const A_MINUTE: u64 = 10;

/// How long a gateway may take to hear that there are keys now.
const KEYED: Duration = Duration::from_secs(30);

pub(super) async fn limits(plan: Plan) -> anyhow::Result<Vec<Figure>> {
    // A budget of its own for each: whoever has no key is the same client again.
    let near = Pair::start(&plan, "0").await?;
    let mut figures = vec![near.try_out("without a key", None, Forged::No).await?];
    figures.push(near.try_out("without a key, addresses forged", None, Forged::Yes).await?);
    let proxied = Pair::start(&plan, "1").await?;
    let name = "behind a proxy, addresses forged before the proxy's";
    figures.push(proxied.try_out(name, None, Forged::BeforeProxy).await?);
    let (first, second) = near.keys().await?;
    figures.push(near.try_out("with one key", Some(&first), Forged::No).await?);
    figures.push(near.try_out("with one key, addresses forged", Some(&second), Forged::Yes).await?);
    Ok(figures)
}

/// What the client says of where it comes from.
#[derive(Clone, Copy)]
enum Forged {
    No,
    /// A new address with every request.
    Yes,
    /// The same, and then what a proxy would add.
    BeforeProxy,
}

impl Forged {
    fn header(self, number: usize) -> Option<String> {
        let address = format!("10.{}.{}.7", number / 250, number % 250);
        match self {
            Self::No => None,
            Self::Yes => Some(format!("x-forwarded-for: {address}")),
            Self::BeforeProxy => Some(format!("x-forwarded-for: {address}, 127.0.0.9")),
        }
    }
}

/// Two gateways over one Redis and one file.
struct Pair {
    gateways: [Process; 2],
    /// Goes with the gateways.
    _redis: Redis,
    _world: World,
}

impl Pair {
    async fn start(plan: &Plan, proxies: &str) -> anyhow::Result<Self> {
        let redis = tokio::task::block_in_place(Redis::start);
        let world = World::start(Duration::ZERO).await?;
        let settings: Settings = vec![
            ("REDIS_URL", redis.url().to_owned()),
            ("RECAP_SERVER__TRUSTED_PROXIES", proxies.to_owned()),
        ];
        let one = || serve(plan, &world, &["--role", "gateway"], &settings);
        let gateways = [one()?, one()?];
        for gateway in &gateways {
            gateway.ready(&Client::new(vec![gateway.base()], 1)?).await?;
        }
        Ok(Self { gateways, _redis: redis, _world: world })
    }

    /// Two keys of two owners; from then on nobody is let in without one.
    async fn keys(&self) -> anyhow::Result<(String, String)> {
        let bases: Vec<String> = self.gateways.iter().map(Process::base).collect();
        let keyless = Client::new(bases.clone(), 1)?;
        let (first, _) = keyless.make_key("first").await?;
        keyless.shut_out(KEYED).await?;
        let (second, _) = Client::with_key(bases, 1, &first)?.make_key("second").await?;
        Ok((first, second))
    }

    async fn try_out(&self, of: &str, key: Option<&str>, forged: Forged) -> anyhow::Result<Figure> {
        let servers = [address(&self.gateways[0].base())?, address(&self.gateways[1].base())?];
        let began = Instant::now();
        let mut tasks = JoinSet::new();
        for turn in 0..2 * WIDTH {
            let mine = (0..SUBMITS).filter(|it| it % (2 * WIDTH) == turn).collect();
            tasks.spawn(submit(servers[turn % 2], mine, key.map(str::to_owned), forged));
        }
        let mut statuses: BTreeMap<u16, u64> = BTreeMap::new();
        while let Some(done) = tasks.join_next().await {
            done??.into_iter().for_each(|it| *statuses.entry(it).or_default() += 1);
        }
        let count = |status| statuses.get(&status).copied().unwrap_or_default();
        let (allowed, all) = (count(202), SUBMITS as u64);
        // Without a key only this machine is served, and no proxy is known.
        let refused = key.is_none() && matches!(forged, Forged::Yes);
        // One more falls due every six seconds.
        let most = A_MINUTE + began.elapsed().as_secs() * A_MINUTE / 60 + 1;
        let held = if refused {
            count(401) == all
        } else {
            (A_MINUTE..=most).contains(&allowed) && allowed + count(429) == all
        };
        let others: Vec<String> =
            statuses.iter().filter(|it| *it.0 != 202).map(|(k, v)| format!("{v} × {k}")).collect();
        Ok(Figure::held(
            format!("{SUBMITS} submits to two gateways {of}: allowed"),
            format!("{allowed}, {} in {:.1} s", others.join(", "), began.elapsed().as_secs_f64()),
            if refused { "none" } else { "10 (a minute)" },
            held,
        ))
    }
}

/// The statuses of submits that follow each other. Each has a connection of its own:
/// one whose body was not read is closed.
async fn submit(
    server: SocketAddr,
    numbers: Vec<usize>,
    key: Option<String>,
    forged: Forged,
) -> anyhow::Result<Vec<u16>> {
    let key = key.map(|it| format!("authorization: Bearer {it}"));
    let mut statuses = Vec::new();
    for number in numbers {
        let body = format!(r#"{{"url":"cp_{:08}"}}"#, 30_000_000 + number);
        let headers: Vec<String> = key.clone().into_iter().chain(forged.header(number)).collect();
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let mut wire = Wire::connect(server, Ipv4Addr::LOCALHOST).await?;
        statuses.push(wire.post("/v1/summaries", &headers, &body).await?.status);
    }
    Ok(statuses)
}
