//! What every submit takes and says in headers.

use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Required};

use super::header;

const TAKEN: [(&str, &str); 3] = [
    (
        "idempotency-key",
        "1 to 255 visible ASCII characters. The same request with the same key within 24 hours \
         makes no second job and gets the same answer, with `Idempotency-Replayed: true`.",
    ),
    ("prefer", "`wait=n`: wait up to n seconds, 1 to 60, for the job, or all of a batch, to end."),
    (
        "cancel-after",
        "`90s`, `10m`, `2h`: the job, and those of a batch, expire then if they have not ended.",
    ),
];

const SAID: [(&str, &str); 3] = [
    ("location", "Path of the job or batch."),
    ("preference-applied", "`wait=n`, if it was preferred."),
    ("idempotency-replayed", "`true` if it was answered before."),
];

/// Adds them to an operation.
pub(super) fn describe(operation: &mut Operation) {
    operation.parameters.get_or_insert_default().extend(TAKEN.map(|it| parameter(it).into()));
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        if matches!(status.as_str(), "200" | "202") {
            for (name, description) in SAID {
                response.headers.insert(name.to_owned(), header::text(description).into());
            }
        }
        if status == "202" {
            let wait = header::seconds(0, "Seconds until the job or batch is worth asking for.");
            response.headers.insert("retry-after".to_owned(), wait.into());
        }
    }
}

fn parameter((name, description): (&str, &str)) -> Parameter {
    let schema =
        ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null])).build();
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema))
        .build()
}
