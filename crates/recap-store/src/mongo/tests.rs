//! What the adapter says to the server: every command that the contract makes it
//! say is looked at, and explained by the server.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use mongodb::bson::{Bson, Document, doc};
use mongodb::event::EventHandler;
use mongodb::event::command::CommandEvent;
use recap_config::{MongodbConfig, Secret};
use recap_core::job::Owner;
use recap_core::ports::{JobFilter, Keys, Replies, Store, Webhooks};
use recap_core::{ErrorCode, JobId, JobKind, Status};
use recap_testkit::{conformance, servers};

use super::indexes::{self, Kind};
use super::{MongoStore, take};
use crate::Opened;

/// Commands by their shape: the same but for their values.
type Commands = Arc<Mutex<BTreeMap<String, Document>>>;

fn config() -> MongodbConfig {
    MongodbConfig {
        url: Secret::new(servers::mongodb()),
        database: servers::fresh_name(),
        ..MongodbConfig::default()
    }
}

/// A store on a database of its own, and what it says to the server.
fn watched(config: &MongodbConfig, commands: &Commands) -> MongoStore {
    let mut store = MongoStore::open(config).unwrap();
    let commands = Arc::clone(commands);
    store.server.watcher = Some(EventHandler::callback(move |event| {
        if let CommandEvent::Started(started) = event {
            let collection = started.command.get_str(&started.command_name).unwrap_or_default();
            let shape = format!("{collection} {}", shape(&started.command));
            commands.lock().unwrap().entry(shape).or_insert(started.command);
        }
    }));
    store
}

/// The names of all fields, at any depth.
fn shape(document: &Document) -> String {
    let shapes = document.iter().map(|(key, value)| match value {
        Bson::Document(it) => format!("{key}{{{}}}", shape(it)),
        Bson::Array(it) => {
            let first = it.first().and_then(Bson::as_document).map(shape);
            format!("{key}[{}]", first.unwrap_or_default())
        }
        _ => key.clone(),
    });
    shapes.collect::<Vec<_>>().join(" ")
}

/// All that the contract makes the adapter say, and some that it does not.
async fn all_commands() -> Vec<Document> {
    let (config, commands) = (config(), Commands::default());
    let count = AtomicU32::new(0);
    let name = |index: u32| format!("{}_{index}", config.database);
    let fresh = async || {
        let database = name(count.fetch_add(1, Ordering::Relaxed));
        let store = watched(&MongodbConfig { database, ..config.clone() }, &commands);
        store.check().await.unwrap();
        Opened::mongo(store)
    };
    conformance::store::all(async || -> Arc<dyn Store> { fresh().await.store }).await;
    conformance::keys::all(async || -> Arc<dyn Keys> { fresh().await.keys }).await;
    conformance::replies::all(async || -> Arc<dyn Replies> { fresh().await.replies }).await;
    conformance::webhooks::all(async || -> Arc<dyn Webhooks> { fresh().await.webhooks }).await;

    let store = watched(&config, &commands);
    list_jobs(&store).await;
    // As if somebody else had been faster.
    let lost = vec![doc! { "_id": "job_of_somebody_else" }];
    let taken = take::take(&store.server, lost, doc! { "status": "queued" }, doc! {}).await;
    assert!(taken.unwrap().is_empty());

    for index in 0..count.load(Ordering::Relaxed) {
        drop_database(&MongodbConfig { database: name(index), ..config.clone() }).await;
    }
    drop_database(&config).await;
    let commands = commands.lock().unwrap();
    commands.values().cloned().collect()
}

/// By filters that the contract does not try alone, or not together.
async fn list_jobs(store: &MongoStore) {
    let next = JobFilter { before: Some(JobId::generate()), limit: 20, ..JobFilter::default() };
    let owner = Some(Owner::default());
    let (status, video) = (Some(Status::Failed), "dQw4w9WgXcQ".parse().ok());
    for filter in [
        JobFilter { status, ..next.clone() },
        JobFilter { kind: Some(JobKind::Summary), ..next.clone() },
        JobFilter { video, ..next.clone() },
        JobFilter { batch: Some(JobId::generate()), ..next.clone() },
        JobFilter { code: Some(ErrorCode::Timeout), ..next.clone() },
        JobFilter { owner: owner.clone(), ..next.clone() },
        JobFilter { owner: owner.clone(), status, ..next.clone() },
        JobFilter { owner, video, ..next },
    ] {
        store.list(&filter).await.unwrap();
    }
}

async fn drop_database(config: &MongodbConfig) {
    let store = MongoStore::open(config).unwrap();
    store.server.command(doc! { "dropDatabase": 1 }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_is_kept_by_commands_that_end_and_use_an_index() {
    let commands = all_commands().await;
    for command in &commands {
        ends(command);
        is_durable(command);
    }

    let config = config();
    let store = MongoStore::open(&config).unwrap();
    store.check().await.unwrap();
    let mut used = BTreeSet::new();
    for query in commands.iter().filter_map(query_of) {
        if !names_documents(&query) {
            used.extend(explain(&store, query).await);
        }
    }
    drop_database(&config).await;

    // By the server's own clock.
    let unused = ["transcripts.forget", "leaders.forget", "roles.forget"];
    let expected: BTreeSet<String> =
        names().into_iter().filter(|it| !unused.contains(&it.as_str())).collect();
    assert_eq!(used, expected, "no index is missing and none is for nothing");
}

fn names() -> Vec<String> {
    indexes::all().iter().map(|it| format!("{}.{}", it.collection, it.name)).collect()
}

#[test]
fn the_documentation_names_every_index_and_its_fields() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/mongodb.md");
    let text = std::fs::read_to_string(file).unwrap();
    let (_, table) = text.split_once("| index | fields |").expect("there is a table of them");
    let rows: Vec<&str> = table.lines().skip(2).take_while(|it| it.starts_with('|')).collect();
    let expected: Vec<String> = indexes::all().iter().map(row).collect();
    let is_of = |(row, expected): (&&str, &String)| row.starts_with(expected.as_str());
    assert!(rows.len() == expected.len() && rows.iter().zip(&expected).all(is_of), "{expected:#?}");
}

/// The first two cells of its row.
fn row(index: &indexes::Index) -> String {
    let fields: Vec<&str> = index.keys.keys().map(String::as_str).collect();
    format!("| `{}.{}` | `{}` |", index.collection, index.name, fields.join(", "))
}

#[track_caller]
fn ends(command: &Document) {
    let exempt = ["getMore", "endSessions", "hello"];
    let name = command.keys().next().unwrap().as_str();
    let limit = command.get("maxTimeMS").and_then(|it| match it {
        Bson::Int32(it) => Some(i64::from(*it)),
        it => it.as_i64(),
    });
    assert!(exempt.contains(&name) || limit == Some(10_000), "{command} has no end");
}

#[track_caller]
fn is_durable(command: &Document) {
    let writes = ["insert", "update", "delete", "findAndModify", "createIndexes"];
    if !writes.contains(&command.keys().next().unwrap().as_str()) {
        return;
    }
    let concern = command.get_document("writeConcern").expect("a write says how it is kept");
    assert_eq!(concern.get_str("w").ok(), Some("majority"), "{command}");
    assert_eq!(concern.get_bool("j").ok(), Some(true), "{command}");
}

/// What a command looks for, as a `find`.
fn query_of(command: &Document) -> Option<Document> {
    let (name, collection) = command.iter().next()?;
    let statement = |key: &str| command.get_array(key).unwrap()[0].as_document().unwrap().clone();
    let mut query = doc! { "find": collection.clone() };
    match name.as_str() {
        "find" => {
            for key in ["filter", "sort", "limit", "hint", "projection"] {
                query.extend(command.get(key).map(|it| (key.to_owned(), it.clone())));
            }
        }
        "findAndModify" => query.extend([("filter".to_owned(), command.get("query")?.clone())]),
        "update" => query.extend([("filter".to_owned(), statement("updates").remove("q")?)]),
        "delete" => query.extend([("filter".to_owned(), statement("deletes").remove("q")?)]),
        "aggregate" => {
            query.extend([("filter".to_owned(), statement("pipeline").remove("$match")?)]);
        }
        _ => return None,
    }
    Some(query)
}

/// Whether a query says the `_id` of what it looks for: then every server looks
/// there. (`SecantusDB` does, though what it explains is something else.)
fn names_documents(query: &Document) -> bool {
    match query.get_document("filter").unwrap().get("_id") {
        Some(Bson::Document(range)) => range.contains_key("$in"),
        Some(_) => true,
        None => false,
    }
}

/// The index that serves a query, but for that of `_id`; the server must not read
/// the whole collection.
///
/// MongoDB takes an index whenever there is one for the first field of which the
/// query says something. `SecantusDB` knows fewer cases; in the others it is shown
/// the index, so that at least it must be one that can be used.
async fn explain(store: &MongoStore, mut query: Document) -> Option<String> {
    let serving = serving(&query);
    let plan = plan(store, &query).await;
    if plan.contains("COLLSCAN") {
        assert!(is_secantus(store).await, "a collection is read whole: {query}\n{plan}");
        query.insert("hint", serving.as_ref().map_or("_id_", |it| it.name));
        let plan = self::plan(store, &query).await;
        assert!(!plan.contains("COLLSCAN"), "a collection is read whole: {query}\n{plan}");
    }
    serving.map(|it| format!("{}.{}", it.collection, it.name))
}

async fn is_secantus(store: &MongoStore) -> bool {
    let info = store.server.command(doc! { "buildInfo": 1 }).await.unwrap();
    info.to_string().to_lowercase().contains("secantus")
}

async fn plan(store: &MongoStore, query: &Document) -> String {
    let explain = doc! { "explain": query.clone(), "verbosity": "queryPlanner" };
    let explained = store.server.command(explain).await.unwrap();
    let plan = explained.get_document("queryPlanner").unwrap().get_document("winningPlan");
    plan.unwrap().to_string()
}

/// The index that the query names; else the one with most leading fields in the
/// filter, and of those the smallest. `None` for that of `_id`.
fn serving(query: &Document) -> Option<indexes::Index> {
    let collection = query.get_str("find").unwrap();
    if let Ok(name) = query.get_str("hint") {
        return indexes::all()
            .into_iter()
            .find(|it| (it.collection, it.name) == (collection, name));
    }
    let filter = query.get_document("filter").unwrap();
    let usable = |it: &indexes::Index| match it.kind {
        Kind::Only(status) => filter.get_str("status").is_ok_and(|it| it == status),
        Kind::With(field) => filter.contains_key(field),
        Kind::Untold => filter.contains_key("told"),
        Kind::All | Kind::Sparse | Kind::Forget(_) => true,
    };
    let fields =
        |it: &indexes::Index| it.keys.keys().take_while(|it| filter.contains_key(it)).count();
    let serving = indexes::all()
        .into_iter()
        .filter(|it| it.collection == collection && usable(it) && fields(it) > 0)
        .max_by_key(|it| (fields(it), it.kind != Kind::All, Reverse(it.keys.len())));
    let by_id = filter.keys().all(|it| it == "_id");
    assert!(by_id || serving.is_some(), "no index serves {query}");
    serving
}
