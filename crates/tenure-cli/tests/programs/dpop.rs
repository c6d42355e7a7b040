//! Tokens bound to a key, at npm's `oidc-provider`, which wants a nonce in every proof.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use reqwest::header::WWW_AUTHENTICATE;
use reqwest::{Method, Response, StatusCode};
use tenure_client::dpop::ProofKey;
use tenure_client::http::{Client, HttpError};
use tenure_client::issuer::{Issuer, IssuerConfig, LoginOptions};
use tenure_client::storage::{AnyStorage, FileStorage};
use tenure_client::{ErrorKind, HolderConfig, Renewal, Session, Snapshot};
use tenure_core::holder::{Request, TokenGrant, TokenResponse};
use tenure_core::secret::ClientSecret;
use tokio::sync::oneshot;
use url::Url;

use crate::support::browser::Browser;
use crate::support::home::Home;
use crate::support::peers::{self, Peer};
use crate::support::process::Program;
use crate::support::{CLIENT, free_address};

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_bound_to_the_key_that_a_folder_s_processes_share() {
    if !peers::installed() {
        return;
    }
    let state = tempfile::tempdir().unwrap();
    let file = state.path().join("provider.json");
    let provider = Peer::start(&file, free_address(), 300).await;
    let home = tempfile::tempdir().unwrap();
    let first = open(&provider, home.path(), None).await;
    first.sign_in(sign_in(&first.issuer).await).await;
    let token = first.session.access_token().await.unwrap();
    assert_eq!(token.token_type(), "DPoP");
    assert_eq!(first.userinfo().await, StatusCode::OK);

    // Norm 34: whoever found the token has not the key.
    let stolen = reqwest::Client::new().get(first.userinfo.clone()).header(
        "authorization",
        format!("Bearer {}", token.access_token().expose()),
    );
    let stolen = stolen.send().await.unwrap();
    assert_eq!(stolen.status(), StatusCode::UNAUTHORIZED);
    assert!(stolen.headers().contains_key(WWW_AUTHENTICATE));

    // Norm 32: a copy of the session without its key is of no use.
    let copy = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(home.path()).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    let thief = open(&provider, copy.path(), Some(ProofKey::generate())).await;
    let HttpError::Session(error) = thief.ask().await.unwrap_err() else {
        panic!("it has no session to lose");
    };
    assert!(matches!(error.kind(), ErrorKind::SignedOut(_)), "{error:?}");

    // That did the session no harm: another process has the key, uses it, and refreshes it.
    let second = open(&provider, home.path(), None).await;
    assert_eq!(second.userinfo().await, StatusCode::OK);
    let renewed = second.session.access_token_after(&token).await.unwrap();
    assert_eq!(renewed.token_type(), "DPoP");
    assert_eq!(second.userinfo().await, StatusCode::OK);
    assert_eq!(provider.count("granted:refresh_token").await, 1);
    assert_eq!(first.userinfo().await, StatusCode::OK);

    // A client in its own name gets bound tokens as well.
    let secret = ClientSecret::new("demo-secret");
    let config = IssuerConfig::new(provider.issuer().parse().unwrap(), "demo-service")
        .with_scope(Vec::new())
        .with_client_secret(secret)
        .with_dpop(ProofKey::generate());
    let service = Issuer::new(config).unwrap();
    let exchanged = service.exchange(&Request::ClientCredentials).await;
    let TokenResponse::Tokens(grant) = exchanged.answer else {
        panic!("{exchanged:?}");
    };
    assert_eq!(grant.token_type, "DPoP");
    provider.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_binds_its_tokens_when_asked_to() {
    if !peers::installed() {
        return;
    }
    let state = tempfile::tempdir().unwrap();
    let file = state.path().join("provider.json");
    let provider = Peer::start(&file, free_address(), 300).await;
    let home = Home::new();
    let args = ["login", "--no-browser", "--dpop", "--client-id", CLIENT];
    let issuer = ["--issuer", provider.issuer()];
    let command = home.command(args.into_iter().chain(issuer));
    let mut login = Program::start("tenure login", command);
    let url = login
        .line_with(|line| line.starts_with("http://").then(|| line.to_owned()))
        .await;
    let page = Browser::new().sign_in(&url).await;
    assert!(page.status.is_success(), "{page:?}");
    assert_eq!(login.end().await.code(), Some(0));

    let userinfo = format!("{}/me", provider.issuer());
    let fetched = home.run(["fetch", &userinfo]).await;
    assert_eq!(fetched.code, Some(0), "{fetched:?}");
    assert!(fetched.stdout.contains("\"sub\""), "{fetched:?}");
    let token = home.run(["token", "--json"]).await;
    assert!(token.stdout.contains("\"DPoP\""), "{token:?}");
    let key = home.path().join("session/dpop.00000000000000000001.json");
    let mode = std::fs::metadata(&key).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    // Without the key there is no token, and yet anybody can sign out.
    std::fs::write(&key, "").unwrap();
    let without = home.run(["token"]).await;
    assert_eq!(without.code, Some(4), "{without:?}");
    assert!(without.stderr.contains("dpop."), "{without:?}");
    assert_eq!(home.run(["logout"]).await.code, Some(0));
    provider.stop().await;
}

/// A process with a session.
struct Holder {
    issuer: Issuer,
    session: Session,
    userinfo: Url,
}

async fn open(provider: &Peer, folder: &Path, key: Option<ProofKey>) -> Holder {
    let storage = FileStorage::open(folder).unwrap();
    let key = match key {
        Some(key) => key,
        None => storage.proof_key().await.unwrap(),
    };
    let scope = ["openid", "offline_access"].map(str::to_owned).to_vec();
    let config = IssuerConfig::new(provider.issuer().parse().unwrap(), CLIENT)
        .with_scope(scope)
        .with_dpop(key);
    let issuer = Issuer::new(config).unwrap();
    let config = HolderConfig {
        renewal: Renewal::OnDemand,
        skew: Duration::ZERO,
        ..HolderConfig::default()
    };
    Holder {
        session: Session::open_with(issuer.clone(), AnyStorage::new(storage), config),
        issuer,
        userinfo: format!("{}/me", provider.issuer()).parse().unwrap(),
    }
}

impl Holder {
    async fn sign_in(&self, grant: TokenGrant) {
        self.session.sign_in(grant).await.unwrap();
        assert!(matches!(*self.session.snapshot(), Snapshot::Active { .. }));
    }

    async fn userinfo(&self) -> StatusCode {
        self.ask().await.unwrap().status()
    }

    async fn ask(&self) -> Result<Response, HttpError> {
        let client = Client::new(self.session.clone(), reqwest::Client::new());
        let client = client.allow(&self.userinfo);
        let request = client.request(Method::GET, self.userinfo.clone());
        client.send(request).await
    }
}

async fn sign_in(issuer: &Issuer) -> TokenGrant {
    let (shown, url) = oneshot::channel::<Url>();
    let waiting = issuer.clone();
    let login = tokio::spawn(async move {
        let show = |url: &Url| shown.send(url.clone()).unwrap();
        waiting
            .login_by_loopback(show, LoginOptions::default())
            .await
    });
    let url = url.await.unwrap();
    let page = Browser::new().sign_in(url.as_str()).await;
    assert!(page.status.is_success(), "{page:?}");
    login.await.unwrap().unwrap()
}
