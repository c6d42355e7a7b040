//! One family of refresh tokens that is rotated in a store, as the token endpoint does it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use tenure_core::{
    issuer::{
        Decision, Family, FamilyId, NewFamily, Presentation, Presented, RatchetKey, RatchetKeys,
        RatchetPolicy, begin, parse, present,
    },
    secret::RefreshToken,
    time::Timestamp,
};
use tenure_store::{Entry, Key, Kind, Owner, Replaced, Store};

/// A client with a refresh token, and the family's row in the store.
#[derive(Debug)]
pub(crate) struct Rotating {
    key: Key,
    token: RefreshToken,
    keys: RatchetKeys,
    policy: RatchetPolicy,
}

impl Rotating {
    /// Signs somebody in.
    pub(crate) async fn begin(store: &impl Store, keys: &RatchetKeys) -> Result<Self> {
        let policy = RatchetPolicy::default();
        let (family, token) = new_family(keys, &policy)?;
        let key = Key::new(Kind::Family, family.id.0);
        let now = now();
        match store.replace(&key, None, entry(&family), now).await? {
            Replaced::Done(_) => Ok(Self {
                key,
                token,
                keys: keys.clone(),
                policy,
            }),
            Replaced::Conflict => bail!("two families of one name"),
        }
    }

    /// Refreshes once: parse, read, decide, compare and set.
    pub(crate) async fn rotate(&mut self, store: &impl Store) -> Result<()> {
        let now = now();
        let presented = parse(&self.token, &self.keys).map_err(|_| anyhow::anyhow!("forged"))?;
        let stored = store
            .find(&self.key, now)
            .await?
            .context("the family is gone")?;
        let family = tenure_wire::family::decode(&stored.bytes)?;
        let (family, token) = decide(&family, &presented, &self.keys, &self.policy, now)?;
        let replaced = store
            .replace(&self.key, Some(stored.version), entry(&family), now)
            .await?;
        if replaced == Replaced::Conflict {
            bail!("somebody else rotated this family");
        }
        self.token = token;
        Ok(())
    }
}

/// A family that nobody else has.
pub(crate) fn new_family(
    keys: &RatchetKeys,
    policy: &RatchetPolicy,
) -> Result<(Family, RefreshToken)> {
    let new = NewFamily {
        id: FamilyId(random()?),
        tenant: "default".to_owned(),
        subject: "0190f3c2-7b7e-7c55-a5ae-0d4c1f6f2a11".to_owned(),
        client_id: CLIENT.to_owned(),
        scope: "openid profile offline_access".to_owned(),
        keyed: true,
        jkt: None,
        auth_time: now(),
        acr: None,
        amr: vec!["pwd".to_owned()],
        nonce: Some("n-0S6_WzA2Mj".to_owned()),
        address: Some("127.0.0.1".to_owned()),
        user_agent: Some("tenure-bench".to_owned()),
        seed: random()?,
        absolute_limit: Duration::from_secs(30 * 24 * 3600),
    };
    Ok(begin(new, keys, policy, now()))
}

/// What the current refresh token of a family gets: the next one.
pub(crate) fn decide(
    family: &Family,
    presented: &Presented,
    keys: &RatchetKeys,
    policy: &RatchetPolicy,
    now: Timestamp,
) -> Result<(Family, RefreshToken)> {
    let how = Presentation {
        client_id: CLIENT,
        jkt: None,
        nonce: random()?,
        address: Some("127.0.0.1"),
        user_agent: Some("tenure-bench"),
    };
    let decision = present(family, presented, &how, keys, policy, now);
    let Decision::Rotated { family, token } = decision else {
        bail!("not rotated but {decision:?}");
    };
    Ok((family, token))
}

/// Keys for this run only.
pub(crate) fn ring() -> Result<RatchetKeys> {
    Ok(RatchetKeys::of(RatchetKey::new(1, random()?, random()?)))
}

/// The wall clock.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

fn entry(family: &Family) -> Entry {
    Entry {
        bytes: tenure_wire::family::encode(family),
        expires_at: Some(family.absolute_deadline.min(family.idle_deadline)),
        owner: Some(Owner(family.subject.clone())),
    }
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).context("no random bytes")?;
    Ok(bytes)
}

const CLIENT: &str = "demo-cli";
