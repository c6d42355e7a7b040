use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64ct::{Base64UrlUnpadded, Encoding};
use tenure_wire::{DecodeError, document, envelope};
use zeroize::Zeroizing;

use super::keys::Key;

/// What stands in the file instead of the session.
///
/// Its text is nonce, text and tag of AES-256-GCM; what it is for is authenticated with it.
pub(super) struct Envelope(envelope::Envelope);

impl Envelope {
    pub(super) fn seal(key: &Key, name: String, mut text: Zeroizing<Vec<u8>>) -> Option<Vec<u8>> {
        let cipher = RandomizedNonceKey::new(&AES_256_GCM, key.bytes()).ok()?;
        // In place, so that no copy of the text stays behind.
        let (nonce, tag) = cipher
            .seal_in_place_separate_tag(Aad::from(name), &mut text)
            .ok()?;
        let sealed = [nonce.as_ref().as_slice(), &text, tag.as_ref()].concat();
        Some(document::encode(&envelope::Envelope {
            key: key.number(),
            sealed: Base64UrlUnpadded::encode_string(&sealed),
        }))
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, DecodeError> {
        document::decode(bytes).map(Self)
    }

    pub(super) const fn key(&self) -> u64 {
        self.0.key
    }

    /// The text, if it was sealed with this key under this name.
    pub(super) fn open(&self, key: &Key, name: String) -> Option<Zeroizing<Vec<u8>>> {
        let cipher = RandomizedNonceKey::new(&AES_256_GCM, key.bytes()).ok()?;
        let sealed = Base64UrlUnpadded::decode_vec(&self.0.sealed).ok()?;
        let (nonce, text) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut text = Zeroizing::new(text.to_vec());
        let length = cipher
            .open_in_place(nonce, Aad::from(name), &mut text)
            .ok()?
            .len();
        text.truncate(length);
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(number: u64) -> String {
        format!("session {number}")
    }

    fn sealed(key: &Key) -> Envelope {
        let text = Zeroizing::new(b"at-1".to_vec());
        Envelope::parse(&Envelope::seal(key, name(7), text).unwrap()).unwrap()
    }

    #[test]
    fn only_its_key_and_its_name_open_an_envelope() {
        let key = Key::new(1, Zeroizing::new([1; 32]));
        let other = Key::new(1, Zeroizing::new([2; 32]));
        let envelope = sealed(&key);
        assert_eq!(&**envelope.open(&key, name(7)).unwrap(), b"at-1");
        assert!(envelope.open(&other, name(7)).is_none());
        assert!(envelope.open(&key, name(8)).is_none());
    }

    #[test]
    fn an_envelope_with_any_bit_changed_does_not_open() {
        let key = Key::new(1, Zeroizing::new([1; 32]));
        let mut envelope = sealed(&key);
        let bytes = Base64UrlUnpadded::decode_vec(&envelope.0.sealed).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            envelope.0.sealed = Base64UrlUnpadded::encode_string(&changed);
            assert!(envelope.open(&key, name(7)).is_none(), "bit {bit}");
        }
        envelope.0.sealed.clear();
        assert!(envelope.open(&key, name(7)).is_none());
    }

    #[test]
    fn an_envelope_of_a_newer_version_is_none() {
        assert!(Envelope::parse(br#"{"v":1,"key":1,"sealed":"AA"}"#).is_ok());
        assert!(Envelope::parse(br#"{"v":2,"key":1,"sealed":"AA"}"#).is_err());
        assert!(Envelope::parse(br#"{"v":1,"key":1,"sealed":"AA","more":0}"#).is_err());
    }
}
