//! What a caller proves itself with.

use actix_web::http::header::{AUTHORIZATION, HeaderMap};

/// What is said in `Authorization`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bearer<'a> {
    /// Nothing.
    Missing,
    /// Something that is not one bearer token.
    Unreadable,
    Token(&'a str),
}

impl<'a> Bearer<'a> {
    pub(super) fn of(headers: &'a HeaderMap) -> Self {
        let mut lines = headers.get_all(AUTHORIZATION);
        let (Some(line), None) = (lines.next(), lines.next()) else {
            let missing = !headers.contains_key(AUTHORIZATION);
            return if missing { Self::Missing } else { Self::Unreadable };
        };
        let words = line.to_str().ok().and_then(|it| it.trim().split_once(' '));
        match words.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) {
            Some((_, token)) => Self::Token(token.trim()),
            None => Self::Unreadable,
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[track_caller]
    fn check(lines: &[&str], expected: Bearer<'_>) {
        let mut request = TestRequest::get();
        for line in lines {
            request = request.append_header((AUTHORIZATION, *line));
        }
        assert_eq!(Bearer::of(request.to_srv_request().headers()), expected, "{lines:?}");
    }

    #[test]
    fn one_bearer_token_is_read() {
        check(&[], Bearer::Missing);
        check(&["Bearer abc"], Bearer::Token("abc"));
        check(&["bearer  abc "], Bearer::Token("abc"));
        check(&["Bearer abc", "Bearer abc"], Bearer::Unreadable);
        check(&["Basic abc"], Bearer::Unreadable);
        check(&["abc"], Bearer::Unreadable);
        check(&[""], Bearer::Unreadable);
    }
}
