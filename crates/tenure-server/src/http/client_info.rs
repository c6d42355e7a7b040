//! Who is asking: the address and the device that a request is from.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;

/// Where a request came from.
#[derive(Debug, Clone, Default)]
pub(crate) struct ClientInfo {
    /// As far as it is known: that of the connection, or what a trusted proxy says (norm 18).
    pub(crate) address: Option<String>,
    /// Whose failures count together; none if nobody knows who asks.
    pub(crate) neighbourhood: Option<IpAddr>,
    pub(crate) user_agent: Option<String>,
}

/// Who is asking, as far as the connection and the proxies tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Asker {
    address: IpAddr,
    /// Whether that is one party's own, and not that of a proxy which everybody shares.
    is_known: bool,
}

/// The proxies that are believed about who is asking.
#[derive(Debug, Default)]
pub(crate) struct Proxies {
    trusted: Vec<IpNet>,
    warned: AtomicBool,
}

impl Proxies {
    /// What cannot be read is not trusted; [`crate::Policy::check`] has refused it before.
    pub(crate) fn new(trusted: &[String]) -> Self {
        let trusted = trusted.iter().filter_map(|text| network(text)).collect();
        let warned = AtomicBool::new(false);
        Self { trusted, warned }
    }

    /// Who sends these headers over a connection from this address.
    pub(crate) fn client_info(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> ClientInfo {
        let asker = peer.map(|peer| self.asker(peer.to_canonical(), headers));
        let agent = headers
            .get(header::USER_AGENT)
            .and_then(|agent| agent.to_str().ok());
        ClientInfo {
            address: asker.map(|asker| asker.address.to_string()),
            neighbourhood: asker
                .filter(|asker| asker.is_known)
                .map(|asker| neighbourhood(asker.address)),
            user_agent: agent.map(|agent| agent.chars().take(200).collect()),
        }
    }

    fn trust(&self, address: IpAddr) -> bool {
        self.trusted
            .iter()
            .any(|network| network.contains(&address))
    }

    /// Goes from the connection towards the person for as long as those who tell are trusted.
    fn asker(&self, peer: IpAddr, headers: &HeaderMap) -> Asker {
        if !self.trust(peer) {
            self.warn(peer, headers);
            // Without a list, loopback may well be a proxy that nobody has named yet.
            let is_known = !(self.trusted.is_empty() && peer.is_loopback());
            return Asker {
                address: peer,
                is_known,
            };
        }
        let mut asker = Asker {
            address: peer,
            is_known: false,
        };
        for told in forwarded(headers) {
            let Some(address) = told else { break };
            asker.address = address;
            if !self.trust(address) {
                asker.is_known = true;
                break;
            }
        }
        asker
    }

    /// Says once that a proxy seems to be there which is not trusted.
    fn warn(&self, peer: IpAddr, headers: &HeaderMap) {
        let proxied =
            headers.contains_key(&FORWARDED_FOR) || headers.contains_key(header::FORWARDED);
        if proxied && self.trusted.is_empty() && !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                %peer,
                "a proxy says for whom it asks and is not believed: if it is yours, name it in \
                 `trusted_proxies`"
            );
        }
    }
}

/// The addresses that proxies wrote, from the right: the last one wrote the last. Of the two
/// headers the common one counts if it is there, so that whoever asks cannot choose.
fn forwarded(headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
    let common = headers.contains_key(&FORWARDED_FOR);
    let name = if common {
        FORWARDED_FOR
    } else {
        header::FORWARDED
    };
    let lines: Vec<_> = headers.get_all(name).iter().collect();
    let texts = lines
        .into_iter()
        .rev()
        .map(|line| line.to_str().unwrap_or_default());
    texts.flat_map(move |text| {
        text.rsplit(',').map(move |hop| {
            let node = if common { hop } else { node(hop)? };
            address(node)
        })
    })
}

/// The `for` of one element of `Forwarded` (RFC 7239 §4). Half of a quoted text is none: it was cut
/// at a comma of somebody's choosing.
fn node(element: &str) -> Option<&str> {
    if element.matches('"').count() % 2 == 1 {
        return None;
    }
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let found = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    found.map(|(_, value)| value.trim().trim_matches('"'))
}

/// An address, in brackets or not, with a port or without (RFC 7239 §6).
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    if let Ok(with_port) = text.parse::<SocketAddr>() {
        return Some(with_port.ip().to_canonical());
    }
    let bracketed = text.strip_prefix('[')?.strip_suffix(']')?;
    Some(IpAddr::V6(bracketed.parse::<Ipv6Addr>().ok()?).to_canonical())
}

/// Who has one address of such a network has them all.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
    }
}

/// A network as an operator writes it; an address alone is one, too.
pub(crate) fn network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    text.parse()
        .ok()
        .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn what_is_no_address_is_none() {
        let fine = [
            "192.0.2.1",
            " 192.0.2.1:80 ",
            "2001:db8::7",
            "[2001:db8::7]",
            "[2001:db8::7]:443",
        ];
        assert!(fine.iter().all(|text| address(text).is_some()));
        let wrong = [
            "",
            "unknown",
            "_hidden",
            "192.0.2",
            "192.0.2.1:",
            "[192.0.2.1]",
            "[2001:db8::7",
            "a\u{e9}",
        ];
        for text in wrong {
            assert_eq!(address(text), None, "{text}");
        }
        assert_eq!(address("::ffff:192.0.2.1"), address("192.0.2.1"));
    }

    #[test]
    fn the_last_hop_comes_first_over_all_lines_of_a_header() {
        let mut headers = HeaderMap::new();
        for line in ["192.0.2.1, unknown", "192.0.2.3,192.0.2.4"] {
            headers.append(FORWARDED_FOR, HeaderValue::from_static(line));
        }
        let told: Vec<_> = forwarded(&headers)
            .map(|told| told.map(|ip| ip.to_string()))
            .collect();
        let expected = [
            Some("192.0.2.4"),
            Some("192.0.2.3"),
            None,
            Some("192.0.2.1"),
        ];
        assert_eq!(told, expected.map(|ip| ip.map(str::to_owned)));
    }

    #[test]
    fn a_comma_inside_quotes_invents_nobody() {
        let mut headers = HeaderMap::new();
        let line = HeaderValue::from_static("for=192.0.2.1;by=\"a,for=192.0.2.9\"");
        headers.insert(header::FORWARDED, line);
        let told: Vec<_> = forwarded(&headers).collect();
        assert_eq!(told.first(), Some(&None), "{told:?}");
    }
}
