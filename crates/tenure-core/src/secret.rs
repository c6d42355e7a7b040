//! Secrets as types: they do not print, they compare in constant time, and they are wiped when
//! the last copy goes.

use alloc::{string::String, sync::Arc};
use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

macro_rules! secrets {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// Cloning shares the text; it is wiped from memory with the last clone. `Debug` shows
        /// the type's name and nothing of the text.
        #[derive(Clone)]
        pub struct $name(Arc<Zeroizing<String>>);

        impl $name {
            /// Takes the text in; the caller's copy is the one that is kept.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(Arc::new(Zeroizing::new(text.into())))
            }

            /// The text itself, for the one place that has to send or store it.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
            }
        }

        impl Eq for $name {}
    )*};
}

secrets! {
    /// An access token (RFC 6749 §1.4).
    AccessToken;
    /// A refresh token (RFC 6749 §1.5).
    RefreshToken;
    /// An OpenID Connect ID token, as received.
    IdToken;
    /// An authorization code (RFC 6749 §1.3.1).
    AuthorizationCode;
    /// What a device shows for the tokens that a person granted it (RFC 8628 §3.2).
    DeviceCode;
    /// A PKCE code verifier (RFC 7636 §4.1).
    CodeVerifier;
    /// The `state` of one login (RFC 6749 §4.1.1): whoever shows it may finish that login.
    LoginState;
    /// The `nonce` that ties an ID token to one login (OpenID Connect Core §3.1.2.1).
    Nonce;
    /// A client's secret (RFC 6749 §2.3.1).
    ClientSecret;
    /// A person's password.
    Password;
    /// The id of a server-side session: whoever shows it is the session's owner.
    SessionId;
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn debug_shows_no_character_of_a_secret() {
        assert_eq!(
            format!("{:?}", AccessToken::new("s3cr3t")),
            "AccessToken(…)"
        );
    }

    #[test]
    fn equal_texts_are_equal_secrets() {
        assert_eq!(RefreshToken::new("a"), RefreshToken::new("a"));
        assert_ne!(RefreshToken::new("a"), RefreshToken::new("b"));
        assert_ne!(RefreshToken::new("a"), RefreshToken::new("aa"));
    }
}
