//! An identity provider that says what a test tells it to, down to the byte.
#![allow(
    clippy::unwrap_used,
    dead_code,
    reason = "shared by test programs: a broken set-up is a failed test, and each uses its part"
)]

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::{Value, json};
use tenure_client::issuer::{Issuer, IssuerConfig};
use tenure_core::secret::ClientSecret;
use tenure_oidc::pkce::base64url;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use url::Url;

#[derive(Clone)]
pub(crate) struct Provider {
    pub(crate) address: String,
    shared: Arc<Mutex<Shared>>,
    key: Arc<EcdsaKeyPair>,
}

#[derive(Default)]
struct Shared {
    replies: HashMap<String, VecDeque<Reply>>,
    asked: Vec<Asked>,
}

/// One request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) head: String,
    pub(crate) form: HashMap<String, String>,
}

#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Json(u16, Value),
    /// A body as it is, with more headers.
    Raw(u16, &'static str, String),
    /// A part of a response, then the connection ends.
    CutAfter(&'static str),
    /// No answer, and the connection stays.
    Silence,
}

impl Provider {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let key = Arc::new(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap());
        let shared = Arc::default();
        let provider = Self {
            address,
            shared,
            key,
        };
        provider.reply(
            "/.well-known/openid-configuration",
            Reply::Json(200, provider.discovery()),
        );
        provider.reply("/jwks", Reply::Json(200, provider.keys()));
        let serving = provider.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().serve(stream));
            }
        });
        provider
    }

    pub(crate) fn config(&self) -> IssuerConfig {
        IssuerConfig::new(self.address.parse().unwrap(), "a-client")
    }

    /// A public client of this provider.
    pub(crate) fn issuer(&self) -> Issuer {
        Issuer::new(self.config()).unwrap()
    }

    pub(crate) fn confidential(&self) -> Issuer {
        let secret = ClientSecret::new("client-s3cr3t");
        Issuer::new(self.config().with_client_secret(secret)).unwrap()
    }

    pub(crate) fn discovery(&self) -> Value {
        let at = |path| format!("{}{path}", self.address);
        json!({
            "issuer": self.address,
            "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"),
            "jwks_uri": at("/jwks"),
            "device_authorization_endpoint": at("/device"),
            "revocation_endpoint": at("/revoke"),
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "authorization_response_iss_parameter_supported": true,
        })
    }

    fn keys(&self) -> Value {
        let point = self.key.public_key().as_ref();
        json!({ "keys": [{
            "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "one",
            "x": base64url(&point[1..33]),
            "y": base64url(&point[33..65]),
        }]})
    }

    /// Says what a path answers from now on.
    pub(crate) fn reply(&self, path: &str, reply: Reply) {
        self.replies(path, [reply]);
    }

    /// The same, one after the other; the last one stays.
    pub(crate) fn replies(&self, path: &str, replies: impl IntoIterator<Item = Reply>) {
        let replies = replies.into_iter().collect();
        let mut shared = self.shared.lock().unwrap();
        shared.replies.insert(path.to_owned(), replies);
    }

    /// What a path was asked so far.
    pub(crate) fn asked(&self, path: &str) -> Vec<Asked> {
        let shared = self.shared.lock().unwrap();
        shared
            .asked
            .iter()
            .filter(|asked| asked.path == path)
            .cloned()
            .collect()
    }

    /// An ID token of this provider, with claims added or replaced; `null` takes one away.
    pub(crate) fn id_token(&self, change: &Value) -> String {
        self.id_token_of(&json!({ "alg": "ES256", "kid": "one" }), change)
    }

    #[allow(clippy::disallowed_methods, reason = "this test's own clock")]
    pub(crate) fn id_token_of(&self, header: &Value, change: &Value) -> String {
        let now = std::time::SystemTime::UNIX_EPOCH
            .elapsed()
            .unwrap()
            .as_secs();
        let mut claims = json!({
            "iss": self.address, "aud": "a-client", "sub": "ada", "iat": now, "exp": now + 300,
        });
        let members = claims.as_object_mut().unwrap();
        members.extend(change.as_object().unwrap().clone());
        members.retain(|_, value| !value.is_null());
        let part = |value: &Value| base64url(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(header), part(&claims));
        let signature = self
            .key
            .sign(&SystemRandom::new(), signed.as_bytes())
            .unwrap();
        format!("{signed}.{}", base64url(signature.as_ref()))
    }

    async fn serve(self, mut stream: TcpStream) {
        let Some(asked) = read(&mut stream).await else {
            return;
        };
        let reply = {
            let mut shared = self.shared.lock().unwrap();
            let reply = shared.replies.get_mut(&asked.path).map(|replies| {
                if replies.len() > 1 {
                    replies.pop_front().unwrap()
                } else {
                    replies[0].clone()
                }
            });
            shared.asked.push(asked);
            reply.unwrap_or_else(|| Reply::Raw(404, "", "nothing here".to_owned()))
        };
        let response = match reply {
            Reply::Json(status, value) => whole(
                status,
                "Content-Type: application/json\r\n",
                &value.to_string(),
            ),
            Reply::Raw(status, headers, body) => whole(status, headers, &body),
            Reply::CutAfter(part) => part.to_owned(),
            Reply::Silence => std::future::pending().await,
        };
        let _ = stream.write_all(response.as_bytes()).await;
        let _ = stream.shutdown().await;
    }
}

fn whole(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} -\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
    )
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .map_or(0, |(_, length)| length.trim().parse().unwrap());
        if body.len() < length {
            continue;
        }
        let target = head.split(' ').nth(1)?;
        return Some(Asked {
            path: target.split('?').next()?.to_owned(),
            head: head.to_owned(),
            form: url::form_urlencoded::parse(body.as_bytes())
                .into_owned()
                .collect(),
        });
    }
}

/// What an address asks for.
pub(crate) fn query(url: &Url) -> HashMap<String, String> {
    url.query_pairs().into_owned().collect()
}
