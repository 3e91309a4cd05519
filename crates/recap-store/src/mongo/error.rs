//! What the driver says when something goes wrong.

use std::time::Duration;

use mongodb::bson::Document;
use mongodb::error::{ErrorKind, WriteFailure};
use recap_core::ports::StoreError;

use super::document::number;

/// E11000: somebody else was first.
pub(super) const DUPLICATE_KEY: i32 = 11_000;

/// The collection is not there yet.
pub(super) const NAMESPACE_NOT_FOUND: i32 = 26;

/// The server has stopped being the primary, or is about to end.
const NOT_PRIMARY: [i32; 6] = [91, 189, 10_107, 11_600, 11_602, 13_435];

/// What went wrong, in the driver's words but for what is secret in them.
#[derive(Debug, thiserror::Error)]
pub(super) enum MongoError {
    #[error(
        "mongodb.url is not a connection string; write it as mongodb://user:password@host:27017 \
         with special characters of user and password percent-encoded"
    )]
    Url,
    #[error("MongoDB did not answer within {} s", .0.as_secs())]
    Late(Duration),
    #[error("MongoDB: {message}")]
    Driver {
        message: String,
        code: Option<i32>,
        /// The connection, or the server's part as the primary, was lost on the
        /// way: what was asked for may have been done.
        is_lost: bool,
    },
}

impl MongoError {
    /// Without anything that `url` says about who we are.
    pub(super) fn of(error: &mongodb::error::Error, url: &str) -> Self {
        let mut message = error.kind.to_string();
        let login = url.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@'));
        for secret in login.into_iter().flat_map(|(login, _)| login.split(':')) {
            if !secret.is_empty() {
                message = message.replace(secret, "***");
            }
        }
        let code = match &*error.kind {
            ErrorKind::Command(error) => Some(error.code),
            ErrorKind::Write(WriteFailure::WriteError(error)) => Some(error.code),
            _ => None,
        };
        let kind = &*error.kind;
        let is_lost = matches!(kind, ErrorKind::Io(_) | ErrorKind::ConnectionPoolCleared { .. });
        Self::Driver { message, code, is_lost: is_lost || is_not_primary(code) }
    }

    /// Of what the server says about one document, or about its copies.
    pub(super) fn of_document(error: &Document) -> Self {
        let message = error.get_str("errmsg").unwrap_or("a write failed").to_owned();
        let code = code_of(error);
        Self::Driver { message, code, is_lost: is_not_primary(code) }
    }
}

pub(super) fn code_of(error: &Document) -> Option<i32> {
    number(error, "code").ok().and_then(|it| i32::try_from(it).ok())
}

fn is_not_primary(code: Option<i32>) -> bool {
    code.is_some_and(|it| NOT_PRIMARY.contains(&it))
}

pub(super) fn is_lost(error: &StoreError) -> bool {
    matches!(error.0.downcast_ref(), Some(MongoError::Driver { is_lost: true, .. }))
}

pub(super) fn has_code(error: &StoreError, code: i32) -> bool {
    matches!(error.0.downcast_ref(), Some(MongoError::Driver { code: Some(it), .. }) if *it == code)
}
