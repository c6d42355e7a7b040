//! The bytes of a token family's row.
//!
//! The first byte is the version. Version 2: two bytes of flags say which optional parts follow and
//! what the family is like; then fixed-width numbers, big-endian, then texts with a length in
//! LEB128. Version 1 has the first byte of flags alone; it is read, and written no more. By hand,
//! because the row is rewritten at each rotation and its layout has to outlive any library's.

use tenure_core::{
    issuer::{Family, FamilyId, Revoked, RevokedReason},
    time::Timestamp,
};

use crate::DecodeError;

/// Writes a family.
#[must_use]
pub fn encode(family: &Family) -> Vec<u8> {
    let mut out = Vec::with_capacity(384);
    out.push(VERSION);
    out.push(flags(family));
    out.push(if family.keyed { KEYED } else { 0 });
    out.extend_from_slice(&family.id.0);
    out.extend_from_slice(&family.generation.to_be_bytes());
    out.extend_from_slice(&family.current_hash);
    out.extend_from_slice(
        family
            .previous_hash
            .as_ref()
            .map_or(&[], |hash| hash.as_slice()),
    );
    out.extend_from_slice(&family.successor_nonce);
    out.extend_from_slice(&family.key_id.to_be_bytes());
    out.extend_from_slice(&family.replays.to_be_bytes());
    for time in [
        family.rotated_at,
        family.auth_time,
        family.created_at,
        family.absolute_deadline,
        family.idle_deadline,
        family.last_seen,
    ] {
        put_time(&mut out, time);
    }
    for text in [
        &family.tenant,
        &family.subject,
        &family.client_id,
        &family.scope,
    ] {
        put_text(&mut out, text);
    }
    for text in optional_texts(family).into_iter().flatten() {
        put_text(&mut out, text);
    }
    put_length(&mut out, family.amr.len());
    for method in &family.amr {
        put_text(&mut out, method);
    }
    if let Some(revoked) = family.revoked {
        put_time(&mut out, revoked.at);
        out.push(reason_code(revoked.reason));
    }
    out
}

/// Reads a family.
///
/// # Errors
///
/// [`DecodeError`], if the bytes are of a newer version, cut, damaged, or longer than one family.
pub fn decode(bytes: &[u8]) -> Result<Family, DecodeError> {
    let mut rest = Rest(bytes);
    let family = match rest.byte()? {
        // It is from before holders could say so.
        1 => {
            let flags = rest.byte()?;
            fields(&mut rest, flags, false)?
        }
        VERSION => {
            let flags = rest.byte()?;
            let keyed = match rest.byte()? {
                0 => false,
                KEYED => true,
                _ => return Err(DAMAGED),
            };
            fields(&mut rest, flags, keyed)?
        }
        newer @ (3..) => return Err(too_new(newer)),
        0 => return Err(DAMAGED),
    };
    if rest.0.is_empty() {
        Ok(family)
    } else {
        Err(DAMAGED)
    }
}

fn fields(rest: &mut Rest<'_>, flags: u8, keyed: bool) -> Result<Family, DecodeError> {
    let has = |flag: u8| flags & flag != 0;
    // The order of the fields is the order of the bytes.
    Ok(Family {
        id: FamilyId(rest.array()?),
        generation: rest.u32()?,
        current_hash: rest.array()?,
        previous_hash: rest.when(has(PREVIOUS), Rest::array)?,
        successor_nonce: rest.array()?,
        key_id: rest.u32()?,
        replays: rest.u32()?,
        rotated_at: rest.time()?,
        auth_time: rest.time()?,
        created_at: rest.time()?,
        absolute_deadline: rest.time()?,
        idle_deadline: rest.time()?,
        last_seen: rest.time()?,
        tenant: rest.text()?,
        subject: rest.text()?,
        client_id: rest.text()?,
        scope: rest.text()?,
        jkt: rest.when(has(JKT), Rest::text)?,
        acr: rest.when(has(ACR), Rest::text)?,
        nonce: rest.when(has(NONCE), Rest::text)?,
        address: rest.when(has(ADDRESS), Rest::text)?,
        user_agent: rest.when(has(USER_AGENT), Rest::text)?,
        amr: rest.texts()?,
        revoked: rest.when(has(REVOKED), Rest::revoked)?,
        confirmed: has(CONFIRMED),
        keyed,
    })
}

/// In the order of their flags.
fn optional_texts(family: &Family) -> [Option<&String>; 5] {
    [
        &family.jkt,
        &family.acr,
        &family.nonce,
        &family.address,
        &family.user_agent,
    ]
    .map(Option::as_ref)
}

fn flags(family: &Family) -> u8 {
    let [jkt, acr, nonce, address, user_agent] = optional_texts(family).map(|text| text.is_some());
    [
        (CONFIRMED, family.confirmed),
        (PREVIOUS, family.previous_hash.is_some()),
        (JKT, jkt),
        (ACR, acr),
        (NONCE, nonce),
        (ADDRESS, address),
        (USER_AGENT, user_agent),
        (REVOKED, family.revoked.is_some()),
    ]
    .into_iter()
    .filter_map(|(flag, set)| set.then_some(flag))
    .sum()
}

const fn reason_code(reason: RevokedReason) -> u8 {
    match reason {
        RevokedReason::SignedOut => 1,
        RevokedReason::Reused => 2,
        RevokedReason::Administrator => 3,
        RevokedReason::PasswordChanged => 4,
        RevokedReason::AccountRemoved => 5,
    }
}

const fn reason_of(code: u8) -> Result<RevokedReason, DecodeError> {
    Ok(match code {
        1 => RevokedReason::SignedOut,
        2 => RevokedReason::Reused,
        3 => RevokedReason::Administrator,
        4 => RevokedReason::PasswordChanged,
        5 => RevokedReason::AccountRemoved,
        _ => return Err(DAMAGED),
    })
}

fn put_time(out: &mut Vec<u8>, time: Timestamp) {
    out.extend_from_slice(&time.as_millis().to_be_bytes());
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_length(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

fn put_length(out: &mut Vec<u8>, mut length: usize) {
    while length >= 0x80 {
        out.push(length.to_le_bytes()[0] | 0x80);
        length >>= 7;
    }
    out.push(length.to_le_bytes()[0]);
}

/// What is left to read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let (head, tail) = self.0.split_at_checked(count).ok_or(DAMAGED)?;
        self.0 = tail;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (head, tail) = self.0.split_first_chunk().ok_or(DAMAGED)?;
        self.0 = tail;
        Ok(*head)
    }

    fn byte(&mut self) -> Result<u8, DecodeError> {
        self.array().map(|[byte]| byte)
    }

    fn u32(&mut self) -> Result<u32, DecodeError> {
        self.array().map(u32::from_be_bytes)
    }

    fn time(&mut self) -> Result<Timestamp, DecodeError> {
        self.array()
            .map(i64::from_be_bytes)
            .map(Timestamp::from_millis)
    }

    fn length(&mut self) -> Result<usize, DecodeError> {
        let mut length = 0_usize;
        for shift in [0, 7, 14, 21] {
            let byte = self.byte()?;
            length |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(length);
            }
        }
        Err(DAMAGED)
    }

    fn text(&mut self) -> Result<String, DecodeError> {
        let length = self.length()?;
        let text = std::str::from_utf8(self.take(length)?).map_err(|_| DAMAGED)?;
        Ok(text.to_owned())
    }

    fn texts(&mut self) -> Result<Vec<String>, DecodeError> {
        let count = self.length()?;
        (0..count).map(|_| self.text()).collect()
    }

    fn revoked(&mut self) -> Result<Revoked, DecodeError> {
        Ok(Revoked {
            at: self.time()?,
            reason: reason_of(self.byte()?)?,
        })
    }

    fn when<T>(
        &mut self,
        present: bool,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Option<T>, DecodeError> {
        present.then(|| read(self)).transpose()
    }
}

const fn too_new(version: u8) -> DecodeError {
    DecodeError::Newer {
        form: FORM,
        version: version as u64,
        reads: VERSION,
    }
}

const FORM: &str = "a token family";
const DAMAGED: DecodeError = DecodeError::Damaged { form: FORM };
const VERSION: u8 = 2;

const CONFIRMED: u8 = 1;
const PREVIOUS: u8 = 1 << 1;
const JKT: u8 = 1 << 2;
const ACR: u8 = 1 << 3;
const NONCE: u8 = 1 << 4;
const ADDRESS: u8 = 1 << 5;
const USER_AGENT: u8 = 1 << 6;
const REVOKED: u8 = 1 << 7;

/// In the second byte.
const KEYED: u8 = 1;

#[cfg(test)]
mod tests;
