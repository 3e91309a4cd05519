//! How a request becomes values: parsed once, checked, or refused with the
//! place of what is wrong.

mod body;
mod caller;
mod id;
mod query;

pub(crate) use self::body::Body;
pub(crate) use self::caller::Caller;
pub(crate) use self::id::JobPath;
pub(crate) use self::query::{Fields, FromQuery, NoParams, Params};
