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
use serde_json::Value;
use tenure_core::{holder::Outage, time::Timestamp};

/// Sends huskarl's requests, one at a time, and remembers what the last answer was like. It
/// bounds bodies, follows no redirect, and straightens what some issuers write oddly.
#[derive(Clone)]
pub(super) struct Wire {
    http: reqwest::Client,
    heard: Arc<Mutex<Heard>>,
}

/// What the last answer was like; no secret is in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Heard {
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
}

impl Wire {
    pub(super) fn new(http: reqwest::Client) -> Self {
        Self {
            http,
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
        self.remember(Heard::default());
        let request = reqwest::Request::try_from(request)
            .map_err(|error| Error::new(RetryAdvice::No, error.without_url()))?;
        let mut response = match self.http.execute(request).await {
            Ok(response) => response,
            Err(error) => return Err(self.broken(error)),
        };
        let (status, headers) = (response.status(), response.headers().clone());
        let mut heard = Heard {
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
                Err(error) => return Err(self.broken(error)),
            }
        }
        let body = heard.understand(body.freeze());
        self.remember(heard);
        Ok(HttpResponse {
            status,
            headers,
            body,
        })
    }

    fn broken(&self, error: reqwest::Error) -> Error {
        let outage = if error.is_timeout() {
            Outage::TimedOut
        } else {
            Outage::Network
        };
        self.remember(Heard {
            outage: Some(outage),
            ..Heard::default()
        });
        Error::new(RetryAdvice::No, error.without_url())
    }

    fn remember(&self, heard: Heard) {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = heard;
    }
}

impl HttpClient for Wire {
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
    fn understand(&mut self, body: Bytes) -> Bytes {
        let Ok(Value::Object(mut object)) = serde_json::from_slice::<Value>(&body) else {
            return body;
        };
        self.is_object = true;
        let text = |name| object.get(name).and_then(Value::as_str).map(shown);
        self.error = text("error");
        self.said = text("error_description").or_else(|| self.error.clone());
        let Some(written) = object.get("expires_in") else {
            return body;
        };
        match seconds(written) {
            Some(seconds) => object.insert("expires_in".to_owned(), seconds.into()),
            None => object.remove("expires_in"),
        };
        serde_json::to_vec(&Value::Object(object)).map_or(body, Bytes::from)
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
    text.chars()
        .filter(|c| !c.is_control())
        .take(LONGEST_TEXT)
        .collect()
}

fn date(headers: &header::HeaderMap) -> Option<Timestamp> {
    let text = headers.get(header::DATE)?.to_str().ok()?;
    let at = httpdate::parse_http_date(text).ok()?;
    let since = at.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(Timestamp::from_secs(i64::try_from(since.as_secs()).ok()?))
}

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
    fn what_an_issuer_says_is_bounded_and_cannot_move_the_cursor() {
        let said = shown(&format!("bad\u{1b}[2J{}", "x".repeat(1000)));
        assert!(said.starts_with("bad[2J"));
        assert_eq!(said.len(), LONGEST_TEXT);
    }
}
