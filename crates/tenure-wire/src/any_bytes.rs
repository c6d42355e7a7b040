//! Whatever the bytes are, reading them ends with a value or an error.

use proptest::prelude::*;

use crate::{
    Form, account, client, code, device, document, envelope, family, keyring, keys, lease, profile,
    proof_key, row, session, sign_in,
};

fn read_as_everything(bytes: &[u8]) {
    let _ = (family::decode(bytes), session::decode(bytes));
    let _ = (lease::decode(bytes), profile::decode(bytes));
    let _ = envelope::is_sealed(bytes);
    read_as::<account::Account>(bytes);
    read_as::<account::AccountName>(bytes);
    read_as::<client::Client>(bytes);
    read_as::<code::AuthorizationCode>(bytes);
    read_as::<device::DeviceAuthorization>(bytes);
    read_as::<device::UserCode>(bytes);
    read_as::<envelope::Envelope>(bytes);
    read_as::<keyring::KeyringEntry>(bytes);
    read_as::<keys::KeyRing>(bytes);
    read_as::<proof_key::ProofKey>(bytes);
    read_as::<sign_in::FamilyLink>(bytes);
    read_as::<sign_in::SignIn>(bytes);
}

fn read_as<F: Form>(bytes: &[u8]) {
    let _ = (row::decode::<F>(bytes), document::decode::<F>(bytes));
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(
        mut bytes in prop::collection::vec(any::<u8>(), 0..400),
        version in 0_u8..4,
    ) {
        read_as_everything(&bytes);
        if let Some(first) = bytes.first_mut() {
            *first = version;
        }
        read_as_everything(&bytes);
    }

    #[test]
    fn no_json_makes_a_reader_panic(text in r#"[\x01\x02]?[{}\[\]":,a-z_0-9 -]{0,120}"#) {
        read_as_everything(text.as_bytes());
    }
}
