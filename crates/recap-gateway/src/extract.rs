//! How a request becomes values: parsed once, checked, or refused with the
//! place of what is wrong.

mod body;
mod caller;
mod id;
mod query;
mod submitted;
mod wishes;

pub(crate) use self::body::Body;
pub(crate) use self::caller::Caller;
pub(crate) use self::id::{BatchId, Id, JobPath, Named};
pub(crate) use self::query::{Fields, FromQuery, NoParams, Params};
pub(crate) use self::submitted::{Submit, Submitted};
pub(crate) use self::wishes::Wishes;
