//! Who may do what: every route names the scope it needs and the budget it costs
//! when it is registered, and no handler is reached without.

mod attend;
mod bearer;
mod callers;
mod hosts;
mod jwt;
mod keys;
mod mode;
mod refusal;
mod uses;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};
use recap_core::job::Owner;
use recap_core::key::{KeyId, Scope};

pub(crate) use self::attend::{OPEN, attend};
pub(crate) use self::callers::Callers;
use crate::context::Context;
use crate::error::ApiResult;
use crate::limit::Charge;

/// What a route asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anyone, without being asked who: health, metrics, documents.
    Open,
    /// A caller with this scope.
    Scope(Scope),
}

/// Which budget a request is taken from: by what it costs us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Class {
    /// None: health, metrics, documents.
    Free,
    /// Asks for work.
    Submit,
    /// Looks at one thing, mostly from memory: what clients poll.
    Read,
    /// Looks through many things.
    List,
    /// Changes something small: cancel, delete, webhooks, keys.
    Manage,
}

/// Who asks, as far as it has been proven.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    pub(crate) owner: Owner,
    /// The key it was proven with.
    pub(crate) key: Option<KeyId>,
    pub(crate) scopes: Vec<Scope>,
    /// Whose budgets its requests are taken from: its key, its owner if it has a
    /// token, or its address.
    pub(crate) client: String,
    /// Instead of `limits.submits_per_minute`.
    pub(crate) submits_per_minute: Option<u32>,
    pub(crate) submits_per_day: Option<u32>,
}

/// Lets a request through to its handler, or says why not. What it was charged is
/// told with every answer, also with a refusal by the handler.
pub(crate) async fn gate(
    access: Access,
    class: Class,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let cx = request.app_data::<web::Data<Context>>().expect("`serve` puts it there").clone();
    let charge = match admit(&cx, access, class, &request).await {
        Ok(charge) => charge,
        Err(error) => return Ok(request.error_response(error)),
    };
    let mut answer = next.call(request).await?;
    charge.mark(answer.headers_mut());
    Ok(answer)
}

async fn admit(
    cx: &Context,
    access: Access,
    class: Class,
    request: &ServiceRequest,
) -> ApiResult<Charge> {
    let Access::Scope(scope) = access else {
        cx.callers.check_host(request)?;
        return Ok(Charge::none());
    };
    let who = cx.callers.identify(cx, request).await?;
    if !who.scopes.contains(&scope) {
        return Err(refusal::lacking(scope));
    }
    let charge = cx.limiter.charge(class, &who).await;
    if !charge.granted {
        return Err(charge.refusal());
    }
    request.extensions_mut().insert(who);
    Ok(charge)
}
