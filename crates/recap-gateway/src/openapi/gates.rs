//! What every endpoint asks of its caller, as it was registered.

use recap_core::ErrorCode;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{OpenApi, RefOr};

use super::{header, submits};
use crate::access::{Access, Class};
use crate::routes::{Listed, listed};

/// The ways to prove who one is; both are sent as `Authorization: Bearer`.
const API_KEY: &str = "api_key";
const TOKEN: &str = "token";

/// All endpoints as they were registered.
pub(super) struct Gates(Vec<Listed>);

impl Gates {
    pub(super) fn new() -> Self {
        Self(listed())
    }

    fn find(&self, path: &str, method: &str) -> Option<&Listed> {
        self.0.iter().find(|it| it.path == path && it.method == method)
    }

    /// What may be said before the handler is asked.
    pub(super) fn problems(&self, path: &str, method: &str) -> &'static [ErrorCode] {
        use ErrorCode as Code;
        match self.find(path, method).map(|it| it.access) {
            Some(Access::Scope(_)) => {
                &[Code::Unauthorized, Code::Forbidden, Code::HostRefused, Code::RateLimited]
            }
            // While there are no keys.
            Some(Access::Open) => &[Code::HostRefused, Code::Forbidden],
            None => &[],
        }
    }

    /// Says which scope is needed, and what is said of the caller's limits.
    pub(super) fn describe(&self, path: &str, method: &str, operation: &mut Operation) {
        let Some(Listed { access: Access::Scope(scope), class, .. }) = self.find(path, method)
        else {
            return;
        };
        let ways = [API_KEY, TOKEN].map(|it| SecurityRequirement::new(it, [scope.to_string()]));
        operation.security = Some(ways.into());
        if *class == Class::Submit {
            submits::describe(operation);
        }
        for (status, response) in &mut operation.responses.responses {
            let RefOr::T(response) = response else { continue };
            if matches!(status.as_str(), "401" | "403") {
                let challenge = header::text("`Bearer`, and what is wrong with what was sent.");
                response.headers.insert("www-authenticate".to_owned(), challenge.into());
            }
            if *class != Class::Free && (status.starts_with('2') || status == "429") {
                let policy = header::text("The limits that apply: `\"submit\";q=10;w=60`.");
                let left = header::text("What is left of each: `\"submit\";r=7;t=18`.");
                response.headers.insert("ratelimit-policy".to_owned(), policy.into());
                response.headers.insert("ratelimit".to_owned(), left.into());
            }
        }
    }
}

/// Adds the ways to prove who one is.
pub(super) fn add_scheme(document: &mut OpenApi) {
    let key = "An API key, `rk_…`, with the scopes it was made with. A server without keys asks \
               nobody, and serves its own machine only.";
    let token = "A JSON web token, where they are taken (`auth.jwt_secret` or \
                 `auth.jwks_url` of the settings), with its scopes in `scope`.";
    let bearer = || HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
    let key = bearer().bearer_format("rk_…").description(Some(key)).build();
    let token = bearer().bearer_format("JWT").description(Some(token)).build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(API_KEY, SecurityScheme::Http(key));
    components.add_security_scheme(TOKEN, SecurityScheme::Http(token));
}
