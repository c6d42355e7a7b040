mod row;

use tenure_core::issuer::{FamilyId, RevokedReason};
use tenure_core::secret::AuthorizationCode;
use tenure_core::time::Timestamp;
use tenure_store::{Key, Kind, Replaced, StoreError, Version};

use super::begin::{self, Start};
use super::{TokenResponse, retry_key};
use crate::app::App;
use crate::clients::{Client, Leniency};
use crate::digest::{b64, random, random_text, same, sha256};
use crate::http::{ClientInfo, OAuthError, Parameters};
use crate::rows::{Change, Life};
use crate::sign_in::SignIn;

/// What an authorization code stands for. Its row is found by the digest of the code.
#[derive(Clone)]
pub(crate) struct Code {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    /// The S256 challenge (RFC 7636); only a client that is excused has none.
    pub(crate) challenge: Option<String>,
    pub(crate) scope: String,
    pub(crate) nonce: Option<String>,
    /// Which claims about the person the request wants in the ID token.
    pub(crate) id_token_claims: Vec<String>,
    pub(crate) subject: String,
    pub(crate) sign_in: String,
    pub(crate) auth_time: i64,
    expires_at: i64,
    /// The family that the code begins, drawn beforehand, so that a second use can end it.
    family: FamilyId,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Fresh,
    Used,
    Replayed,
}

impl Code {
    pub(crate) fn new(client_id: &str, redirect_uri: &str, sign_in: &SignIn) -> Self {
        Self {
            client_id: client_id.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            challenge: None,
            scope: String::new(),
            nonce: None,
            id_token_claims: Vec::new(),
            subject: sign_in.subject.clone(),
            sign_in: sign_in.id.clone(),
            auth_time: sign_in.auth_time().as_millis(),
            expires_at: 0,
            family: FamilyId(random()),
            state: State::Fresh,
        }
    }
}

/// Writes a code down and returns it.
pub(crate) async fn issue(app: &App, mut code: Code) -> Result<AuthorizationCode, StoreError> {
    let secret = AuthorizationCode::new(random_text::<32>());
    let ttl = std::time::Duration::from_secs(app.policy.code_ttl_secs);
    code.expires_at = app.rows.now().saturating_add(ttl).as_millis();
    app.rows
        .write(&key(secret.expose()), None, &code, life(&code))
        .await?;
    Ok(secret)
}

/// Begins a family for a code (RFC 6749 §4.1.3).
pub(super) async fn exchange(
    app: &App,
    client: &Client,
    form: &Parameters,
    client_info: &ClientInfo,
) -> Result<TokenResponse, OAuthError> {
    let text = form
        .find("code")
        .ok_or(OAuthError::request("code is missing"))?;
    let keyed = retry_key::is_sent(form)?;
    let key = key(text);
    let Some((code, version)) = app.rows.read::<Code>(&key).await? else {
        return Err(unknown());
    };
    check(&code, client, form)?;
    if code.state != State::Fresh || !use_up(app, &key, &code, version).await? {
        return Err(replayed(app, &key).await?);
    }
    let now = app.rows.now();
    if code.expires_at <= now.as_millis() {
        return Err(unknown());
    }
    let begun = Begun { code, keyed };
    begin(app, client, &key, begun, client_info, now).await
}

/// A code that was used for the first time, and how.
struct Begun {
    code: Code,
    keyed: bool,
}

async fn begin(
    app: &App,
    client: &Client,
    key: &Key,
    Begun { code, keyed }: Begun,
    client_info: &ClientInfo,
    now: Timestamp,
) -> Result<TokenResponse, OAuthError> {
    let id = code.family;
    let asked = code.id_token_claims;
    let start = Start {
        id,
        subject: code.subject,
        scope: code.scope,
        nonce: code.nonce,
        auth_time: Timestamp::from_millis(code.auth_time),
        keyed,
    };
    let (family, token) = begin::family(app, client, start, client_info, now).await?;
    app.families
        .link(id, &code.sign_in, app.policy.refresh_absolute())
        .await?;
    app.families.write(&family, None).await?;
    // The family and its link are written: whoever signs out, or uses the code again, from now
    // on finds them. Whoever did so before is found here.
    let allowed = app.accounts.allows(&family).await?;
    let sign_ins = app.sign_ins_of(&family.subject).await?;
    let signed_in = sign_ins
        .iter()
        .any(|(_, sign_in)| sign_in.id == code.sign_in);
    let marked = app.rows.read::<Code>(key).await?;
    let once = marked.is_some_and(|(code, _)| code.state == State::Used);
    if !(allowed && signed_in && once) {
        app.families.end(id, RevokedReason::SignedOut).await?;
        return Err(unknown());
    }
    begin::tokens(app, client, (&family, &token), &asked, now).await
}

/// Whether the request is from where the code was sent. A wrong guess does not burn the code.
fn check(code: &Code, client: &Client, form: &Parameters) -> Result<(), OAuthError> {
    if code.client_id != client.id {
        return Err(unknown());
    }
    if form.find("redirect_uri") != Some(&code.redirect_uri) {
        let what = "redirect_uri is not the one of the authorization request";
        return Err(OAuthError::grant(what));
    }
    match (&code.challenge, form.find("code_verifier")) {
        (Some(challenge), Some(verifier)) => {
            let given = b64(&sha256(verifier.as_bytes()));
            let fine = (43..=128).contains(&verifier.len());
            if fine && same(given.as_bytes(), challenge.as_bytes()) {
                return Ok(());
            }
            Err(OAuthError::grant("code_verifier does not fit"))
        }
        (Some(_), None) => Err(OAuthError::grant("code_verifier is missing")),
        (None, Some(_)) if client.permits(Leniency::VerifierWithoutChallenge) => Ok(()),
        // Norm 6: a verifier without a challenge is a downgrade.
        (None, Some(_)) => Err(OAuthError::grant("there was no code_challenge")),
        (None, None) => Ok(()),
    }
}

async fn use_up(app: &App, key: &Key, code: &Code, version: Version) -> Result<bool, StoreError> {
    let state = State::Used;
    let marked = Code {
        state,
        ..code.clone()
    };
    let written = app
        .rows
        .write(key, Some(version), &marked, life(code))
        .await?;
    Ok(matches!(written, Replaced::Done(_)))
}

/// A used code came again: two parties have it, so what it granted ends (RFC 6749 §4.1.2).
async fn replayed(app: &App, key: &Key) -> Result<OAuthError, StoreError> {
    let noted = |code: Option<Code>| match code {
        Some(code) if code.state != State::Replayed => {
            let state = State::Replayed;
            let code = Code { state, ..code };
            Change::Write(code.clone(), life(&code), Some(code))
        }
        Some(_) | None => Change::Leave(code),
    };
    if let Some(code) = app.rows.change(key, noted).await? {
        app.families.end(code.family, RevokedReason::Reused).await?;
        tracing::warn!(client = %code.client_id, "an authorization code was used again");
    }
    Ok(OAuthError::grant(
        "the code was used before; what it granted has ended",
    ))
}

fn unknown() -> OAuthError {
    OAuthError::grant("the code is unknown or expired")
}

/// A code is remembered for a while after its end, so that a second use is noticed.
fn life(code: &Code) -> Life {
    let remembered = std::time::Duration::from_secs(10 * 60);
    Life::until(Timestamp::from_millis(code.expires_at).saturating_add(remembered))
}

fn key(code: &str) -> Key {
    Key::new(Kind::Code, sha256(code.as_bytes()))
}
