//! What a request that got no answer died of.

use std::error::Error;

use recap_core::webhook::AttemptError;
use recap_telemetry::http::is_tls;

use crate::resolve::AddressRefused;

pub(crate) fn attempt_error(error: &reqwest::Error) -> AttemptError {
    let refused = causes(error).any(<dyn Error>::is::<AddressRefused>);
    match () {
        () if refused => AttemptError::AddressRefused,
        () if error.is_timeout() => AttemptError::Timeout,
        () if error.is_dns() => AttemptError::Dns,
        () if is_tls(error) => AttemptError::Tls,
        () => AttemptError::Connection,
    }
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(Some(error as &(dyn Error + 'static)), |it| (*it).source())
}
