//! Headers of answers, as the document describes them.

use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Header, HeaderBuilder};

pub(super) fn text(description: &str) -> Header {
    header(ObjectBuilder::new().schema_type(Type::String), description)
}

/// At least `least`.
pub(super) fn seconds(least: u32, description: &str) -> Header {
    header(ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(least)), description)
}

fn header(schema: ObjectBuilder, description: &str) -> Header {
    HeaderBuilder::new().schema(Some(schema.build())).description(Some(description)).build()
}
