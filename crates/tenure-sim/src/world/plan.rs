use std::time::Duration;

use tenure_core::holder::{HolderConfig, Renewal};

use super::rng::Rng;

/// What one world is like; drawn from its seed.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// Programs or tabs that share one place in storage.
    pub(crate) processes: usize,
    /// How long the troubled part lasts, in milliseconds.
    pub(crate) length: u64,
    /// Nothing fails: the laws about counts and waiting times are at their sharpest.
    pub(crate) calm: bool,
    /// The wall clock of the machine may jump.
    pub(crate) clock_jumps: bool,
    /// The machine may sleep for hours.
    pub(crate) sleeps: bool,
    /// There is a thief.
    pub(crate) thief: bool,
    /// There is a lock across processes; without one the generation check must do.
    pub(crate) lock: bool,
    /// The issuer takes each refresh token once and gives a lost answer to nobody.
    pub(crate) strict: bool,
    /// The issuer knows that these holders understand 409, or, of families that began before it
    /// could be told, does not.
    pub(crate) keyed: bool,
    /// Some requests arrive only after others have rotated the family several times.
    pub(crate) late: bool,
    /// In so many of a thousand cases a message is lost, storage fails, and so on.
    pub(crate) trouble: u64,
    /// Life of an access token, in milliseconds.
    pub(crate) token_life: u64,
    /// How many requests of callers there are.
    pub(crate) callers: u64,
    /// How often people sign in or out.
    pub(crate) people: u64,
    pub(crate) config: HolderConfig,
}

impl Plan {
    /// `more` are numbers of their own: what they decide leaves the rest of a world as it was.
    pub(crate) fn draw(rng: &mut Rng, more: &mut Rng) -> Self {
        let calm = rng.chance(300);
        let strict = !calm && rng.chance(100);
        let token_life = [5_000, 60_000, 900_000][rng.index(3)];
        let idle = rng
            .chance(250)
            .then(|| Duration::from_secs(rng.between(60, 3_600)));
        let proactive = rng.chance(600);
        let config = HolderConfig {
            renewal: if proactive {
                Renewal::Proactive
            } else {
                Renewal::OnDemand
            },
            idle_limit: idle,
            absolute_limit: rng
                .chance(100)
                .then(|| Duration::from_secs(rng.between(600, 7_200))),
            ..HolderConfig::default()
        };
        Self {
            processes: usize::try_from(rng.between(1, 4)).unwrap_or(1),
            length: token_life * rng.between(2, 6),
            calm,
            clock_jumps: !calm && !strict && rng.chance(250),
            sleeps: rng.chance(250),
            strict,
            keyed: more.chance(600),
            late: !calm && !strict && more.chance(400),
            thief: !calm && !strict && rng.chance(250),
            lock: calm || (!strict && rng.chance(850)),
            trouble: if calm || strict {
                0
            } else {
                [20, 100, 300][rng.index(3)]
            },
            token_life,
            callers: rng.between(4, 24),
            people: rng.between(0, 3),
            config,
        }
    }
}
