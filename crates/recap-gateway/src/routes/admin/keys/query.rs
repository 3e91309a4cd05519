//! What may be asked of keys.

use utoipa::IntoParams;

use crate::extract::{Fields, FromQuery};

const DEFAULT_LIMIT: usize = 100;
const MAX_LIMIT: usize = 1000;

/// How many keys a list shows.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListKeys {
    /// Most keys in the answer.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 1000, default = 100)]
    pub(super) limit: usize,
}

impl FromQuery for ListKeys {
    fn from_query(fields: &mut Fields) -> Self {
        let limit = |it: &str| it.parse().ok().filter(|it| (1..=MAX_LIMIT).contains(it));
        let limit = fields.take_with("limit", "a number from 1 to 1000", limit);
        Self { limit: limit.unwrap_or(DEFAULT_LIMIT) }
    }
}
