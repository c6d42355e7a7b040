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
        keyed: true,
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
        keyed: false,
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

/// The bytes of [`bare`] after the flags.
fn golden() -> String {
    [
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
    .concat()
}

fn unhex(text: &str) -> Vec<u8> {
    let digit = |place| u8::from_str_radix(&text[place..place + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(digit).collect()
}

#[test]
fn the_bytes_stay_as_they_are() {
    let keyed = Family {
        keyed: true,
        ..bare()
    };
    assert_eq!(hex(&encode(&bare())), ["028000", &golden()].concat());
    assert_eq!(hex(&encode(&keyed)), ["028001", &golden()].concat());
}

#[test]
fn a_family_of_version_1_is_not_keyed() {
    let bytes = unhex(&["0180", &golden()].concat());
    assert_eq!(decode(&bytes), Ok(bare()));
}

#[test]
fn a_typical_family_is_small() {
    // 332 bytes.
    let size = encode(&typical()).len();
    assert!(size <= 400, "{size}");
}

#[test]
fn a_newer_version_is_not_damage() {
    let mut bytes = encode(&typical());
    bytes[0] = 3;
    assert_eq!(decode(&bytes), Err(too_new(3)));
    assert_eq!(decode(&[255]), Err(too_new(255)));
}

#[test]
fn cut_longer_or_foreign_bytes_are_corrupt() {
    let bytes = encode(&typical());
    for length in 0..bytes.len() {
        assert_eq!(decode(&bytes[..length]), Err(DAMAGED), "cut at {length}");
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    let mut bad_reason = encode(&bare());
    *bad_reason.last_mut().unwrap() = 9;
    let mut bad_flag = encode(&bare());
    bad_flag[2] = 2;
    for bytes in [longer.as_slice(), &bad_reason, &bad_flag, &[0; 400], &[]] {
        assert_eq!(decode(bytes), Err(DAMAGED));
    }
    let json = b"{\"id\":1}";
    assert_eq!(decode(json), Err(too_new(b'{')));
}

#[test]
fn an_endless_length_is_corrupt() {
    let mut bytes = encode(&bare());
    // Five texts and lists of 7 bytes together, and the 9 of the revocation.
    bytes.truncate(bytes.len() - 16);
    bytes.extend([0xff; 64]);
    assert_eq!(decode(&bytes), Err(DAMAGED));
}
