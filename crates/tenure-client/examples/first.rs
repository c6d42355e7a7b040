//! The program of the README: signs a person in where nobody is, and asks who it is.

use tenure_client::{
    ErrorKind, Session, http,
    issuer::{Issuer, IssuerConfig, LoginOptions},
    storage::FileStorage,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = IssuerConfig::new("http://127.0.0.1:8484".parse()?, "demo-cli");
    let issuer = Issuer::new(config)?;
    let session = Session::open(issuer.clone(), FileStorage::open("state")?);

    // Whoever was signed in by an earlier run still is.
    if let Err(error) = session.access_token().await {
        let ErrorKind::SignedOut(_) = error.kind() else {
            return Err(error.into());
        };
        let show = |url: &url::Url| eprintln!("Open {url}");
        let grant = issuer.login_by_loopback(show, LoginOptions::default());
        session.sign_in(grant.await?).await?;
    }

    let api: url::Url = "http://127.0.0.1:8484/userinfo".parse()?;
    let client = http::Client::new(session, reqwest::Client::new()).allow(&api);
    let answer = client
        .send(client.request(reqwest::Method::GET, api))
        .await?;
    eprintln!("{}", answer.text().await?);
    Ok(())
}
