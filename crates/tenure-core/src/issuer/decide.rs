use alloc::{borrow::ToOwned, string::ToString};
use core::time::Duration;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{
    Decision, Family, NewFamily, Presentation, Presented, RatchetKey, RatchetKeys, RatchetPolicy,
    Refusal, Revoked, RevokedReason,
    keys::Step,
    token::{digest, write},
};
use crate::{
    mutant::{Mutant, is_on},
    secret::RefreshToken,
    time::Timestamp,
};

/// Makes a family and its first refresh token.
#[must_use]
pub fn begin(
    new: NewFamily,
    keys: &RatchetKeys,
    policy: &RatchetPolicy,
    now: Timestamp,
) -> (Family, RefreshToken) {
    let key = keys.newest();
    let absolute_deadline = now.saturating_add(new.absolute_limit);
    let token = write(key, new.id, 0, &new.seed);
    let family = Family {
        id: new.id,
        tenant: new.tenant,
        subject: new.subject,
        client_id: new.client_id,
        scope: new.scope,
        generation: 0,
        current_hash: digest(&new.seed),
        previous_hash: None,
        successor_nonce: [0; 16],
        key_id: key.id(),
        rotated_at: now,
        // Nothing comes before the first generation, so its use decides nothing.
        confirmed: true,
        replays: 0,
        keyed: new.keyed,
        jkt: new.jkt,
        auth_time: new.auth_time,
        acr: new.acr,
        amr: new.amr,
        nonce: new.nonce,
        created_at: now,
        absolute_deadline,
        idle_deadline: now.saturating_add(policy.idle_limit).min(absolute_deadline),
        last_seen: now,
        address: new.address,
        user_agent: new.user_agent,
        revoked: None,
    };
    (family, token)
}

/// Decides what a refresh token gets, given the row of the family that it names.
#[must_use]
pub fn present(
    family: &Family,
    token: &Presented,
    how: &Presentation<'_>,
    keys: &RatchetKeys,
    policy: &RatchetPolicy,
    now: Timestamp,
) -> Decision {
    if let Some(refusal) = refusal(family, token, how, now) {
        return Decision::Refused(refusal);
    }
    let hash = digest(token.secret());
    match place(family, token.generation(), &hash) {
        Place::Current => rotate(family, token, how, keys, policy, now),
        Place::Previous => previous(family, token, how, keys, policy, now),
        Place::Older => older(family, token.generation(), policy, now),
        Place::Elsewhere => reused(family, now),
    }
}

/// Notes that a client has the current generation: the service saw the access token that came
/// with it. Returns the row to write, if that is news; afterwards the refresh token before it
/// is no longer answered.
#[must_use]
pub fn confirm(family: &Family, generation: u32, now: Timestamp) -> Option<Family> {
    let news = family.generation == generation
        && !family.confirmed
        && family.revoked.is_none()
        && !is_over(family, now);
    news.then(|| Family {
        confirmed: true,
        last_seen: now,
        ..family.clone()
    })
}

/// Ends a family before its time. Returns the row to write; `None` if it was ended before.
#[must_use]
pub fn revoke(family: &Family, reason: RevokedReason, now: Timestamp) -> Option<Family> {
    match family.revoked {
        Some(_) => None,
        None => Some(Family {
            revoked: Some(Revoked { at: now, reason }),
            ..family.clone()
        }),
    }
}

/// Where a refresh token stands in its family.
enum Place {
    Current,
    Previous,
    /// Two or more before the current. That the service made it, its tag says; its digest is not
    /// kept any more.
    Older,
    /// None that this row knows of: it is newer, or has the number of another secret.
    Elsewhere,
}

fn place(family: &Family, generation: u32, hash: &[u8; 32]) -> Place {
    let is = |kept: &[u8; 32]| bool::from(kept.ct_eq(hash));
    if generation == family.generation && is(&family.current_hash) {
        return Place::Current;
    }
    let follows = |earlier: u32, later: u32| earlier.checked_add(1) == Some(later);
    if follows(generation, family.generation) && family.previous_hash.as_ref().is_some_and(is) {
        return Place::Previous;
    }
    let is_older = family.generation.saturating_sub(generation) >= 2;
    if is_older {
        Place::Older
    } else {
        Place::Elsewhere
    }
}

fn refusal(
    family: &Family,
    token: &Presented,
    how: &Presentation<'_>,
    now: Timestamp,
) -> Option<Refusal> {
    if token.family() != family.id {
        return Some(Refusal::Unknown);
    }
    // Before anything about the family's state, so that only its own client learns of it.
    if how.client_id != family.client_id {
        return Some(Refusal::WrongClient);
    }
    if family.jkt.is_some() && family.jkt.as_deref() != how.jkt {
        return Some(Refusal::WrongKey);
    }
    if let Some(revoked) = family
        .revoked
        .filter(|_| !is_on(Mutant::RevokedStillGrants))
    {
        return Some(Refusal::Revoked(revoked.reason));
    }
    is_over(family, now).then_some(Refusal::Expired)
}

fn is_over(family: &Family, now: Timestamp) -> bool {
    now >= family.absolute_deadline || now >= family.idle_deadline
}

fn rotate(
    family: &Family,
    token: &Presented,
    how: &Presentation<'_>,
    keys: &RatchetKeys,
    policy: &RatchetPolicy,
    now: Timestamp,
) -> Decision {
    let Some(generation) = token.generation().checked_add(1) else {
        // There is no number left for a successor.
        return Decision::Refused(Refusal::Expired);
    };
    succeed(family, token, how, keys.newest(), policy, now, generation)
}

/// Grants the secret after the presented one. `generation` is that of the new secret.
fn succeed(
    family: &Family,
    token: &Presented,
    how: &Presentation<'_>,
    key: &RatchetKey,
    policy: &RatchetPolicy,
    now: Timestamp,
    generation: u32,
) -> Decision {
    let secret = key.derive(&step(family, generation, how.nonce), token.secret());
    let family = Family {
        generation,
        previous_hash: Some(digest(token.secret())),
        current_hash: digest(&secret),
        successor_nonce: how.nonce,
        key_id: key.id(),
        rotated_at: now,
        confirmed: false,
        keyed: family.keyed || is_on(Mutant::KeyedByRefresh),
        idle_deadline: idle_deadline(family, policy, now),
        last_seen: now,
        address: how
            .address
            .map(ToOwned::to_owned)
            .or_else(|| family.address.clone()),
        user_agent: how
            .user_agent
            .map(ToString::to_string)
            .or_else(|| family.user_agent.clone()),
        ..family.clone()
    };
    let token = write(key, family.id, generation, &secret);
    Decision::Rotated { family, token }
}

/// The one before the current: a lost answer, a sibling, or a thief.
///
/// A clock that was set back behind `rotated_at` leaves both windows open: the other reading
/// would end the families of people who did nothing wrong. It lengthens no session, as deadlines
/// are checked before and do not depend on it.
fn previous(
    family: &Family,
    token: &Presented,
    how: &Presentation<'_>,
    keys: &RatchetKeys,
    policy: &RatchetPolicy,
    now: Timestamp,
) -> Decision {
    if is_on(Mutant::LostAnswerIsTheft) {
        return reused(family, now);
    }
    if is_on(Mutant::RepeatMakesAnother) && !family.confirmed {
        return succeed(
            family,
            token,
            how,
            keys.newest(),
            policy,
            now,
            family.generation,
        );
    }
    if !family.confirmed && now.since(family.rotated_at) <= lost_window(family, policy) {
        return repeat(family, token, keys, now);
    }
    // Counted from the last sign of life of this generation: the request whose repetition was
    // answered late may itself be delivered twice.
    let since_use = now.since(family.rotated_at.max(family.last_seen));
    if since_use > policy.straggler_window && !is_on(Mutant::StragglersForEver) {
        return reused(family, now);
    }
    straggler(family, token, keys)
}

/// A lost answer is given again for longer where its holder asks again after any sleep.
fn lost_window(family: &Family, policy: &RatchetPolicy) -> Duration {
    if family.keyed && !is_on(Mutant::KeyedWindowIgnored) {
        policy.keyed_lost_window
    } else {
        policy.lost_window
    }
}

/// A sibling was faster, and what it got is in use. A holder that knows 409 looks into its storage
/// and needs no tokens, so that a thief gets none either. Other clients give up at a 409, so they
/// get what the sibling got. It is no sign of life of this generation: who asks again and again
/// does not keep the window open.
fn straggler(family: &Family, token: &Presented, keys: &RatchetKeys) -> Decision {
    let is_told =
        (family.keyed || is_on(Mutant::StragglerTurnedAway)) && !is_on(Mutant::StragglerLetIn);
    if is_told {
        superseded()
    } else {
        repeat(family, token, keys, family.last_seen)
    }
}

/// Two rotations or more overtook it: an honest request may be as late as that, and so may a
/// thief's, who gets nothing. The number of rotations is bounded, or a thief who has the current
/// token and rotates all the time would never be found by its owner's old one.
fn older(family: &Family, generation: u32, policy: &RatchetPolicy, now: Timestamp) -> Decision {
    let behind = family.generation.saturating_sub(generation);
    let is_late = behind <= RatchetPolicy::MOST_ROTATIONS_LATE
        && now.since(family.rotated_at) <= policy.straggler_window;
    if is_late && !is_on(Mutant::OvertakenTwiceIsTheft) {
        superseded()
    } else {
        reused(family, now)
    }
}

fn repeat(
    family: &Family,
    token: &Presented,
    keys: &RatchetKeys,
    last_seen: Timestamp,
) -> Decision {
    let Some((key, secret)) = derive_again(family, token, keys) else {
        return superseded();
    };
    let token = write(key, family.id, family.generation, &secret);
    let family = Family {
        replays: family.replays.saturating_add(1),
        last_seen,
        ..family.clone()
    };
    Decision::Repeated { family, token }
}

/// `None` if this ring does not hold the key that derived the current secret: a replica that has
/// not learnt a new key yet, or a key that was taken out. Nothing can be granted then, and nobody
/// did wrong.
fn derive_again<'a>(
    family: &Family,
    token: &Presented,
    keys: &'a RatchetKeys,
) -> Option<(&'a RatchetKey, Zeroizing<[u8; 32]>)> {
    let key = keys.find(family.key_id)?;
    let next = step(family, family.generation, family.successor_nonce);
    let secret = key.derive(&next, token.secret());
    let same = bool::from(digest(&secret).ct_eq(&family.current_hash));
    same.then_some((key, secret))
}

const fn superseded() -> Decision {
    Decision::Superseded {
        retry_after: SUPERSEDED_RETRY,
    }
}

fn reused(family: &Family, now: Timestamp) -> Decision {
    if is_on(Mutant::ReuseUnnoticed) {
        return Decision::Refused(Refusal::Unknown);
    }
    let revoked = Some(Revoked {
        at: now,
        reason: RevokedReason::Reused,
    });
    Decision::Reused {
        family: Family {
            revoked,
            ..family.clone()
        },
    }
}

fn step(family: &Family, generation: u32, nonce: [u8; 16]) -> Step<'_> {
    Step {
        tenant: &family.tenant,
        family: family.id,
        generation,
        nonce,
    }
}

fn idle_deadline(family: &Family, policy: &RatchetPolicy, now: Timestamp) -> Timestamp {
    now.saturating_add(policy.idle_limit)
        .min(family.absolute_deadline)
}

const SUPERSEDED_RETRY: Duration = Duration::from_secs(1);
