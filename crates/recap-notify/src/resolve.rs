//! From a name to addresses that may be connected to.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures::future::BoxFuture;
use recap_core::webhook::AddressRules;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Looks a name up.
pub type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// Asks whom the system asks.
pub fn system_lookup() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|it| it.ip()).collect())
        })
    })
}

/// A name has an address that must not be connected to.
#[derive(Debug, thiserror::Error)]
#[error("the name has an address that messages must not be sent to")]
pub(crate) struct AddressRefused;

/// Stands between a client and the network: what it answers is what is connected
/// to, so a name that changes its address between two questions gains nothing.
///
/// A host that is an address in the URL never comes here; hyper-util connects to
/// it at once. It cannot change either, so checking the URL just before it is
/// sent to is as good.
pub(crate) struct Resolver {
    pub(crate) rules: Arc<AddressRules>,
    /// Public addresses are refused as well.
    pub(crate) listed_only: bool,
    pub(crate) lookup: Lookup,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let found = (self.lookup)(name.as_str().to_owned());
        let (rules, listed_only) = (self.rules.clone(), self.listed_only);
        Box::pin(async move {
            let found = found.await?;
            if found.is_empty() {
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            let right =
                |it: &IpAddr| if listed_only { rules.lists(*it) } else { rules.allows(*it) };
            // One wrong address spoils the answer: a name that mixes them is up to
            // no good, or its owner would not know which of them is used.
            if !found.iter().all(right) {
                return Err(AddressRefused.into());
            }
            // The port is that of the URL.
            let addresses = found.into_iter().map(|it| SocketAddr::new(it.to_canonical(), 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}
