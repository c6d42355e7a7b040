//! What a program makes of a server of sealed data that answers oddly, or not at all. The server
//! is a stand-in, because a real one does not fail on demand; `tenure sealed` is tried with a real
//! one.

#![allow(
    clippy::unwrap_used,
    reason = "a failure of a helper is the test's failure"
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tenure_client::sealed::{Readers, SealKey, SealedStorage, SealedStorageError, generate_key};
use tenure_seal::{Signature, seal};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What the server answers to one request after the other: a status and a body, or nothing.
type Answers = Vec<Option<(u16, String)>>;

/// Request lines and bodies.
type Heard = Arc<Mutex<Vec<(String, Value)>>>;

struct World {
    storage: SealedStorage,
    key: SealKey,
    heard: Heard,
}

impl World {
    async fn answering(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = format!("http://{}/base/", listener.local_addr().unwrap());
        let heard = Heard::default();
        let told = Arc::clone(&heard);
        tokio::spawn(async move {
            for answer in answers {
                let (stream, _) = listener.accept().await.unwrap();
                serve(stream, answer, &told).await;
            }
        });
        let key = generate_key();
        let storage = SealedStorage::new(server.parse().unwrap(), key.clone());
        Self {
            storage,
            key,
            heard,
        }
    }

    fn heard(&self) -> Vec<(String, Value)> {
        self.heard.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, answer: Option<(u16, String)>, heard: &Heard) {
    let mut read = Vec::new();
    let (head, body) = loop {
        let mut part = [0; 65_536];
        let length = stream.read(&mut part).await.unwrap();
        read.extend(&part[..length]);
        let text = String::from_utf8(read.clone()).unwrap();
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && let Ok(body) = serde_json::from_str(body)
        {
            break (head.to_owned(), body);
        }
    };
    let line = head.lines().next().unwrap_or_default().to_owned();
    heard.lock().unwrap().push((line, body));
    if let Some((status, text)) = answer {
        let length = text.len();
        let answer = format!(
            "HTTP/1.1 {status} Said\r\ncontent-length: {length}\r\nretry-after: 7\r\nconnection: close\r\n\r\n{text}"
        );
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}

fn ok(body: &Value) -> Option<(u16, String)> {
    Some((200, body.to_string()))
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_with_the_same_body() {
    let done = json!({ "success": true, "message": "" });
    let world = World::answering(vec![None, ok(&done)]).await;
    let storage = world.storage.clone().with_namespace("wallet");
    let storage = storage.with_life(Duration::from_secs(60));
    let storage = storage.with_readers(Readers::Programs);
    storage.create(&json!({ "user": "ada" })).await.unwrap();
    let heard = world.heard();
    assert_eq!(heard[0], heard[1]);
    let (line, body) = &heard[0];
    assert_eq!(line, "POST /base/v2/store/set HTTP/1.1");
    assert_eq!(body["timeout"], 60);
    assert_eq!(body["allowedOrigin"], true);
    assert_eq!(body["namespace"], "wallet");
    let signature: Signature = body["signature"].as_str().unwrap().parse().unwrap();
    assert!(signature.is_of(&world.key.public(), body["data"].as_str().unwrap()));
    assert!(!body.to_string().contains("ada"));
}

#[tokio::test]
async fn nobody_there_and_a_busy_server_are_told_from_a_refusal() {
    let fault = |code| json!({ "error": code, "error_description": "a sentence" }).to_string();
    let cases = [
        (
            vec![None, None],
            SealedStorageError::Unavailable { retry_after: None },
        ),
        (
            vec![Some((503, String::new())), Some((429, fault("slow_down")))],
            SealedStorageError::Unavailable {
                retry_after: Some(Duration::from_secs(7)),
            },
        ),
        (
            vec![Some((404, fault("not_found")))],
            SealedStorageError::Absent,
        ),
        (
            vec![Some((404, "<html>".to_owned()))],
            SealedStorageError::Misconfigured,
        ),
        (
            vec![Some((200, "<html>".to_owned()))],
            SealedStorageError::Misconfigured,
        ),
        (
            vec![Some((409, fault("replayed")))],
            SealedStorageError::Refused {
                code: "replayed".to_owned(),
                description: "a sentence".to_owned(),
            },
        ),
    ];
    for (answers, expected) in cases {
        let count = answers.len();
        let world = World::answering(answers).await;
        assert_eq!(world.storage.update(&1).await, Err(expected));
        assert_eq!(world.heard().len(), count);
    }
}

#[tokio::test]
async fn only_what_the_owner_sealed_is_handed_out() {
    let told = |text: &str| ok(&json!({ "success": true, "message": text }));
    let of =
        |key: &SealKey, text: &str| seal(&key.public(), text.as_bytes(), &generate_key(), [7; 16]);
    let world = World::answering(vec![]).await;
    let (own, key) = (of(&world.key, "[1,2]").to_string(), world.key);
    let damaged = own.replacen("\"mac\":\"", "\"mac\":\"00", 1);
    let cases = [
        (told(&own), Ok(Some(vec![1, 2]))),
        (told(""), Ok(None)),
        (ok(&json!({ "success": false })), Ok(None)),
        (
            told(&of(&key, "\"text\"").to_string()),
            Err(SealedStorageError::Foreign),
        ),
        (
            told(&of(&generate_key(), "[]").to_string()),
            Err(SealedStorageError::Damaged),
        ),
        (told(&damaged), Err(SealedStorageError::Damaged)),
        (told("in clear"), Err(SealedStorageError::Damaged)),
    ];
    for (answer, expected) in cases {
        let world = World::answering(vec![answer]).await;
        let server = world.storage.clone().with_key(key.clone());
        assert_eq!(server.authorize::<Vec<u8>>().await, expected);
    }
}

#[test]
fn nothing_of_the_key_is_shown() {
    let key: SealKey = "1234567890abcdef".parse().unwrap();
    let storage = SealedStorage::new("https://id.example".parse().unwrap(), key.clone());
    let shown = format!("{storage:?}");
    assert!(
        !shown.contains("1234567890abcdef") && shown.contains("id.example"),
        "{shown}"
    );
}
