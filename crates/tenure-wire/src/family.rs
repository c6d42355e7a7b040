//! The bytes of a token family's row.
//!
//! The first byte is the version. Version 1: fixed-width numbers, big-endian, then texts with a
//! length in LEB128; a byte of flags says which optional parts follow. Written by hand because the
//! row is rewritten at each rotation and its layout has to outlive any library's.

use std::fmt;

use tenure_core::{
    issuer::{Family, FamilyId, Revoked, RevokedReason},
    time::Timestamp,
};

/// Why bytes are no family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_enums,
    reason = "callers tell an upgrade from damage"
)]
pub enum DecodeError {
    /// A newer release wrote them; they are not touched.
    NewerVersion(u8),
    /// They are damaged or something else.
    Corrupt,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NewerVersion(version) => {
                write!(
                    f,
                    "a token family of version {version}, newer than this release reads"
                )
            }
            Self::Corrupt => f.write_str("not a token family, or damaged"),
        }
    }
}

impl std::error::Error for DecodeError {}

/// Writes a family.
#[must_use]
pub fn encode(family: &Family) -> Vec<u8> {
    let mut out = Vec::with_capacity(384);
    out.push(VERSION);
    out.push(flags(family));
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
    match rest.byte()? {
        VERSION => {}
        newer @ (2..) => return Err(DecodeError::NewerVersion(newer)),
        0 => return Err(DecodeError::Corrupt),
    }
    let family = version_1(&mut rest)?;
    if rest.0.is_empty() {
        Ok(family)
    } else {
        Err(DecodeError::Corrupt)
    }
}

fn version_1(rest: &mut Rest<'_>) -> Result<Family, DecodeError> {
    let flags = rest.byte()?;
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
        _ => return Err(DecodeError::Corrupt),
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
        let (head, tail) = self.0.split_at_checked(count).ok_or(DecodeError::Corrupt)?;
        self.0 = tail;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (head, tail) = self.0.split_first_chunk().ok_or(DecodeError::Corrupt)?;
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
        Err(DecodeError::Corrupt)
    }

    fn text(&mut self) -> Result<String, DecodeError> {
        let length = self.length()?;
        let text = std::str::from_utf8(self.take(length)?).map_err(|_| DecodeError::Corrupt)?;
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

const VERSION: u8 = 1;

const CONFIRMED: u8 = 1;
const PREVIOUS: u8 = 1 << 1;
const JKT: u8 = 1 << 2;
const ACR: u8 = 1 << 3;
const NONCE: u8 = 1 << 4;
const ADDRESS: u8 = 1 << 5;
const USER_AGENT: u8 = 1 << 6;
const REVOKED: u8 = 1 << 7;

#[cfg(test)]
mod tests {
    use super::*;

    fn typical() -> Family {
        Family {
            id: FamilyId([0x11; 16]),
            tenant: "default".into(),
            subject: "7f3c9a52-0b6e-4e0f-9a53-2f2f8d7c1b10".into(),
            client_id: "demo-spa".into(),
            scope: "openid profile email offline_access".into(),
            generation: 258,
            current_hash: [0x22; 32],
            previous_hash: Some([0x33; 32]),
            successor_nonce: [0x44; 16],
            key_id: 3,
            rotated_at: Timestamp::from_secs(1_800_000_000),
            confirmed: true,
            replays: 2,
            jkt: None,
            auth_time: Timestamp::from_secs(1_799_000_000),
            acr: None,
            amr: vec!["pwd".into()],
            nonce: Some("n-0S6_WzA2Mj".into()),
            created_at: Timestamp::from_secs(1_799_000_001),
            absolute_deadline: Timestamp::from_secs(1_802_000_000),
            idle_deadline: Timestamp::from_secs(1_801_000_000),
            last_seen: Timestamp::from_millis(-1),
            address: Some("203.0.113.7".into()),
            user_agent: Some(
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".into(),
            ),
            revoked: None,
        }
    }

    fn bare() -> Family {
        Family {
            tenant: String::new(),
            subject: "s".into(),
            client_id: "c".into(),
            scope: String::new(),
            previous_hash: None,
            confirmed: false,
            amr: vec![],
            nonce: None,
            address: None,
            user_agent: None,
            revoked: Some(Revoked {
                at: Timestamp::from_millis(0x0102),
                reason: RevokedReason::Reused,
            }),
            ..typical()
        }
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn what_is_written_is_read() {
        let full = Family {
            jkt: Some("thumb".into()),
            acr: Some("phr".into()),
            scope: "s".repeat(20_000),
            ..typical()
        };
        for family in [typical(), bare(), full] {
            assert_eq!(decode(&encode(&family)), Ok(family));
        }
        for code in 1..=5 {
            assert_eq!(reason_of(code).map(reason_code), Ok(code));
        }
    }

    #[test]
    fn the_bytes_stay_as_they_are() {
        let golden = [
            "01",
            "80",
            &"11".repeat(16),
            "00000102",
            &"22".repeat(32),
            &"44".repeat(16),
            "00000003",
            "00000002",
            "000001a3185c5000",
            "000001a2dcc18600",
            "000001a2dcc189e8",
            "000001a38f91e400",
            "000001a353f71a00",
            "ffffffffffffffff",
            "00",
            "0173",
            "0163",
            "00",
            "00",
            "000000000000010202",
        ]
        .concat();
        assert_eq!(hex(&encode(&bare())), golden);
    }

    #[test]
    fn a_typical_family_is_small() {
        // 331 bytes.
        let size = encode(&typical()).len();
        assert!(size <= 400, "{size}");
    }

    #[test]
    fn a_newer_version_is_not_damage() {
        let mut bytes = encode(&typical());
        bytes[0] = 2;
        assert_eq!(decode(&bytes), Err(DecodeError::NewerVersion(2)));
        assert_eq!(decode(&[255]), Err(DecodeError::NewerVersion(255)));
    }

    #[test]
    fn cut_longer_or_foreign_bytes_are_corrupt() {
        let bytes = encode(&typical());
        for length in 0..bytes.len() {
            assert_eq!(
                decode(&bytes[..length]),
                Err(DecodeError::Corrupt),
                "cut at {length}"
            );
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        let mut bad_reason = encode(&bare());
        *bad_reason.last_mut().unwrap() = 9;
        for bytes in [longer.as_slice(), &bad_reason, &[0; 400], &[]] {
            assert_eq!(decode(bytes), Err(DecodeError::Corrupt));
        }
        let json = b"{\"id\":1}";
        assert_eq!(decode(json), Err(DecodeError::NewerVersion(b'{')));
    }

    #[test]
    fn an_endless_length_is_corrupt() {
        let mut bytes = encode(&bare());
        // Five texts and lists of 7 bytes together, and the 9 of the revocation.
        bytes.truncate(bytes.len() - 16);
        bytes.extend([0xff; 64]);
        assert_eq!(decode(&bytes), Err(DecodeError::Corrupt));
    }
}
