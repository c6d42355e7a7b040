//! The rows of a sign-in by a code that is entered on another device (RFC 8628).

use serde::{Deserialize, Serialize};
use tenure_core::issuer::FamilyId;

use crate::{Form, form::sealed};

/// What a device asks for. Its row is found by the digest of the device code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceAuthorization {
    /// The client that asks.
    pub client_id: String,
    /// What it asks for, separated by spaces.
    pub scope: String,
    /// Where the device asked from.
    pub address: Option<String>,
    /// In milliseconds since 1970.
    pub asked_at: i64,
    /// In milliseconds since 1970.
    pub expires_at: i64,
    /// How long the device waits between two questions.
    pub interval_secs: u64,
    /// When it asked last; in milliseconds since 1970.
    pub polled_at: Option<i64>,
    /// The family that a yes begins.
    #[serde(with = "crate::family_id")]
    pub family: FamilyId,
    /// What became of it.
    pub decision: Decision,
}

impl sealed::Sealed for DeviceAuthorization {}

impl Form for DeviceAuthorization {
    const NAME: &'static str = "a device authorization";
    const VERSION: u8 = 1;
}

/// What became of a device's question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Decision {
    /// Nobody has answered yet.
    Pending,
    /// A person said no.
    Denied,
    /// A person said yes.
    Approved {
        /// Who.
        subject: String,
        /// When they signed in; in milliseconds since 1970.
        auth_time: i64,
    },
    /// The yes was turned into tokens.
    Used,
    /// The device code came again after that.
    Replayed,
}

/// Which device a user code belongs to. Its row is found by the digest of the user code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserCode {
    /// The digest of the device code in base64url.
    pub device_code_digest: String,
}

impl sealed::Sealed for UserCode {}

impl Form for UserCode {
    const NAME: &'static str = "a user code";
    const VERSION: u8 = 1;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::is_row;

    const GOLDEN: &str = concat!(
        r#"{"client_id":"cards","scope":"openid","address":"203.0.113.7","#,
        r#""asked_at":1800000000000,"expires_at":1800000600000,"interval_secs":5,"#,
        r#""polled_at":1800000005000,"family":"EREREREREREREREREREREQ","#,
        r#""decision":"pending"}"#
    );

    fn device(decision: Decision) -> DeviceAuthorization {
        DeviceAuthorization {
            client_id: "cards".to_owned(),
            scope: "openid".to_owned(),
            address: Some("203.0.113.7".to_owned()),
            asked_at: 1_800_000_000_000,
            expires_at: 1_800_000_600_000,
            interval_secs: 5,
            polled_at: Some(1_800_000_005_000),
            family: FamilyId([0x11; 16]),
            decision,
        }
    }

    #[test]
    fn a_device_authorization_is_these_bytes() {
        is_row(&device(Decision::Pending), 1, GOLDEN);
        let approved = Decision::Approved {
            subject: "c3ViamVjdA".to_owned(),
            auth_time: 1_800_000_000_000,
        };
        let words = [
            (Decision::Denied, r#""denied""#),
            (Decision::Used, r#""used""#),
            (Decision::Replayed, r#""replayed""#),
            (
                approved,
                r#"{"approved":{"subject":"c3ViamVjdA","auth_time":1800000000000}}"#,
            ),
        ];
        for (decision, json) in words {
            is_row(&device(decision), 1, &GOLDEN.replace(r#""pending""#, json));
        }
    }

    #[test]
    fn a_user_code_is_these_bytes() {
        let device_code_digest = "ZGlnZXN0".to_owned();
        is_row(
            &UserCode { device_code_digest },
            1,
            r#"{"device_code_digest":"ZGlnZXN0"}"#,
        );
    }
}
