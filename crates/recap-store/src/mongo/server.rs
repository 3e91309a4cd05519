//! The way to the server. Every operation of the store goes through here, and
//! has a `maxTimeMS`, a write concern, and an end.

use std::sync::Arc;
use std::time::Duration;

use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::{
    Acknowledgment, ClientOptions, ConnectionString, Hint, ReadPreference, SelectionCriteria,
    WriteConcern,
};
use mongodb::{Client, Collection, Cursor, Database, IndexModel};
use recap_config::MongodbConfig;
use recap_core::ports::{Connections, StoreError};
use tokio::sync::OnceCell;

use super::command::{MARK, Query, Reach, Written, marked, update};
use super::connections::Counts;
use super::error::{MongoError, NAMESPACE_NOT_FOUND, has_code, is_lost};

/// By how much an operation may be late before it is given up on this side: the
/// server has not kept to its `maxTimeMS`, or is not heard of any more.
const GRACE: Duration = Duration::from_secs(1);

/// Connections to one database, made when they are first used.
pub(super) struct Server {
    config: MongodbConfig,
    database: OnceCell<Database>,
    counts: Arc<Counts>,
    /// Told of every command, in tests.
    #[cfg(test)]
    pub(super) watcher: Option<mongodb::event::EventHandler<mongodb::event::command::CommandEvent>>,
}

impl Server {
    /// Does not look for the server, not even by name.
    ///
    /// # Errors
    ///
    /// The URL is not one.
    pub(super) fn new(config: &MongodbConfig) -> Result<Self, StoreError> {
        ConnectionString::parse(config.url.expose())
            .map_err(|_| StoreError(MongoError::Url.into()))?;
        Ok(Self {
            config: config.clone(),
            database: OnceCell::new(),
            counts: Arc::default(),
            #[cfg(test)]
            watcher: None,
        })
    }

    /// How its connections are used.
    pub(super) fn connections(&self) -> Connections {
        self.counts.now(self.config.pool)
    }

    /// The one document that fits, or `None`.
    pub(super) async fn find_one(
        &self,
        collection: &str,
        filter: Document,
        projection: Document,
    ) -> Result<Option<Document>, StoreError> {
        self.on(collection, async |documents| {
            let found = documents.find_one(filter).projection(projection);
            found.max_time(self.limit()).await
        })
        .await
    }

    pub(super) async fn find(
        &self,
        collection: &str,
        query: Query,
    ) -> Result<Vec<Document>, StoreError> {
        self.on(collection, async |documents| {
            let mut find =
                documents.find(query.filter).projection(query.projection).max_time(self.limit());
            if let Some(sort) = query.sort {
                find = find.sort(sort);
            }
            if let Some(limit) = query.limit {
                find = find.limit(i64::try_from(limit).unwrap_or(i64::MAX));
            }
            if let Some(hint) = query.hint {
                find = find.hint(Hint::Name(hint.to_owned()));
            }
            all(find.await?).await
        })
        .await
    }

    /// How many fit, counted up to `limit`.
    pub(super) async fn count(
        &self,
        collection: &str,
        filter: Document,
        limit: Option<u64>,
    ) -> Result<u64, StoreError> {
        self.on(collection, async |documents| {
            let mut count = documents.count_documents(filter).max_time(self.limit());
            if let Some(limit) = limit {
                count = count.limit(limit);
            }
            count.await
        })
        .await
    }

    /// Changes the one document that fits, which `filter` names by its `_id`.
    /// Returns whether there was one.
    ///
    /// If the connection is lost on the way, the mark that the change leaves tells
    /// whether it was made, and if not it is tried once more. The driver could do
    /// that too, but not with a `maxTimeMS`, and not on a stand-alone server.
    pub(super) async fn change(
        &self,
        collection: &str,
        filter: Document,
        change: impl Into<Bson>,
    ) -> Result<bool, StoreError> {
        let mark = ObjectId::new();
        let command = update(collection, filter.clone(), marked(change.into(), mark), Reach::One);
        match self.write(command.clone()).await {
            Err(error) if is_lost(&error) => {}
            done => return Ok(done?.count > 0),
        }
        let ours = doc! { "_id": filter.get("_id").cloned(), MARK: mark };
        if self.find_one(collection, ours, doc! { "_id": 1 }).await?.is_some() {
            return Ok(true);
        }
        Ok(self.write(command).await?.count > 0)
    }

    /// Changes the one document that fits, or makes it. `false` if there is one
    /// with its `_id` that does not fit. Doing it twice must be no harm.
    pub(super) async fn put(
        &self,
        collection: &str,
        filter: Document,
        change: Document,
    ) -> Result<bool, StoreError> {
        let command = update(collection, filter, change.into(), Reach::OneOrNew);
        Ok(!self.write_twice(command).await?.is_taken)
    }

    /// Adds those of `added` whose `_id` is not there yet. Returns how many.
    pub(super) async fn add_all(
        &self,
        collection: &str,
        added: Vec<Document>,
    ) -> Result<u64, StoreError> {
        let command = doc! { "insert": collection, "documents": added, "ordered": false };
        Ok(self.write_twice(command).await?.count)
    }

    /// Changes all documents that fit, each by itself, and leaves `mark` in them.
    /// Returns how many.
    pub(super) async fn change_all(
        &self,
        collection: &str,
        filter: Document,
        change: Document,
        mark: ObjectId,
    ) -> Result<u64, StoreError> {
        let change = marked(change.into(), mark);
        Ok(self.write(update(collection, filter, change, Reach::All)).await?.count)
    }

    /// Removes all documents that fit. Returns how many.
    pub(super) async fn remove_all(
        &self,
        collection: &str,
        filter: Document,
    ) -> Result<u64, StoreError> {
        let removal = doc! { "q": filter, "limit": 0 };
        let command = doc! { "delete": collection, "deletes": [removal] };
        Ok(self.write_twice(command).await?.count)
    }

    pub(super) async fn aggregate(
        &self,
        collection: &str,
        stages: Vec<Document>,
    ) -> Result<Vec<Document>, StoreError> {
        self.on(collection, async |documents| {
            all(documents.aggregate(stages).max_time(self.limit()).await?).await
        })
        .await
    }

    /// None if the collection is not there yet.
    pub(super) async fn list_indexes(
        &self,
        collection: &str,
    ) -> Result<Vec<IndexModel>, StoreError> {
        let found = self.on(collection, async |documents| {
            all(documents.list_indexes().max_time(self.limit()).await?).await
        });
        match found.await {
            Err(error) if has_code(&error, NAMESPACE_NOT_FOUND) => Ok(Vec::new()),
            found => found,
        }
    }

    pub(super) async fn create_indexes(
        &self,
        collection: &str,
        indexes: Vec<IndexModel>,
    ) -> Result<(), StoreError> {
        self.on(collection, async |documents| {
            documents.create_indexes(indexes).max_time(self.limit()).await.map(|_| ())
        })
        .await
    }

    /// Runs a command that only reads.
    pub(super) async fn command(&self, mut command: Document) -> Result<Document, StoreError> {
        command.insert("maxTimeMS", self.max_time_ms());
        self.bounded(async |database| database.run_command(command).await).await
    }

    /// A write that may be done twice.
    async fn write_twice(&self, command: Document) -> Result<Written, StoreError> {
        match self.write(command.clone()).await {
            Err(error) if is_lost(&error) => self.write(command).await,
            done => done,
        }
    }

    /// The driver gives no `maxTimeMS` to writes, so they are written out. Of what
    /// the server says about single documents only a taken `_id` is let pass.
    async fn write(&self, mut command: Document) -> Result<Written, StoreError> {
        command.insert("writeConcern", doc! { "w": "majority", "j": true });
        let answer = self.command(command).await?;
        Written::of(&answer).map_err(StoreError)
    }

    async fn on<T>(
        &self,
        collection: &str,
        operation: impl AsyncFnOnce(Collection<Document>) -> Result<T, mongodb::error::Error>,
    ) -> Result<T, StoreError> {
        self.bounded(async |database| operation(database.collection(collection)).await).await
    }

    /// What is given up here may still be done by the server; it may be repeated.
    async fn bounded<T>(
        &self,
        operation: impl AsyncFnOnce(&Database) -> Result<T, mongodb::error::Error>,
    ) -> Result<T, StoreError> {
        let limit = self.limit() + GRACE;
        let answer = tokio::time::timeout(limit, async {
            operation(self.database.get_or_try_init(|| self.connect()).await?).await
        });
        match answer.await {
            Ok(Ok(it)) => Ok(it),
            Ok(Err(error)) => {
                Err(StoreError(MongoError::of(&error, self.config.url.expose()).into()))
            }
            Err(_) => Err(StoreError(MongoError::Late(limit).into())),
        }
    }

    /// Looks up the names of the servers, if the URL is of the `mongodb+srv` kind;
    /// does not wait for any of them.
    async fn connect(&self) -> Result<Database, mongodb::error::Error> {
        let config = &self.config;
        let mut options = ClientOptions::parse(config.url.expose()).await?;
        options.app_name = Some("recap".to_owned());
        options.max_pool_size = Some(config.pool);
        options.min_pool_size = Some(0);
        options.max_idle_time = Some(config.idle_timeout());
        options.connect_timeout = Some(config.connect_timeout());
        options.server_selection_timeout = Some(config.connect_timeout());
        options.cmap_event_handler = Some(self.counts.handler());
        options.selection_criteria =
            Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
        options.write_concern =
            Some(WriteConcern::builder().w(Acknowledgment::Majority).journal(true).build());
        #[cfg(test)]
        {
            options.command_event_handler.clone_from(&self.watcher);
        }
        let name = options.default_database.clone().unwrap_or_else(|| config.database.clone());
        Ok(Client::with_options(options)?.database(&name))
    }

    fn limit(&self) -> Duration {
        self.config.operation_timeout()
    }

    fn max_time_ms(&self) -> i64 {
        i64::try_from(self.limit().as_millis()).unwrap_or(i64::MAX)
    }
}

async fn all<T>(mut cursor: Cursor<T>) -> Result<Vec<T>, mongodb::error::Error>
where
    T: serde::de::DeserializeOwned,
{
    let mut found = Vec::new();
    while cursor.advance().await? {
        found.push(cursor.deserialize_current()?);
    }
    Ok(found)
}
