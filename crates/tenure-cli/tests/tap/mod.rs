//! A piece of network that remembers every secret which passes it.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tenure_client::Snapshot;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::{Url, form_urlencoded};

/// It stands between a client and its issuer.
pub(crate) struct Tap {
    address: SocketAddr,
    listener: Option<TcpListener>,
    secrets: Secrets,
}

/// Each with what it is.
type Secrets = Arc<Mutex<BTreeSet<(String, String)>>>;

impl Tap {
    /// Takes an address; nothing passes before [`lead_to`](Self::lead_to).
    pub(crate) async fn bind() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        Self {
            address: listener.local_addr().unwrap(),
            listener: Some(listener),
            secrets: Secrets::default(),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn lead_to(&mut self, server: SocketAddr) {
        let listener = self.listener.take().unwrap();
        let secrets = Arc::clone(&self.secrets);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, server, Arc::clone(&secrets)));
            }
        });
    }

    /// What the browser carries for the client.
    pub(crate) fn remember_query(&self, url: &Url) {
        for (name, value) in url.query_pairs() {
            if ["code", "state", "nonce"].contains(&&*name) {
                remember(&self.secrets, &name, &value);
            }
        }
    }

    /// The tokens as they are held.
    pub(crate) fn remember_tokens(&self, snapshot: &Snapshot) {
        let Snapshot::Active { session, .. } = snapshot else {
            panic!("nobody is signed in");
        };
        let tokens = &session.tokens;
        let refresh_token = tokens.refresh_token.as_ref().unwrap().expose();
        remember(&self.secrets, "refresh_token", refresh_token);
        let access_token = tokens.access_token.expose();
        remember(&self.secrets, "access_token", access_token);
    }

    /// Everything that was learnt; a kind that was not seen is a broken set-up.
    pub(crate) fn secrets(&self) -> Vec<(String, String)> {
        let secrets = self.secrets.lock().unwrap().clone();
        for kind in KINDS {
            let seen = secrets.iter().any(|(other, _)| other == kind);
            assert!(seen, "no {kind} was seen");
        }
        secrets.into_iter().collect()
    }
}

/// Both directions of one connection, until either side ends it.
async fn pass(mut client: TcpStream, server: SocketAddr, secrets: Secrets) {
    let Ok(mut server) = TcpStream::connect(server).await else {
        return;
    };
    let (mut up, mut down) = (vec![0; 65_536], vec![0; 65_536]);
    let (mut asked, mut answered) = (Vec::new(), Vec::new());
    loop {
        tokio::select! {
            read = client.read(&mut up) => {
                let Ok(count @ 1..) = read else { break };
                asked.extend_from_slice(&up[..count]);
                look_at_requests(&asked, &secrets);
                if server.write_all(&up[..count]).await.is_err() { break }
            }
            read = server.read(&mut down) => {
                let Ok(count @ 1..) = read else { break };
                answered.extend_from_slice(&down[..count]);
                look_at_answers(&answered, &secrets);
                if client.write_all(&down[..count]).await.is_err() { break }
            }
        }
    }
}

fn look_at_requests(bytes: &[u8], secrets: &Secrets) {
    let text = String::from_utf8_lossy(bytes);
    for line in text.lines() {
        if let Some((name, value)) = line.split_once(": ") {
            if name.eq_ignore_ascii_case("authorization") {
                let (scheme, credentials) = value.split_once(' ').unwrap();
                remember(secrets, scheme, credentials);
            }
        } else {
            for (name, value) in form_urlencoded::parse(line.as_bytes()) {
                if KINDS.contains(&&*name) {
                    remember(secrets, &name, &value);
                }
            }
        }
    }
}

fn look_at_answers(bytes: &[u8], secrets: &Secrets) {
    let text = String::from_utf8_lossy(bytes);
    for part in text.split("\r\n\r\n").skip(1) {
        let mut values = serde_json::Deserializer::from_str(part).into_iter::<Value>();
        let Some(Ok(Value::Object(answer))) = values.next() else {
            continue;
        };
        for (name, value) in answer {
            if let (true, Some(value)) = (KINDS.contains(&&*name), value.as_str()) {
                remember(secrets, &name, value);
            }
        }
    }
}

fn remember(secrets: &Secrets, kind: &str, secret: &str) {
    // A part of one that arrived in pieces would be found in anything.
    if secret.len() > 8 {
        let secret = (kind.to_owned(), secret.trim_end_matches('=').to_owned());
        secrets.lock().unwrap().insert(secret);
    }
}

const KINDS: [&str; 9] = [
    "access_token",
    "refresh_token",
    "id_token",
    "code",
    "code_verifier",
    "token",
    "Bearer",
    "client_secret",
    "state",
];
