//! An application with a page of its own, and with Tenure at `/auth` of the same host.
//!
//! `cargo run -p embedded`, then sign in as `ada` with the password below. Accounts and sessions
//! are in memory here: a store such as `tenure-store-sqlite` keeps them.
#![allow(clippy::print_stdout, reason = "it says where to look")]

use std::error::Error;
use std::net::SocketAddr;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::Html;
use axum::routing::get;
use tenure_core::secret::Password;
use tenure_server::{ClientConfig, Clock, Policy, Server};
use tenure_store::{AnyStore, MemoryStore};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listen = std::env::args().nth(1);
    let listener = TcpListener::bind(listen.as_deref().unwrap_or("127.0.0.1:8080")).await?;
    let host = format!("http://{}", listener.local_addr()?);

    let mut policy = Policy::new(format!("{host}/auth"));
    let page = vec![format!("{host}/")];
    let client = ClientConfig::new("page").with_redirect_uris(page.clone());
    policy.clients = vec![client.with_post_logout_redirect_uris(page)];
    let store = AnyStore::new(MemoryStore::new());
    let tenure = Server::start(policy, store, Clock::system()).await?;
    let password = Password::new("correct horse battery staple");
    tenure.admin().add_user("ada", password, None).await?;

    let application = Router::new()
        .route("/", get(async || Html(PAGE)))
        .route("/client.js", get(async || ([SCRIPT], CLIENT)))
        .merge(tenure.host_router());
    tokio::spawn(async move { tenure.sweep().await });
    println!("Ready: {host}");
    let service = application.into_make_service_with_connect_info::<SocketAddr>();
    Ok(axum::serve(listener, service).await?)
}

const PAGE: &str = include_str!("page.html");
const SCRIPT: (axum::http::HeaderName, &str) = (CONTENT_TYPE, "text/javascript");
/// The package `@tenure/client` in one file; an application with a bundler installs it from npm.
const CLIENT: &str = include_str!("../../../crates/tenure-server/assets/demo/client.js");
