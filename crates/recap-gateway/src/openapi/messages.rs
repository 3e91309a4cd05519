//! What recap sends: the `webhooks` of the document, one for each event.

use recap_core::webhook::{
    Disabled, EndpointData, EndpointId, EventType, JobData, Message, TestData, job_event,
};
use serde_json::{Value, json};
use strum::VariantArray as _;
use utoipa::openapi::path::{
    HttpMethod, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{
    Content, OpenApi, PathsBuilder, Ref, RefOr, Required, ResponseBuilder, Schema,
};
use utoipa::{ToSchema, schema};

use super::example;

/// Adds the events, and the bodies that tell of them.
pub(super) fn add(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    let mut schemas = Vec::new();
    let job = message::<JobData>(&mut schemas);
    let endpoint = message::<EndpointData>(&mut schemas);
    let test = message::<TestData>(&mut schemas);
    components.schemas.extend(schemas);
    let mut paths = PathsBuilder::new();
    for &event in EventType::VARIANTS {
        let schema = match event {
            EventType::EndpointDisabled => &endpoint,
            EventType::WebhookTest => &test,
            _ => &job,
        };
        paths = paths.path(event.to_string(), item(event, schema));
    }
    document.webhooks = Some(paths.build());
}

/// The name of the schema of a message with this data, which is added to `schemas`.
fn message<T: ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) -> String
where
    Message<T>: ToSchema,
{
    let name = format!("{}Message", T::name().trim_end_matches("Data"));
    schemas.push((
        T::name().into_owned(),
        schema!(
            #[inline]
            T
        ),
    ));
    T::schemas(schemas);
    schemas.push((name.clone(), schema!(#[inline] Message<T>)));
    Message::<T>::schemas(schemas);
    name
}

fn item(event: EventType, schema: &str) -> PathItem {
    let content = Content::builder()
        .schema(Some(Ref::from_schema_name(schema)))
        .example(Some(example(event)))
        .build();
    let body = RequestBodyBuilder::new()
        .content("application/json", content)
        .required(Some(Required::True))
        .build();
    let taken = "Any 2xx: it was taken. The body is not read. Answer within \
                 `webhooks.timeout_seconds`, and do the work afterwards.";
    let gone = "Nothing more is sent to this endpoint.";
    let other = "It is sent again later, with the same `webhook-id`; redirects are not followed.";
    let operation = OperationBuilder::new()
        .operation_id(Some(format!("on_{}", event.to_string().replace('.', "_"))))
        .tag("webhooks")
        .summary(Some(summary(event)))
        .description(Some(description(event)))
        .parameters(Some(headers()))
        .request_body(Some(body))
        .response("2XX", ResponseBuilder::new().description(taken))
        .response("410", ResponseBuilder::new().description(gone))
        .response("default", ResponseBuilder::new().description(other));
    PathItem::new(HttpMethod::Post, operation)
}

fn summary(event: EventType) -> &'static str {
    match event {
        EventType::JobStarted => "A worker has begun with a job.",
        EventType::JobProgress => "A job got on.",
        EventType::JobCompleted => "A job has succeeded.",
        EventType::JobFailed => "A job has failed.",
        EventType::JobCanceled => "A job was canceled.",
        EventType::JobExpired => "A job was not done before its time was over.",
        EventType::BatchCompleted => "All jobs of a batch have ended.",
        EventType::EndpointDisabled => "Nothing more is sent to an endpoint.",
        EventType::WebhookTest => "The test that was asked for.",
    }
}

fn description(event: EventType) -> String {
    let sent = match event {
        EventType::WebhookTest => "Sent when `POST /v1/webhook-endpoints/{id}/test` asks for it.",
        EventType::EndpointDisabled => {
            "Sent to the owner's other endpoints when one has failed for \
             `webhooks.disable_after_hours`, or answered 410."
        }
        EventType::JobProgress => {
            "Sent to those who ask for it by name, at most once in \
             `webhooks.progress_seconds`."
        }
        event if event.by_default() => "Sent to whoever names no events.",
        _ => "Sent to those who ask for it by name.",
    };
    format!(
        "{sent} Messages follow Standard Webhooks: verify the signature over \
         `{{webhook-id}}.{{webhook-timestamp}}.{{body}}` before you trust one. One may come twice, \
         and out of order: `webhook-id` and `data.revision` tell."
    )
}

fn headers() -> [Parameter; 3] {
    [
        (
            "webhook-id",
            "Names the message, the same at every attempt.",
            "msg_01JGFJJZ0000000000000000AA",
        ),
        ("webhook-timestamp", "When this attempt was made, in Unix seconds.", "1767268806"),
        (
            "webhook-signature",
            "`v1,` and the HMAC-SHA256 in base64; two of them, with a space between, while a \
             secret is rotated.",
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
    ]
    .map(|(name, description, example)| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some(description))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
            .example(Some(json!(example)))
            .build()
    })
}

/// A message as it would be sent.
fn example(event: EventType) -> Value {
    let job = example::succeeded_job();
    let at = job.completed_at.expect("it has ended");
    let id: EndpointId = "we_01JGFJJZ00000000000000000A".parse().expect("a valid id");
    match event {
        EventType::EndpointDisabled => {
            let url = "https://app.example.org/hooks/recap".to_owned();
            let (reason, failing_since) = (Disabled::Failing, Some(job.created_at));
            value(&Message {
                event,
                timestamp: at,
                data: EndpointData { id, url, reason, failing_since },
            })
        }
        EventType::WebhookTest => {
            value(&Message { event, timestamp: at, data: TestData { endpoint: id } })
        }
        event => serde_json::from_str(&job_event(event, &job, at, "https://recap.example.org"))
            .expect("a message is JSON"),
    }
}

fn value(message: &impl serde::Serialize) -> Value {
    serde_json::to_value(message).expect("a message is plain data")
}
