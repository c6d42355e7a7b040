use tenure_wire::device::{Decision, DeviceAuthorization};

use super::{Asked, Said};
use crate::rows::Kept;

impl Kept for Asked {
    type Form = DeviceAuthorization;

    fn to_form(&self) -> DeviceAuthorization {
        let own = self.clone();
        DeviceAuthorization {
            client_id: own.client_id,
            scope: own.scope,
            address: own.address,
            asked_at: own.asked_at,
            expires_at: own.expires_at,
            interval_secs: own.interval_secs,
            polled_at: own.polled_at,
            family: own.family,
            decision: own.said.into(),
        }
    }

    fn from_form(row: DeviceAuthorization) -> Self {
        Self {
            client_id: row.client_id,
            scope: row.scope,
            address: row.address,
            asked_at: row.asked_at,
            expires_at: row.expires_at,
            interval_secs: row.interval_secs,
            polled_at: row.polled_at,
            family: row.family,
            said: row.decision.into(),
        }
    }
}

impl From<Said> for Decision {
    fn from(said: Said) -> Self {
        match said {
            Said::Nothing => Self::Pending,
            Said::No => Self::Denied,
            Said::Yes { subject, auth_time } => Self::Approved { subject, auth_time },
            Said::Used => Self::Used,
            Said::Replayed => Self::Replayed,
        }
    }
}

impl From<Decision> for Said {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Pending => Self::Nothing,
            Decision::Denied => Self::No,
            Decision::Approved { subject, auth_time } => Self::Yes { subject, auth_time },
            Decision::Used => Self::Used,
            Decision::Replayed => Self::Replayed,
        }
    }
}
