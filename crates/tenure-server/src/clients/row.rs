use tenure_wire::client;

use super::{Client, Compatibility, GrantType, Leniency, Origin};
use crate::rows::Kept;

impl Kept for Client {
    type Form = client::Client;

    fn to_form(&self) -> client::Client {
        let own = self.clone();
        client::Client {
            id: own.id,
            secret_digest: own.secret_digest,
            redirect_uris: own.redirect_uris,
            post_logout_redirect_uris: own.post_logout_redirect_uris,
            grants: own.grants.into_iter().map(Into::into).collect(),
            scope: own.scope,
            audience: own.audience,
            algorithm: own.algorithm.map(Into::into),
            compatibility: own.compatibility.into(),
            origin: own.origin.into(),
        }
    }

    fn from_form(row: client::Client) -> Self {
        Self {
            id: row.id,
            secret_digest: row.secret_digest,
            redirect_uris: row.redirect_uris,
            post_logout_redirect_uris: row.post_logout_redirect_uris,
            grants: row.grants.into_iter().map(Into::into).collect(),
            scope: row.scope,
            audience: row.audience,
            algorithm: row.algorithm.map(Into::into),
            compatibility: row.compatibility.into(),
            origin: row.origin.into(),
        }
    }
}

impl From<Compatibility> for client::Compatibility {
    fn from(own: Compatibility) -> Self {
        let leniency = own.dangerous_leniency.into_iter();
        Self {
            dangerous_leniency: leniency.map(Into::into).collect(),
            id_token_on_refresh: own.id_token_on_refresh,
            token_use_claim: own.token_use_claim,
            account_claims: own.account_claims,
            dangerous_id_token_issuer: own.dangerous_id_token_issuer,
        }
    }
}

impl From<client::Compatibility> for Compatibility {
    fn from(row: client::Compatibility) -> Self {
        let leniency = row.dangerous_leniency.into_iter();
        Self {
            dangerous_leniency: leniency.map(Into::into).collect(),
            id_token_on_refresh: row.id_token_on_refresh,
            token_use_claim: row.token_use_claim,
            account_claims: row.account_claims,
            dangerous_id_token_issuer: row.dangerous_id_token_issuer,
        }
    }
}

impl From<Origin> for client::Origin {
    fn from(from: Origin) -> Self {
        match from {
            Origin::Unknown => Self::Unknown,
            Origin::Configuration(at) => Self::Configuration(at),
            Origin::CommandLine => Self::CommandLine,
            Origin::Demo => Self::Demo,
        }
    }
}

impl From<client::Origin> for Origin {
    fn from(from: client::Origin) -> Self {
        match from {
            client::Origin::Unknown => Self::Unknown,
            client::Origin::Configuration(at) => Self::Configuration(at),
            client::Origin::CommandLine => Self::CommandLine,
            client::Origin::Demo => Self::Demo,
        }
    }
}

impl From<GrantType> for client::GrantType {
    fn from(from: GrantType) -> Self {
        match from {
            GrantType::AuthorizationCode => Self::AuthorizationCode,
            GrantType::RefreshToken => Self::RefreshToken,
            GrantType::ClientCredentials => Self::ClientCredentials,
            GrantType::DeviceCode => Self::DeviceCode,
            GrantType::DangerousNamedSubject => Self::DangerousNamedSubject,
        }
    }
}

impl From<client::GrantType> for GrantType {
    fn from(from: client::GrantType) -> Self {
        match from {
            client::GrantType::AuthorizationCode => Self::AuthorizationCode,
            client::GrantType::RefreshToken => Self::RefreshToken,
            client::GrantType::ClientCredentials => Self::ClientCredentials,
            client::GrantType::DeviceCode => Self::DeviceCode,
            client::GrantType::DangerousNamedSubject => Self::DangerousNamedSubject,
        }
    }
}

impl From<Leniency> for client::Leniency {
    fn from(from: Leniency) -> Self {
        match from {
            Leniency::SignInWithoutChallenge => Self::SignInWithoutChallenge,
            Leniency::VerifierWithoutChallenge => Self::VerifierWithoutChallenge,
            Leniency::SignInAtLogin => Self::SignInAtLogin,
            Leniency::AnswerWithoutIssuer => Self::AnswerWithoutIssuer,
            Leniency::TokenParametersInQuery => Self::TokenParametersInQuery,
            Leniency::UnencodedBasicSecret => Self::UnencodedBasicSecret,
            Leniency::SignOutWithoutQuestion => Self::SignOutWithoutQuestion,
            Leniency::RelativeLogoutUri => Self::RelativeLogoutUri,
        }
    }
}

impl From<client::Leniency> for Leniency {
    fn from(from: client::Leniency) -> Self {
        match from {
            client::Leniency::SignInWithoutChallenge => Self::SignInWithoutChallenge,
            client::Leniency::VerifierWithoutChallenge => Self::VerifierWithoutChallenge,
            client::Leniency::SignInAtLogin => Self::SignInAtLogin,
            client::Leniency::AnswerWithoutIssuer => Self::AnswerWithoutIssuer,
            client::Leniency::TokenParametersInQuery => Self::TokenParametersInQuery,
            client::Leniency::UnencodedBasicSecret => Self::UnencodedBasicSecret,
            client::Leniency::SignOutWithoutQuestion => Self::SignOutWithoutQuestion,
            client::Leniency::RelativeLogoutUri => Self::RelativeLogoutUri,
        }
    }
}
