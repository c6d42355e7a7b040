use std::time::Duration;

use tenure_core::time::Timestamp;

use super::{
    Make,
    issuer::{Issuer, TokenGrant, TokenResponse},
};

/// One mishap.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scenario {
    /// An answer is lost, and the client asks again so much later.
    Lost(Duration, &'static str),
    /// So many tabs present the same token at once; their answers arrive in every order.
    Tabs(usize, FirstTab, &'static str),
    /// A thief presents the superseded token so long after the victim used the new one.
    Thief(Duration, &'static str),
    /// A thief presents a copy of what the victim presented, so long after each refresh.
    Mirror(Duration, Checked, &'static str),
}

/// Who checks the access tokens that the victim uses.
#[derive(Debug, Clone, Copy)]
pub(super) enum Checked {
    /// The service, so that it learns of their use.
    AtTheService,
    /// The APIs by themselves.
    Elsewhere,
}

/// What the tab whose request is first has done by the time the others' requests arrive.
#[derive(Debug, Clone, Copy)]
pub(super) enum FirstTab {
    Waits,
    UsedItsAccessToken,
}

impl Scenario {
    pub(super) const ALL: [Self; 11] = [
        Self::Lost(Duration::from_secs(2), "lost 2s"),
        Self::Lost(Duration::from_secs(60), "lost 60s"),
        Self::Lost(Duration::from_secs(2 * 60 * 60), "lost 2h"),
        Self::Tabs(2, FirstTab::Waits, "2 tabs"),
        Self::Tabs(3, FirstTab::Waits, "3 tabs"),
        Self::Tabs(2, FirstTab::UsedItsAccessToken, "2 tabs, 1st used"),
        Self::Thief(Duration::from_secs(5), "thief +5s"),
        Self::Thief(Duration::from_secs(60), "thief +60s"),
        Self::Mirror(MINUTE, Checked::AtTheService, "mirror thief"),
        Self::Mirror(
            Duration::from_secs(5),
            Checked::AtTheService,
            "mirror thief +5s",
        ),
        Self::Mirror(MINUTE, Checked::Elsewhere, "mirror thief, APIs check"),
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Lost(_, name)
            | Self::Tabs(_, _, name)
            | Self::Thief(_, name)
            | Self::Mirror(_, _, name) => name,
        }
    }

    /// Plays it and says how it ended.
    pub(super) fn run(self, make: Make) -> String {
        match self {
            Self::Lost(gap, _) => lost(make().as_mut(), gap).to_owned(),
            Self::Tabs(count, first, _) => tabs(make, count, first),
            Self::Thief(gap, _) => thief(make().as_mut(), gap).to_owned(),
            Self::Mirror(gap, checked, _) => mirror(make().as_mut(), gap, checked).to_owned(),
        }
    }
}

fn lost(issuer: &mut dyn Issuer, gap: Duration) -> &'static str {
    let mut browser = Browser::signed_in(issuer);
    issuer.refresh(&browser.jar.refresh, START);
    let retry = START.saturating_add(gap);
    if browser.refresh(issuer, retry) && browser.goes_on(issuer, retry) {
        "ok"
    } else {
        "LOGOUT"
    }
}

fn tabs(make: Make, count: usize, first: FirstTab) -> String {
    let orders = permutations(count);
    let logouts = orders
        .iter()
        .filter(|order| !survives(make().as_mut(), order, first))
        .count();
    let kind = if logouts == 0 { "" } else { " logout" };
    format!("{logouts}/{}{kind}", orders.len())
}

/// All tabs read the jar before any answer is in it. The issuer sees their requests one after
/// the other, the jar their answers in the given order.
fn survives(issuer: &mut dyn Issuer, order: &[usize], first: FirstTab) -> bool {
    let mut browser = Browser::signed_in(issuer);
    let shared = browser.jar.refresh.clone();
    let mut answers = Vec::new();
    for tab in 0..order.len() {
        let answer = issuer.refresh(&shared, START);
        match (first, tab, &answer) {
            (FirstTab::UsedItsAccessToken, 0, TokenResponse::Granted(grant)) => {
                issuer.used(grant.access, START);
            }
            (FirstTab::UsedItsAccessToken | FirstTab::Waits, _, _) => {}
        }
        answers.push(answer);
    }
    let kept = order
        .iter()
        .filter_map(|tab| answers.get(*tab))
        .all(|answer| browser.receive(issuer, answer.clone(), START));
    kept && browser.goes_on(issuer, START)
}

fn thief(issuer: &mut dyn Issuer, gap: Duration) -> &'static str {
    let mut victim = Browser::signed_in(issuer);
    let stolen = victim.jar.refresh.clone();
    victim.refresh(issuer, START);
    victim.use_access(issuer, START);
    let mut now = START.saturating_add(gap);
    let mut thief = match issuer.refresh(&stolen, now) {
        TokenResponse::Granted(jar) => Browser { jar },
        TokenResponse::Conflict => return "refused (409)",
        TokenResponse::Refused if issuer.ended() => return "detected",
        TokenResponse::Refused => return "refused",
    };
    for _ in 0..ROUNDS {
        for party in [&mut victim, &mut thief] {
            now = now.saturating_add(BETWEEN);
            party.refresh(issuer, now);
            party.use_access(issuer, now);
            if issuer.ended() {
                return "got token, detected next";
            }
        }
    }
    "got token, NEVER detected"
}

fn mirror(issuer: &mut dyn Issuer, gap: Duration, checked: Checked) -> &'static str {
    let mut victim = Browser::signed_in(issuer);
    let mut now = START;
    let mut got_something = false;
    for _ in 0..ROUNDS {
        let copied = victim.jar.refresh.clone();
        victim.refresh(issuer, now);
        match checked {
            Checked::AtTheService => victim.use_access(issuer, now),
            Checked::Elsewhere => {}
        }
        let answer = issuer.refresh(&copied, now.saturating_add(gap));
        got_something |= matches!(answer, TokenResponse::Granted(_));
        if issuer.ended() {
            return "detected";
        }
        now = now.saturating_add(BETWEEN);
    }
    if got_something {
        "NEVER detected"
    } else {
        "refused (409)"
    }
}

/// The jar that all tabs of a browser share: what arrives last is what is in it.
struct Browser {
    jar: TokenGrant,
}

impl Browser {
    fn signed_in(issuer: &dyn Issuer) -> Self {
        Self {
            jar: issuer.first(),
        }
    }

    /// False if the person is signed out by this.
    fn refresh(&mut self, issuer: &mut dyn Issuer, now: Timestamp) -> bool {
        let answer = issuer.refresh(&self.jar.refresh, now);
        self.receive(issuer, answer, now)
    }

    /// After a conflict the jar is read again and the request repeated once; a second conflict
    /// says that the sibling's answer is still on its way, which is no harm.
    fn receive(&mut self, issuer: &mut dyn Issuer, answer: TokenResponse, now: Timestamp) -> bool {
        let answer = match answer {
            TokenResponse::Conflict => issuer.refresh(&self.jar.refresh, now),
            TokenResponse::Granted(_) | TokenResponse::Refused => answer,
        };
        match answer {
            TokenResponse::Granted(grant) => self.jar = grant,
            TokenResponse::Conflict => {}
            TokenResponse::Refused => return false,
        }
        true
    }

    fn use_access(&self, issuer: &mut dyn Issuer, now: Timestamp) {
        issuer.used(self.jar.access, now);
    }

    /// Uses what it has, and refreshes a few more times when its access tokens run out.
    fn goes_on(&mut self, issuer: &mut dyn Issuer, mut now: Timestamp) -> bool {
        (0..3).all(|_| {
            self.use_access(issuer, now);
            now = now.saturating_add(BETWEEN);
            self.refresh(issuer, now)
        })
    }
}

fn permutations(count: usize) -> Vec<Vec<usize>> {
    (0..count).fold(vec![Vec::new()], |shorter, next| {
        shorter
            .iter()
            .flat_map(|order: &Vec<usize>| {
                (0..=order.len()).map(|place| {
                    let mut longer = order.clone();
                    longer.insert(place, next);
                    longer
                })
            })
            .collect()
    })
}

const START: Timestamp = Timestamp::from_secs(1000);
/// An access token's life.
const BETWEEN: Duration = Duration::from_secs(300);
const ROUNDS: usize = 40;
const MINUTE: Duration = Duration::from_secs(60);
