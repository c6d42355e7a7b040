use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use bytes::{Bytes, BytesMut};
use http::{Request, header};
use huskarl::core::{
    Error, RetryAdvice,
    http::{HttpClient, HttpResponse, Idempotency, retry_after},
    platform::MaybeSendBoxFuture,
};
use serde_json::{Value, json};
use tenure_core::{holder::Outage, secret::ClientSecret, time::Timestamp};
use url::form_urlencoded;

use crate::clock::wall_clock;

/// Sends huskarl's requests, one at a time, and remembers what the last answer was like. It
/// bounds bodies, follows no redirect, straightens what some issuers write oddly, and lets
/// nothing pass into an error that repeats a secret.
#[derive(Clone)]
pub(super) struct HttpAdapter {
    http: reqwest::Client,
    client_secret: Option<ClientSecret>,
    /// Whether there is a key for proofs.
    proves: bool,
    heard: Arc<Mutex<Heard>>,
}

/// What the last answer was like; no secret is in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Heard {
    /// When the request was sent.
    pub(super) sent_at: Timestamp,
    pub(super) status: Option<u16>,
    pub(super) outage: Option<Outage>,
    pub(super) retry_after: Option<Duration>,
    pub(super) date: Option<Timestamp>,
    /// The `error` of RFC 6749 §5.2.
    pub(super) error: Option<String>,
    /// What the issuer says about it to people.
    pub(super) said: Option<String>,
    /// Whether the body was a JSON object.
    pub(super) is_object: bool,
    /// What a discovery document says of `retry_key_supported`.
    pub(super) takes_retry_key: bool,
}

impl HttpAdapter {
    pub(super) fn new(
        http: reqwest::Client,
        client_secret: Option<ClientSecret>,
        proves: bool,
    ) -> Self {
        Self {
            http,
            client_secret,
            proves,
            heard: Arc::default(),
        }
    }

    pub(super) fn heard(&self) -> Heard {
        self.heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    async fn send(&self, request: Request<Bytes>) -> Result<HttpResponse, Error> {
        let sent_at = wall_clock();
        let unanswered = Heard {
            sent_at,
            ..Heard::default()
        };
        self.remember(unanswered.clone());
        let secrets = self.secrets_in(request.body());
        let request = reqwest::Request::try_from(request)
            .map_err(|error| Error::new(RetryAdvice::No, error.without_url()))?;
        let mut response = match self.http.execute(request).await {
            Ok(response) => response,
            Err(error) => return Err(self.broken(unanswered, error)),
        };
        let (status, headers) = (response.status(), response.headers().clone());
        let mut heard = Heard {
            sent_at,
            status: Some(status.as_u16()),
            retry_after: retry_after(&headers),
            date: date(&headers),
            ..Heard::default()
        };
        let mut body = BytesMut::new();
        loop {
            match response.chunk().await {
                Ok(None) => break,
                Ok(Some(chunk)) if body.len() + chunk.len() <= LONGEST_BODY => {
                    body.extend_from_slice(&chunk);
                }
                Ok(Some(_)) => {
                    self.remember(heard);
                    return Err(Error::new(RetryAdvice::No, "the body is too long"));
                }
                // It broke on its way: what it would have said is not known.
                Err(error) => return Err(self.broken(unanswered, error)),
            }
        }
        let understood = heard.understand(&body, &secrets);
        let body = if status.is_success() {
            understood.unwrap_or_else(|| body.freeze())
        } else {
            heard.fault(self.proves)
        };
        self.remember(heard);
        Ok(HttpResponse {
            status,
            headers,
            body,
        })
    }

    fn broken(&self, unanswered: Heard, error: reqwest::Error) -> Error {
        let outage = if error.is_timeout() {
            Outage::TimedOut
        } else {
            Outage::Network
        };
        self.remember(Heard {
            outage: Some(outage),
            ..unanswered
        });
        // Only the wait for a device code goes on after this.
        Error::new(RetryAdvice::RETRY, error.without_url())
    }

    /// What a request holds that no error may repeat.
    fn secrets_in(&self, form: &[u8]) -> Vec<String> {
        form_urlencoded::parse(form)
            .filter(|(name, value)| SECRET.contains(&&**name) && !value.is_empty())
            .map(|(_, value)| value.into_owned())
            .chain(self.client_secret.iter().map(|s| s.expose().to_owned()))
            .collect()
    }

    fn remember(&self, heard: Heard) {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = heard;
    }
}

impl HttpClient for HttpAdapter {
    fn execute(
        &self,
        request: Request<Bytes>,
        _: Idempotency,
    ) -> MaybeSendBoxFuture<'_, Result<HttpResponse, Error>> {
        Box::pin(self.send(request))
    }
}

impl Heard {
    /// Looks into a JSON body, and hands it on with `expires_in` as a number of seconds.
    fn understand(&mut self, body: &[u8], secrets: &[String]) -> Option<Bytes> {
        let Ok(Value::Object(mut object)) = serde_json::from_slice::<Value>(body) else {
            return None;
        };
        self.is_object = true;
        self.takes_retry_key = object.get("retry_key_supported") == Some(&Value::Bool(true));
        let text = |name| {
            let text = object.get(name).and_then(Value::as_str)?;
            let repeats = secrets.iter().any(|secret| text.contains(secret.as_str()));
            (!repeats).then(|| shown(text))
        };
        self.error = text("error");
        self.said = text("error_description").or_else(|| self.error.clone());
        let written = object.get("expires_in")?;
        match seconds(written) {
            Some(seconds) => object.insert("expires_in".to_owned(), seconds.into()),
            None => object.remove("expires_in"),
        };
        serde_json::to_vec(&Value::Object(object))
            .ok()
            .map(Bytes::from)
    }

    /// An answer that granted nothing, as huskarl gets to see it: bodies of errors end up in
    /// texts for people, so nothing else is in it.
    fn fault(&self, proves: bool) -> Bytes {
        let Some(error) = self.error.as_deref() else {
            return Bytes::new();
        };
        // That one is asked again once, with the nonce; without a key there is no better question.
        let error = if error == "use_dpop_nonce" && !proves {
            "invalid_dpop_proof"
        } else {
            error
        };
        let said = self.said.as_deref();
        Bytes::from(json!({ "error": error, "error_description": said }).to_string())
    }
}

/// A life in seconds, also where it was written as a text; a negative one is over already. What
/// is no number says nothing.
fn seconds(written: &Value) -> Option<u64> {
    let number = match written {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    if !number.is_finite() {
        return None;
    }
    Some(
        Duration::try_from_secs_f64(number.clamp(0.0, LONGEST_LIFE))
            .ok()?
            .as_secs(),
    )
}

/// What an issuer says is shown to people: bounded, and without control characters.
fn shown(text: &str) -> String {
    printable(text).chars().take(LONGEST_TEXT).collect()
}

/// A text from outside that cannot move a terminal's cursor.
pub(super) fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

fn date(headers: &header::HeaderMap) -> Option<Timestamp> {
    let text = headers.get(header::DATE)?.to_str().ok()?;
    let at = httpdate::parse_http_date(text).ok()?;
    let since = at.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(Timestamp::from_secs(i64::try_from(since.as_secs()).ok()?))
}

/// Fields of a request that are secrets.
const SECRET: [&str; 8] = [
    "refresh_token",
    "code",
    "code_verifier",
    "client_secret",
    "client_assertion",
    "device_code",
    "retry_key",
    "token",
];
const LONGEST_BODY: usize = 1024 * 1024;
const LONGEST_TEXT: usize = 200;
/// A hundred years: longer lives are the same to everybody.
const LONGEST_LIFE: f64 = 3.2e9;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_is_understood_however_it_is_written() {
        let cases = [
            ("3600", Some(3600)),
            ("\"3600\"", Some(3600)),
            ("0", Some(0)),
            ("-5", Some(0)),
            ("31536000", Some(31_536_000)),
            ("1e300", Some(3_200_000_000)),
            ("59.9", Some(59)),
            ("null", None),
            ("\"soon\"", None),
            ("true", None),
        ];
        for (written, wanted) in cases {
            let value: Value = serde_json::from_str(written).unwrap();
            assert_eq!(seconds(&value), wanted, "{written}");
        }
    }

    #[test]
    fn what_an_issuer_says_repeats_no_secret() {
        let secrets = ["s3cr3t".to_owned()];
        let mut heard = Heard::default();
        let body = br#"{"error":"invalid_grant","error_description":"s3cr3t is not known"}"#;
        assert!(heard.understand(body, &secrets).is_none());
        assert_eq!(heard.said.as_deref(), Some("invalid_grant"));
        assert!(!String::from_utf8_lossy(&heard.fault(false)).contains("s3cr3t"));
    }

    #[test]
    fn what_an_issuer_says_is_bounded_and_cannot_move_the_cursor() {
        let said = shown(&format!("bad\u{1b}[2J{}", "x".repeat(1000)));
        assert!(said.starts_with("bad[2J"));
        assert_eq!(said.len(), LONGEST_TEXT);
    }
}
