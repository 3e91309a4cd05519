//! Query parameters, each read by name, all problems told at once.

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use crate::error::{ApiError, FieldError};

/// The query of a request.
pub(crate) struct Params<T>(pub(crate) T);

/// What can be read from a query.
pub(crate) trait FromQuery: Sized {
    /// Takes each parameter it knows; [`Fields`] notes what is wrong.
    fn from_query(fields: &mut Fields) -> Self;
}

impl<T: FromQuery + 'static> FromRequest for Params<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Self))
    }
}

fn parse<T: FromQuery>(query: &str) -> Result<T, ApiError> {
    let Ok(pairs) = web::Query::<Vec<(String, String)>>::from_query(query) else {
        return Err(ApiError::invalid(vec![FieldError::new("?", "is not a query string")]));
    };
    let mut fields = Fields { pairs: pairs.into_inner(), known: Vec::new(), errors: Vec::new() };
    let value = T::from_query(&mut fields);
    fields.refuse_the_rest();
    if fields.errors.is_empty() { Ok(value) } else { Err(ApiError::invalid(fields.errors)) }
}

/// Parameters that have not been read yet.
pub(crate) struct Fields {
    pairs: Vec<(String, String)>,
    known: Vec<&'static str>,
    errors: Vec<FieldError>,
}

impl Fields {
    /// The parameter called `name` if it is there; `allowed` completes
    /// "must be …" when it cannot be read.
    pub(crate) fn take<T: FromStr>(&mut self, name: &'static str, allowed: &str) -> Option<T> {
        self.take_with(name, allowed, |it| it.parse().ok())
    }

    /// As [`Fields::take`], read by `read`.
    pub(crate) fn take_with<T>(
        &mut self,
        name: &'static str,
        allowed: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        self.known.push(name);
        let index = self.pairs.iter().position(|(it, _)| it == name)?;
        let (_, text) = self.pairs.remove(index);
        let value = read(&text);
        if value.is_none() {
            self.refuse(name, format!("must be {allowed}"));
        }
        value
    }

    fn refuse(&mut self, name: &str, detail: impl Into<String>) {
        let name: String = name.chars().take(32).collect();
        self.errors.push(FieldError::new(format!("?{name}"), detail));
    }

    /// A misspelt parameter must not be ignored: the answer would look right.
    fn refuse_the_rest(&mut self) {
        let rest = std::mem::take(&mut self.pairs);
        let Some((name, _)) = rest.first() else { return };
        let detail = if self.known.contains(&name.as_str()) {
            "may be given once only".to_owned()
        } else if self.known.is_empty() {
            "is not known here; there are no parameters".to_owned()
        } else {
            format!("is not known here; the parameters are {}", self.known.join(", "))
        };
        self.refuse(name, detail);
    }
}

/// For endpoints without parameters.
pub(crate) struct NoParams;

impl FromQuery for NoParams {
    fn from_query(_fields: &mut Fields) -> Self {
        Self
    }
}
