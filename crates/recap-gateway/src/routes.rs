//! The endpoints, one file per resource.

pub(crate) mod admin;
pub(crate) mod batches;
pub(crate) mod cache;
pub(crate) mod cancel;
pub(crate) mod delete;
pub(crate) mod deliveries;
pub(crate) mod docs;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod jobs;
pub(crate) mod limits;
pub(crate) mod metrics;
pub(crate) mod products;
pub(crate) mod retry;
pub(crate) mod show;
pub(crate) mod spec;
mod submit;
pub(crate) mod summaries;
pub(crate) mod transcripts;
pub(crate) mod videos;
pub(crate) mod webhooks;

use actix_web::dev::{AppService, HttpServiceFactory, ServiceRequest};
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::middleware::from_fn;
use actix_web::{
    FromRequest, Handler, HttpMessage as _, HttpRequest, Resource, Responder, guard, web,
};
use recap_core::ErrorCode;
use recap_core::key::Scope;

use crate::access::{Access, Class, gate};
use crate::error::ApiError;
use crate::frame::matched;

/// All endpoints; what is none of them is a problem, too.
pub(crate) fn configure(app: &mut web::ServiceConfig) {
    endpoints(app);
    app.default_service(web::to(unknown));
}

/// What every endpoint asks of its caller, for the OpenAPI document.
pub(crate) fn listed() -> Vec<Listed> {
    let mut listed = Vec::new();
    endpoints(&mut listed);
    listed
}

const OPEN: Access = Access::Open;
const READ: Access = Access::Scope(Scope::Read);
const SUBMIT: Access = Access::Scope(Scope::Submit);
const ADMIN: Access = Access::Scope(Scope::Admin);

/// Each endpoint with who may use it and what it costs.
fn endpoints(app: &mut impl Router) {
    use Class::{Free, List, Manage, Read, Submit};
    // In the order in which they are tried: first what clients poll.
    app.service(at("/v1/jobs/{id}").get(READ, Read, jobs::find).delete(
        SUBMIT,
        Manage,
        delete::delete,
    ))
    .service(at("/v1/jobs/{id}/summary").get(READ, Read, products::summary))
    .service(at("/v1/summaries").post(SUBMIT, Submit, summaries::create))
    .service(at("/v1/jobs/{id}/events").get(READ, Read, events::events))
    .service(at("/v1/jobs/{id}/transcript").get(READ, Read, products::transcript))
    .service(at("/v1/jobs/{id}/cancel").post(SUBMIT, Manage, cancel::cancel))
    .service(at("/v1/jobs/{id}/retry").post(SUBMIT, Submit, retry::retry))
    .service(at("/v1/jobs").get(READ, List, jobs::list))
    .service(at("/v1/transcripts").post(SUBMIT, Submit, transcripts::create))
    .service(at("/v1/batches").post(SUBMIT, Submit, batches::create))
    .service(at("/v1/batches/{id}").get(READ, List, batches::find))
    .service(at("/v1/videos/{video_id}").get(READ, List, videos::find))
    .service(at("/v1/videos/{video_id}/summaries").get(READ, List, videos::summaries))
    .service(at("/v1/limits").get(READ, Free, limits::find))
    .service(at("/health").get(OPEN, Free, health::health))
    .service(at("/health/live").get(OPEN, Free, health::live))
    .service(at("/health/ready").get(OPEN, Free, health::ready))
    .service(at("/health/pools").get(OPEN, Free, health::pools))
    .service(at("/metrics").get(OPEN, Free, metrics::metrics))
    .service(at("/openapi.json").get(OPEN, Free, spec::openapi))
    .service(at("/docs").get(OPEN, Free, docs::page))
    .service(at("/docs/style.css").get(OPEN, Free, docs::style))
    .service(at("/errors/{code}").get(OPEN, Free, docs::error));
    webhook_endpoints(app);
    admin_endpoints(app);
}

/// Those by which clients are told.
fn webhook_endpoints(app: &mut impl Router) {
    use Class::{List, Manage, Read};
    app.service(at("/v1/webhook-endpoints").post(SUBMIT, Manage, webhooks::create::create).get(
        READ,
        List,
        webhooks::list,
    ))
    .service(
        at("/v1/webhook-endpoints/{id}")
            .get(READ, Read, webhooks::find)
            .patch(SUBMIT, Manage, webhooks::change::change)
            .delete(SUBMIT, Manage, webhooks::delete),
    )
    .service(at("/v1/webhook-endpoints/{id}/rotate-secret").post(
        SUBMIT,
        Manage,
        webhooks::change::rotate,
    ))
    .service(at("/v1/webhook-endpoints/{id}/test").post(SUBMIT, Manage, webhooks::act::test))
    .service(at("/v1/webhook-endpoints/{id}/recover").post(SUBMIT, Manage, webhooks::act::recover))
    .service(at("/v1/webhook-deliveries").get(READ, List, deliveries::list))
    .service(at("/v1/webhook-deliveries/{id}").get(READ, Read, deliveries::find))
    .service(at("/v1/webhook-deliveries/{id}/replay").post(
        SUBMIT,
        Manage,
        deliveries::replay,
    ));
}

/// Those for who runs recap.
fn admin_endpoints(app: &mut impl Router) {
    use Class::{List, Manage, Read};
    app.service(at("/v1/cache/{resource_type}/{id}").delete(ADMIN, Manage, cache::invalidate))
        .service(at("/v1/admin/control").get(ADMIN, List, admin::control::find))
        .service(at("/v1/admin/pause").post(ADMIN, Manage, admin::control::pause))
        .service(at("/v1/admin/resume").post(ADMIN, Manage, admin::control::resume))
        .service(at("/v1/admin/drain").post(ADMIN, Manage, admin::control::drain))
        .service(at("/v1/admin/flags").get(ADMIN, Read, admin::flags::find).put(
            ADMIN,
            Manage,
            admin::flags::set,
        ))
        .service(at("/v1/admin/limits").get(ADMIN, Read, admin::limits::find).put(
            ADMIN,
            Manage,
            admin::limits::set,
        ))
        .service(at("/v1/admin/jobs").get(ADMIN, List, admin::jobs::list))
        .service(at("/v1/admin/replay").post(ADMIN, Manage, admin::replay::replay))
        .service(at("/v1/admin/config").get(ADMIN, Read, admin::config::find))
        .service(at("/v1/admin/keys").post(ADMIN, Manage, admin::keys::create).get(
            ADMIN,
            List,
            admin::keys::list,
        ))
        .service(at("/v1/admin/keys/{id}").get(ADMIN, Read, admin::keys::find).delete(
            ADMIN,
            Manage,
            admin::keys::revoke,
        ));
}

/// What endpoints are told to: the server, or a list of them.
trait Router {
    fn service(&mut self, at: At) -> &mut Self;
}

impl Router for web::ServiceConfig {
    fn service(&mut self, at: At) -> &mut Self {
        web::ServiceConfig::service(self, at)
    }
}

impl Router for Vec<Listed> {
    fn service(&mut self, at: At) -> &mut Self {
        self.extend(at.listed);
        self
    }
}

/// An endpoint as it was registered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed {
    pub(crate) path: &'static str,
    /// In upper case.
    pub(crate) method: &'static str,
    pub(crate) access: Access,
    pub(crate) class: Class,
}

/// A path and what may be done there.
struct At {
    path: &'static str,
    resource: Resource,
    allow: Vec<&'static str>,
    listed: Vec<Listed>,
}

fn at(path: &'static str) -> At {
    // What is named in a path is plain ASCII; any other character would make the
    // expressions that actix builds of the paths, with each start, many times as large.
    let plain = path.replace('}', ":[ -.0-~]+}");
    At { path, resource: web::resource(plain), allow: Vec::new(), listed: Vec::new() }
}

impl At {
    /// `HEAD` is answered wherever `GET` is; the server leaves out the body.
    fn get<F, A>(self, access: Access, class: Class, handler: F) -> Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let guard = guard::Any(guard::Get()).or(guard::Head());
        self.on(guard, &["GET", "HEAD"], access, class, handler)
    }

    fn post<F, A>(self, access: Access, class: Class, handler: F) -> Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.on(guard::Post(), &["POST"], access, class, handler)
    }

    fn put<F, A>(self, access: Access, class: Class, handler: F) -> Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.on(guard::Put(), &["PUT"], access, class, handler)
    }

    fn patch<F, A>(self, access: Access, class: Class, handler: F) -> Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.on(guard::Patch(), &["PATCH"], access, class, handler)
    }

    fn delete<F, A>(self, access: Access, class: Class, handler: F) -> Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.on(guard::Delete(), &["DELETE"], access, class, handler)
    }

    fn on<F, A>(
        mut self,
        guard: impl guard::Guard + 'static,
        methods: &[&'static str],
        access: Access,
        class: Class,
        handler: F,
    ) -> Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let path = self.path;
        let gate = from_fn(move |request: ServiceRequest, next| {
            matched(&request.extensions(), path);
            gate(access, class, request, next)
        });
        let listed = |&method| Listed { path: self.path, method, access, class };
        self.listed.extend(methods.first().map(listed));
        self.allow.extend(methods);
        self.resource = self.resource.route(web::route().guard(guard).to(handler).wrap(gate));
        self
    }
}

impl HttpServiceFactory for At {
    /// Methods that are not there are told which ones are.
    fn register(self, config: &mut AppService) {
        let allow = self.allow.join(", ");
        let path = self.path;
        let refuse = move |request: HttpRequest| {
            matched(&request.extensions(), path);
            let error = wrong_method(&allow);
            async move { Err::<&str, _>(error) }
        };
        self.resource.default_service(web::to(refuse)).register(config);
    }
}

fn wrong_method(allow: &str) -> ApiError {
    let detail = format!("This endpoint takes {allow}.");
    let allow = HeaderValue::from_str(allow).expect("methods are visible ASCII");
    let mut error = ApiError::new(ErrorCode::MethodNotAllowed, detail);
    error.more().headers.insert(ALLOW, allow);
    error
}

async fn unknown() -> Result<&'static str, ApiError> {
    Err(ApiError::new(ErrorCode::NotFound, "See /openapi.json for the endpoints there are."))
}
