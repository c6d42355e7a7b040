use super::{
    Binding, Body, Generation, HolderConfig, SignedOutReason, StorageTrouble, Stored,
    StoredSession, Unnamed,
};

/// What storage is known to hold.
#[derive(Debug, Clone)]
pub(super) enum StoredView {
    Unread,
    /// It could not be read.
    Failed(StorageTrouble),
    Empty,
    Known(Stored),
    /// A session of another issuer or client: of no use but for its place.
    Foreign(Stored),
}

impl StoredView {
    /// What was found in storage, as a holder of this configuration sees it.
    pub(super) fn of(found: Option<Stored>, config: &HolderConfig) -> Self {
        match found {
            None => Self::Empty,
            Some(stored) => match &stored.body {
                Body::Active(session) if !session.is_of(config) => Self::Foreign(stored),
                Body::Active(_) | Body::SignedOut(_) => Self::Known(stored),
            },
        }
    }

    /// A session of another issuer or client.
    pub(super) const fn foreign(&self) -> Option<&StoredSession> {
        match self {
            Self::Foreign(Stored {
                body: Body::Active(session),
                ..
            }) => Some(session),
            Self::Unread | Self::Failed(_) | Self::Empty | Self::Known(_) | Self::Foreign(_) => {
                None
            }
        }
    }

    pub(super) fn generation(&self) -> Generation {
        match self {
            Self::Unread | Self::Failed(_) | Self::Empty => Generation::NONE,
            Self::Known(stored) | Self::Foreign(stored) => stored.generation,
        }
    }

    pub(super) const fn session(&self) -> Option<&StoredSession> {
        match self {
            Self::Known(Stored {
                body: Body::Active(active),
                ..
            }) => Some(active),
            Self::Known(Stored {
                body: Body::SignedOut(_),
                ..
            })
            | Self::Unread
            | Self::Failed(_)
            | Self::Empty
            | Self::Foreign(_) => None,
        }
    }

    /// Whether storage was read, if not just now.
    pub(super) const fn is_known(&self) -> bool {
        !matches!(self, Self::Unread | Self::Failed(_))
    }

    /// Why nobody is signed in, if that is known.
    pub(super) const fn signed_out(&self) -> Option<SignedOutReason> {
        match self {
            Self::Unread | Self::Failed(_) => None,
            Self::Empty => Some(SignedOutReason::NeverSignedIn),
            Self::Foreign(_) => Some(SignedOutReason::Foreign),
            Self::Known(stored) => match &stored.body {
                Body::Active(_) => None,
                Body::SignedOut(mark) => Some(mark.reason),
            },
        }
    }
}

impl StoredSession {
    /// Whether a holder of this configuration may use, refresh and revoke it.
    pub(super) fn is_of(&self, config: &HolderConfig) -> bool {
        self.pair(config) == config.binding.as_ref()
    }

    /// Whose it is, as far as is known.
    pub(super) fn pair<'a>(&'a self, config: &'a HolderConfig) -> Option<&'a Binding> {
        let unnamed = match &config.unnamed {
            Unnamed::Ours => config.binding.as_ref(),
            Unnamed::Of(pair) => pair.as_ref(),
        };
        self.binding.as_ref().or(unnamed)
    }
}
