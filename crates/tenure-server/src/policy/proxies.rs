use std::fmt;

use serde::Deserializer;
use serde::de::{SeqAccess, Visitor};

use super::PolicyError;
use crate::http::client_info::network;

/// Reads a list, or the same between commas, as it is written in an environment variable.
pub(super) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    from.deserialize_any(List)
}

struct List;

impl<'de> Visitor<'de> for List {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of addresses and networks, such as [\"127.0.0.1\", \"10.0.0.0/8\"]")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        let parts = text.split(',').map(str::trim);
        Ok(parts
            .filter(|one| !one.is_empty())
            .map(str::to_owned)
            .collect())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(one) = from.next_element()? {
            list.push(one);
        }
        Ok(list)
    }
}

pub(super) fn check(proxies: &[String]) -> Result<(), PolicyError> {
    for text in proxies {
        let Some(network) = network(text) else {
            return Err(PolicyError(format!(
                "`trusted_proxies` has `{text}`: write addresses and networks, such as 127.0.0.1 \
                 and 10.0.0.0/8"
            )));
        };
        if network.prefix_len() == 0 {
            return Err(PolicyError(format!(
                "`trusted_proxies` has `{text}`, which is everybody: write the network of the \
                 proxies"
            )));
        }
    }
    Ok(())
}
