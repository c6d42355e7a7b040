use std::time::Duration;

use tenure_core::{
    holder::{
        Binding, Body, Cause, Event, ExchangeOp, Expiry, Generation, Holder, HolderConfig, Input,
        LoadFault, LoadOp, LockOp, Login, Outage, Output, Renewal, SaveOp, Settled, Stored,
        StoredSession, TokenGrant, TokenResponse, TokenSet, Waiter,
    },
    secret::{AccessToken, RefreshToken},
    time::{Now, Timestamp, Uptime},
};

pub(crate) const START: i64 = 1_700_000_000_000;
pub(crate) const LIFE: u64 = 600_000;

pub(crate) struct Story {
    pub(crate) holder: Holder,
    pub(crate) wall: i64,
    pub(crate) uptime: u64,
    outputs: Vec<Output>,
}

impl Story {
    pub(crate) fn new(config: HolderConfig) -> Self {
        let holder = Holder::new(config);
        Self {
            holder,
            wall: START,
            uptime: 0,
            outputs: Vec::new(),
        }
    }

    /// A story that begins with a session in storage, obtained `age` milliseconds ago.
    pub(crate) fn signed_in(config: HolderConfig, age: u64) -> Self {
        let mut story = Self::new(config);
        story.input(Input::Opened);
        let op = story.load();
        story.input(Input::Loaded {
            op,
            result: Ok(Some(stored(1, age))),
        });
        story
    }

    pub(crate) fn input(&mut self, input: Input) {
        let now = Now {
            wall: Timestamp::from_millis(self.wall),
            uptime: Uptime::from_millis(self.uptime),
        };
        self.holder.handle_input(input, now);
        while let Some(output) = self.holder.poll_output() {
            self.outputs.push(output);
        }
    }

    pub(crate) fn pass(&mut self, ms: u64) {
        self.uptime += ms;
        self.wall += i64::try_from(ms).unwrap();
    }

    pub(crate) fn want(&mut self, waiter: u64) {
        self.input(Input::TokenWanted {
            waiter: Waiter(waiter),
            rejected: None,
        });
    }

    fn take<T>(&mut self, pick: impl Fn(&Output) -> Option<T>) -> Option<T> {
        let at = self.outputs.iter().position(|o| pick(o).is_some())?;
        pick(&self.outputs.remove(at))
    }

    pub(crate) fn load(&mut self) -> LoadOp {
        self.take(|o| {
            if let Output::Load { op } = o {
                Some(*op)
            } else {
                None
            }
        })
        .unwrap()
    }

    /// Answers a read with this fault, and the second one that a fault that may pass causes.
    pub(crate) fn cannot_load(&mut self, fault: LoadFault) {
        let passing = fault == LoadFault::Failed;
        for _ in 0..=usize::from(passing) {
            let op = self.load();
            let result = Err(fault);
            self.input(Input::Loaded { op, result });
        }
    }

    pub(crate) fn replace(&mut self) -> (SaveOp, Generation, Stored) {
        self.take(|o| {
            if let Output::Replace {
                op,
                replaces,
                value,
            } = o
            {
                Some((*op, *replaces, value.clone()))
            } else {
                None
            }
        })
        .unwrap()
    }

    pub(crate) fn lock(&mut self) -> LockOp {
        self.take(|o| {
            if let Output::Lock { op, .. } = o {
                Some(*op)
            } else {
                None
            }
        })
        .unwrap()
    }

    pub(crate) fn exchange(&mut self) -> Option<ExchangeOp> {
        self.take(|o| {
            if let Output::Exchange { op, .. } = o {
                Some(*op)
            } else {
                None
            }
        })
    }

    pub(crate) fn save(&mut self) -> (SaveOp, Generation, Stored) {
        self.take(|o| {
            if let Output::Save {
                op,
                replaces,
                value,
            } = o
            {
                Some((*op, *replaces, value.clone()))
            } else {
                None
            }
        })
        .unwrap()
    }

    pub(crate) fn revoked(&mut self) -> Option<String> {
        self.take(|o| {
            if let Output::Revoke { refresh_token } = o {
                Some(refresh_token.expose().to_owned())
            } else {
                None
            }
        })
    }

    /// What is revoked at another issuer, and whose it is.
    pub(crate) fn elsewhere(&mut self) -> Option<(String, Option<Binding>)> {
        self.take(|o| {
            if let Output::RevokeElsewhere {
                refresh_token,
                binding,
            } = o
            {
                Some((refresh_token.expose().to_owned(), binding.clone()))
            } else {
                None
            }
        })
    }

    /// Whether this was told to the application.
    pub(crate) fn happened(&mut self, event: Event) -> bool {
        let told = self.take(|o| matches!(o, Output::Event(e) if *e == event).then_some(()));
        told.is_some()
    }

    /// Whether the driver has nothing to do.
    pub(crate) fn is_idle(&self) -> bool {
        self.outputs.is_empty()
    }

    pub(crate) fn settled(&mut self, waiter: u64) -> Option<Result<Settled, Cause>> {
        self.take(|o| match o {
            Output::Settle { waiter: w, result } if w.0 == waiter => Some(result.clone()),
            Output::Settle { .. }
            | Output::Load { .. }
            | Output::Save { .. }
            | Output::Replace { .. }
            | Output::Lock { .. }
            | Output::Unlock { .. }
            | Output::Exchange { .. }
            | Output::Revoke { .. }
            | Output::RevokeElsewhere { .. }
            | Output::Publish { .. }
            | Output::Event(_) => None,
        })
    }

    pub(crate) fn token(&mut self, waiter: u64) -> String {
        match self.settled(waiter) {
            Some(Ok(Settled::Token { access_token, .. })) => access_token.expose().to_owned(),
            other => panic!("no token: {other:?}"),
        }
    }

    /// Lock granted and storage read: the holder has asked the issuer.
    pub(crate) fn up_to_the_exchange(&mut self) -> ExchangeOp {
        let op = self.lock();
        self.input(Input::LockGranted { op });
        let op = self.load();
        self.input(Input::Loaded {
            op,
            result: Ok(Some(stored(1, LIFE))),
        });
        self.exchange().unwrap()
    }

    pub(crate) fn answer(&mut self, op: ExchangeOp, answer: TokenResponse) {
        self.input(Input::Exchanged {
            op,
            answer,
            issuer_time: None,
        });
    }
}

pub(crate) fn tokens(number: u64, age: u64) -> TokenSet {
    let obtained_at = Timestamp::from_millis(START - i64::try_from(age).unwrap());
    TokenSet {
        access_token: AccessToken::new(format!("at{number}")),
        token_type: "Bearer".to_owned(),
        obtained_at,
        expires_at: Some(obtained_at.saturating_add(Duration::from_millis(LIFE))),
        issued: Generation::from_u64(number),
        forced: false,
        refresh_token: Some(RefreshToken::new(format!("rt{number}"))),
        id_token: None,
        scope: None,
        subject: Some("ann".to_owned()),
    }
}

pub(crate) fn stored(number: u64, age: u64) -> Stored {
    let login = Login {
        generation: Generation::from_u64(1),
        at: Timestamp::from_millis(START),
    };
    let last_active = Timestamp::from_millis(START);
    let session = StoredSession {
        login,
        tokens: tokens(number, age),
        last_active,
        binding: None,
    };
    Stored {
        generation: Generation::from_u64(number),
        body: Body::Active(session),
    }
}

pub(crate) fn grant(number: u64, wall: i64) -> TokenGrant {
    TokenGrant {
        access_token: AccessToken::new(format!("at{number}")),
        token_type: "Bearer".to_owned(),
        expiry: Expiry::In(Duration::from_millis(LIFE)),
        refresh_token: Some(RefreshToken::new(format!("rt{number}"))),
        id_token: None,
        scope: None,
        subject: Some("ann".to_owned()),
        requested_at: Timestamp::from_millis(wall),
    }
}

pub(crate) fn on_demand() -> HolderConfig {
    HolderConfig {
        renewal: Renewal::OnDemand,
        ..HolderConfig::default()
    }
}

pub(crate) fn unavailable(outage: Outage) -> TokenResponse {
    TokenResponse::Unavailable {
        outage,
        retry_after: None,
    }
}
