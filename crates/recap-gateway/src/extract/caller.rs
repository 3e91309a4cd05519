//! Who asks.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::IpAddr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use recap_core::job::Owner;

/// The owner of what is submitted: the address at the other end of the
/// connection. What a client says of itself counts for nothing.
pub(crate) struct Caller(pub(crate) Owner);

impl FromRequest for Caller {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let address = request.peer_addr().map(|it| it.ip());
        ready(Ok(Self(address.map_or_else(Owner::default, owner))))
    }
}

/// The same for an address however it is written: a socket for IPv6 sees those
/// of IPv4 as mapped ones.
fn owner(address: IpAddr) -> Owner {
    Owner::new(format!("address:{}", address.to_canonical()))
}

#[cfg(test)]
mod tests {
    use super::owner;

    #[track_caller]
    fn check(address: &str, expected: &str) {
        assert_eq!(owner(address.parse().unwrap()).as_str(), expected);
    }

    #[test]
    fn an_address_is_one_owner() {
        check("192.0.2.7", "address:192.0.2.7");
        check("::ffff:192.0.2.7", "address:192.0.2.7");
        check("2001:db8::7", "address:2001:db8::7");
        check("2001:0db8:0000::7", "address:2001:db8::7");
    }
}
