//! Which addresses may be connected to. Pure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// What is not public, or public in name only.
const REFUSED_V4: [Ipv4Net; 16] = [
    v4([0, 0, 0, 0], 8),        // this network
    v4([10, 0, 0, 0], 8),       // private
    v4([100, 64, 0, 0], 10),    // behind a carrier's NAT; metadata at Alibaba
    v4([127, 0, 0, 0], 8),      // loopback
    v4([168, 63, 129, 16], 32), // the host's agent at Azure, on a number like any other
    v4([169, 254, 0, 0], 16),   // link-local; metadata at most clouds
    v4([172, 16, 0, 0], 12),    // private
    v4([192, 0, 0, 0], 24),     // protocol assignments; metadata at Oracle
    v4([192, 0, 2, 0], 24),     // documentation
    v4([192, 88, 99, 0], 24),   // relays of 6to4
    v4([192, 168, 0, 0], 16),   // private
    v4([198, 18, 0, 0], 15),    // benchmarks
    v4([198, 51, 100, 0], 24),  // documentation
    v4([203, 0, 113, 0], 24),   // documentation
    v4([224, 0, 0, 0], 4),      // multicast
    v4([240, 0, 0, 0], 4),      // reserved, and broadcast
];

/// All that has ever been given out for the internet. What lies outside is
/// loopback, link-local, site-local, unique-local, multicast, discard-only,
/// translated to IPv4 (`64:ff9b::/96`, `64:ff9b:1::/48`), compatible with it
/// (`::/96`), for segment routing (`5f00::/16`), or nothing yet.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0], 3);

/// What is not public in there.
const REFUSED_V6: [Ipv6Net; 4] = [
    v6([0x2001, 0, 0], 23), // protocol assignments; Teredo, which hides an IPv4 address
    v6([0x2001, 0xdb8, 0], 32), // documentation
    v6([0x2002, 0, 0], 16), // 6to4, which hides an IPv4 address
    v6([0x3fff, 0, 0], 20), // documentation
];

const fn v4([a, b, c, d]: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6([a, b, c]: [u16; 3], prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix)
}

/// Where messages may go.
#[derive(Clone, Debug)]
pub struct AddressRules {
    /// Networks that the operator listed, public or not.
    listed: Vec<IpNet>,
    pub(super) allow_http: bool,
}

impl AddressRules {
    pub fn new(listed: Vec<IpNet>, allow_http: bool) -> Self {
        Self { listed, allow_http }
    }

    /// Whether a message may go to `address`: it is public, or listed.
    pub fn allows(&self, address: IpAddr) -> bool {
        self.lists(address) || is_public(address)
    }

    /// Whether the operator listed `address`.
    pub fn lists(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.listed.iter().any(|it| it.contains(&address))
    }

    /// Whether the operator listed anything; then a name that looks private may
    /// well lead there.
    pub fn lists_any(&self) -> bool {
        !self.listed.is_empty()
    }
}

/// Whether `address` is one of the internet. `::ffff:10.0.0.1` is `10.0.0.1`.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(it) => !REFUSED_V4.iter().any(|net| net.contains(&it)),
        IpAddr::V6(it) => {
            GLOBAL_V6.contains(&it) && !REFUSED_V6.iter().any(|net| net.contains(&it))
        }
    }
}
