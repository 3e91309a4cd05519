//! A submit: its body, and what its headers wish.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use super::body;
use super::wishes::Wishes;
use crate::context::{Context, Rules};
use crate::error::{ApiError, ApiResult};

/// A request for work, read and checked for its form.
pub(crate) struct Submitted<T> {
    pub(crate) body: T,
    pub(crate) wishes: Wishes,
}

/// The body of a request for work.
pub(crate) trait Submit: DeserializeOwned + 'static {
    /// A field that makes the body larger than others may be.
    const LARGE: Option<&'static str> = None;

    /// Whether it has that field.
    fn is_large(&self) -> bool {
        false
    }
}

impl<T: Submit> FromRequest for Submitted<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, ApiResult<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let cx = request.app_data::<web::Data<Context>>().expect("`serve` puts it there");
        let rules = cx.rules;
        let limit =
            if T::LARGE.is_some() { rules.max_transcript_bytes } else { rules.max_body_bytes };
        let limit = limit.max(rules.max_body_bytes);
        let head = body::check_head(request.headers(), limit);
        let wishes = Wishes::of(request);
        let payload = payload.take();
        async move {
            head?;
            let mut wishes = wishes?;
            let bytes = body::read(payload, limit, rules.body_timeout).await?;
            let body = parse(&bytes, &rules)?;
            wishes.note_body(&bytes);
            Ok(Self { body, wishes })
        }
        .boxed_local()
    }
}

/// What is larger than other bodies has to be so for a reason.
fn parse<T: Submit>(bytes: &[u8], rules: &Rules) -> ApiResult<T> {
    let large = bytes.len() > rules.max_body_bytes;
    let named = |field: &str| {
        let quoted = format!("\"{field}\"");
        bytes.windows(quoted.len()).any(|it| it == quoted.as_bytes())
    };
    if large && !T::LARGE.is_some_and(named) {
        return Err(body::too_large(rules.max_body_bytes));
    }
    let parsed: T = body::parse(bytes)?;
    if large && !parsed.is_large() {
        return Err(body::too_large(rules.max_body_bytes));
    }
    Ok(parsed)
}
