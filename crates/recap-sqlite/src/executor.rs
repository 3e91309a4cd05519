//! A pool as what carries out statements, like a connection.

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, TryStreamExt as _};
use sqlx::sqlite::{SqliteQueryResult, SqliteRow, SqliteStatement, SqliteTypeInfo};
use sqlx::{Describe, Either, Error, Execute, Executor, SqlStr, Sqlite};

use crate::Pool;

/// Each statement on a connection of its own. The rows of one are few, and are read
/// to the end before the first of them is passed on.
impl<'p> Executor<'p> for &'p Pool {
    type Database = Sqlite;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<SqliteQueryResult, SqliteRow>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Sqlite>,
    {
        let all = async move {
            let mut lent = self.acquire().await?;
            let all = lent.fetch_many(query).try_collect::<Vec<_>>().await;
            Ok::<_, Error>(stream::iter(lent.noted(all)?.into_iter().map(Ok)))
        };
        Box::pin(stream::once(all).try_flatten())
    }

    fn fetch_optional<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, Result<Option<SqliteRow>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Sqlite>,
    {
        Box::pin(async move {
            let mut lent = self.acquire().await?;
            let row = lent.fetch_optional(query).await;
            lent.noted(row)
        })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [SqliteTypeInfo],
    ) -> BoxFuture<'e, Result<SqliteStatement, Error>>
    where
        'p: 'e,
    {
        Box::pin(async move {
            let mut lent = self.acquire().await?;
            let statement = lent.prepare_with(sql, parameters).await;
            lent.noted(statement)
        })
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Sqlite>, Error>>
    where
        'p: 'e,
    {
        Box::pin(async move {
            let mut lent = self.acquire().await?;
            let described = lent.describe(sql).await;
            lent.noted(described)
        })
    }
}
