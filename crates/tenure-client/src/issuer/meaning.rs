use tenure_core::holder::{Outage, TokenResponse};
use tenure_oidc::message::{outage_by, without_tokens};

use super::http_adapter::Heard;

/// What a token endpoint's answer means that granted nothing.
pub(super) fn meaning(heard: &Heard) -> TokenResponse {
    match heard.status {
        Some(status) => without_tokens(status, heard.error.as_deref(), heard.retry_after),
        None => TokenResponse::Unavailable {
            outage: outage(heard),
            retry_after: heard.retry_after,
        },
    }
}

/// What was in the way of an answer.
pub(super) fn outage(heard: &Heard) -> Outage {
    match heard.status {
        Some(status) => outage_by(status),
        None => heard.outage.unwrap_or(Outage::Network),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn heard(status: u16, error: Option<&str>) -> Heard {
        Heard {
            status: Some(status),
            error: error.map(str::to_owned),
            ..Heard::default()
        }
    }

    #[test]
    fn only_invalid_grant_ends_a_session() {
        assert!(matches!(
            meaning(&heard(400, Some("invalid_grant"))),
            TokenResponse::Refused
        ));
        assert!(matches!(
            meaning(&heard(409, None)),
            TokenResponse::Superseded
        ));
        for status in [400, 401] {
            assert!(matches!(
                meaning(&heard(status, Some("invalid_client"))),
                TokenResponse::Misconfigured
            ));
        }
        for (status, error, outage) in [
            (500, Some("invalid_grant"), Outage::Overloaded),
            (503, None, Outage::Overloaded),
            (429, Some("invalid_grant"), Outage::Overloaded),
            (200, None, Outage::Malformed),
            (302, None, Outage::Malformed),
            (400, None, Outage::Malformed),
            (404, Some("something new"), Outage::Malformed),
        ] {
            let answer = meaning(&heard(status, error));
            assert!(
                matches!(answer, TokenResponse::Unavailable { outage: o, .. } if o == outage),
                "{status} {error:?}: {answer:?}"
            );
        }
    }

    #[test]
    fn no_answer_at_all_is_an_outage_and_keeps_what_the_issuer_asked_for() {
        let silence = Heard {
            outage: Some(Outage::TimedOut),
            ..Heard::default()
        };
        assert!(matches!(
            meaning(&silence),
            TokenResponse::Unavailable {
                outage: Outage::TimedOut,
                retry_after: None
            }
        ));
        let busy = Heard {
            retry_after: Some(Duration::from_secs(7)),
            ..heard(429, None)
        };
        assert!(matches!(
            meaning(&busy),
            TokenResponse::Unavailable { retry_after: Some(after), .. } if after.as_secs() == 7
        ));
    }
}
