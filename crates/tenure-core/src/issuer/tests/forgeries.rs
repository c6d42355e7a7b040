use alloc::format;

use base64ct::{Base64UrlUnpadded, Encoding};

use super::*;

#[test]
fn the_form_is_the_documented_one() {
    let (_, first) = Bench::signed_in();
    let body = first.expose().strip_prefix("rt1.1.").unwrap();
    let bytes = Base64UrlUnpadded::decode_vec(body).unwrap();
    assert_eq!(bytes.len(), 16 + 4 + 32 + 16);
    assert_eq!(bytes[..16], [7; 16]);
    assert_eq!(bytes[16..20], [0; 4]);
    assert_eq!(bytes[20..52], [9; 32]);
}

/// Bytes computed with another implementation of HMAC-SHA256.
#[test]
fn tags_and_successors_stay_as_they_are() {
    let (mut bench, first) = Bench::signed_in();
    let second = bench.rotate(&first, T0);
    assert_eq!(first.expose(), GOLDEN_FIRST);
    assert_eq!(second.expose(), GOLDEN_SECOND);
}

/// Norm 10: whatever is changed in it is noticed.
#[test]
fn every_changed_byte_is_noticed() {
    let (bench, first) = Bench::signed_in();
    let body = first.expose().strip_prefix("rt1.1.").unwrap();
    let bytes = Base64UrlUnpadded::decode_vec(body).unwrap();
    for place in 0..bytes.len() {
        let mut forged = bytes.clone();
        forged[place] ^= 1;
        let text = format!("rt1.1.{}", Base64UrlUnpadded::encode_string(&forged));
        let result = parse(&RefreshToken::new(text), &bench.keys);
        assert_eq!(result.map(|_| ()), Err(Forged::WrongTag), "byte {place}");
    }
}

#[test]
fn a_cut_longer_or_misspelt_text_is_malformed() {
    let (bench, first) = Bench::signed_in();
    let whole = first.expose();
    let mut texts: Vec<String> = (0..whole.len()).map(|end| whole[..end].into()).collect();
    texts.extend([
        format!("{whole}A"),
        format!("{whole}AAAA"),
        format!("{whole}="),
        format!(" {whole}"),
        whole.replace("rt1.", "rt2."),
        whole.replace("rt1.1.", "rt1.01."),
        whole.replace("rt1.1.", "rt1.+1."),
        whole.replace("rt1.1.", "rt1.-1."),
        whole.replace("rt1.1.", "rt1.."),
        whole.replace("rt1.1.", "rt1.99999999999."),
        format!("{whole}é"),
        "A".repeat(100_000),
    ]);
    for text in texts {
        let result = parse(&RefreshToken::new(text.as_str()), &bench.keys);
        assert_eq!(result.map(|_| ()), Err(Forged::Malformed), "{text}");
    }
}

#[test]
fn a_key_id_is_part_of_what_is_marked() {
    let (_, first) = Bench::signed_in();
    let keys = ring(&[2, 1]);
    let other = RefreshToken::new(first.expose().replace("rt1.1.", "rt1.2."));
    assert_eq!(parse(&other, &keys).map(|_| ()), Err(Forged::WrongTag));
    let same_secrets = RatchetKeys::of(RatchetKey::new(2, [1; 32], [0x81; 32]));
    assert_eq!(
        parse(&other, &same_secrets).map(|_| ()),
        Err(Forged::WrongTag)
    );
    assert_eq!(
        parse(&first, &ring(&[2])).map(|_| ()),
        Err(Forged::UnknownKey)
    );
}

#[test]
fn an_empty_ring_is_none() {
    assert!(RatchetKeys::new(Vec::new()).is_none());
}

#[test]
fn a_new_key_serves_the_next_rotation_and_the_old_one_what_it_made() {
    let (mut bench, first) = Bench::signed_in();
    let second = bench.rotate(&first, T0);
    bench.keys = ring(&[2, 1]);
    let Decision::Repeated { token, .. } = bench.ask(&first, T0) else {
        panic!("not repeated");
    };
    assert_eq!(token, second, "the key of the row derives it again");
    let third = bench.rotate(&second, T0);
    assert!(third.expose().starts_with("rt1.2."));
    assert_eq!(bench.row.key_id, 2);
    bench.keys = ring(&[2]);
    assert_eq!(kind(&bench.ask(&third, T0)), "rotated");
}

#[test]
fn a_ring_without_the_key_of_the_row_grants_nothing_and_ends_nothing() {
    let (mut bench, first) = Bench::signed_in();
    bench.keys = ring(&[2, 1]);
    bench.rotate(&first, T0);
    let other_secrets = RatchetKey::new(2, [2; 32], [0; 32]);
    for keys in [
        ring(&[1]),
        RatchetKeys::new(vec![key(1), other_secrets]).unwrap(),
    ] {
        bench.keys = keys;
        let lost = bench.policy.lost_window;
        assert_eq!(kind(&bench.ask(&first, at(lost))), "superseded");
    }
}

/// Norms 11 and 32: client and key stay those of the sign-in; a stranger learns nothing of the
/// family's state and does not change it.
#[test]
fn another_client_or_key_is_refused() {
    let (bench, first) = Bench::bound_to(Some("thumb"));
    let presented = parse(&first, &bench.keys).unwrap();
    let with = |client_id, jkt| Presentation {
        jkt,
        ..by(client_id)
    };
    let table = [
        (with("app", Some("thumb")), None),
        (with("App", Some("thumb")), Some(Refusal::WrongClient)),
        (with("", None), Some(Refusal::WrongClient)),
        (with("app", None), Some(Refusal::WrongKey)),
        (with("app", Some("")), Some(Refusal::WrongKey)),
        (with("app", Some("thumb2")), Some(Refusal::WrongKey)),
    ];
    let revoked = revoke(&bench.row, RevokedReason::SignedOut, T0).unwrap();
    for (how, refusal) in table {
        for row in [&bench.row, &revoked] {
            let decision = present(row, &presented, &how, &bench.keys, &bench.policy, T0);
            match refusal {
                Some(refusal) => assert_eq!(decision, Decision::Refused(refusal)),
                None if row.revoked.is_none() => assert_eq!(kind(&decision), "rotated"),
                None => assert_eq!(kind(&decision), "refused"),
            }
        }
    }
}

#[test]
fn a_bearer_family_takes_no_notice_of_a_proof() {
    let (bench, first) = Bench::signed_in();
    let presented = parse(&first, &bench.keys).unwrap();
    let how = Presentation {
        jkt: Some("thumb"),
        ..by("app")
    };
    let decision = present(&bench.row, &presented, &how, &bench.keys, &bench.policy, T0);
    assert_eq!(kind(&decision), "rotated");
}

#[test]
fn the_row_of_another_family_is_unknown() {
    let (mut bench, first) = Bench::signed_in();
    bench.row.id = FamilyId([8; 16]);
    assert_eq!(bench.ask(&first, T0), Decision::Refused(Refusal::Unknown));
}

#[test]
fn an_id_reads_as_it_is_written() {
    let id = FamilyId([0xfb; 16]);
    let text = format!("{id}");
    assert_eq!(text, "-_v7-_v7-_v7-_v7-_v7-w");
    assert_eq!(text.parse(), Ok(id));
    for bad in [
        "",
        "-_v7",
        "-_v7-_v7-_v7-_v7-_v7-x",
        "-_v7-_v7-_v7-_v7-_v7-_v7",
    ] {
        assert_eq!(bad.parse::<FamilyId>(), Err(FamilyIdError), "{bad}");
    }
}

/// Law 7.
#[test]
fn debug_shows_no_secret() {
    let (mut bench, first) = Bench::signed_in();
    bench.draws = 40;
    let presented = parse(&first, &bench.keys).unwrap();
    let decision = bench.ask(&first, T0);
    let shown = format!(
        "{:?} {presented:?} {decision:?} {:?}",
        bench.keys,
        new_family(None)
    );
    // The seed is nines; keys and digests are not shown as such anywhere else.
    for secret in ["9, 9, 9", "1, 1, 1, 1", "129, 129", first.expose()] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

const GOLDEN_FIRST: &str = "rt1.1.BwcHBwcHBwcHBwcHBwcHBwAAAAAJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCbcNykUwcccCvEfjA4E-Efs";
const GOLDEN_SECOND: &str = "rt1.1.BwcHBwcHBwcHBwcHBwcHBwAAAAE1Q9BByuqTjGL-GBM82bz0I24pxPpAOOAGl_dd52fKWTIBRSOPmLpi8WFKUlAEXac";
