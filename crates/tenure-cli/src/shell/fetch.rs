use std::{
    io::{self, Read, Write},
    process::ExitCode,
};

use clap::Args;
use reqwest::{
    Method, Response,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use tenure_client::http::{Client, HttpError};

use super::{
    place::Place,
    report::{Failure, warn},
};

/// Send a request that carries the access token
#[derive(Debug, Args)]
pub(crate) struct Fetch {
    /// Where to
    url: url::Url,
    /// The method; GET, or POST with a body
    #[arg(short = 'X', long)]
    method: Option<Method>,
    /// A header, as `Name: value`
    #[arg(short = 'H', long = "header")]
    headers: Vec<String>,
    /// The body; `-` reads standard input
    #[arg(short, long)]
    data: Option<String>,
    /// Say that the body is JSON, and ask for JSON
    #[arg(long)]
    json: bool,
}

impl Fetch {
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        let headers = self.headers()?;
        let body = self.body()?;
        let session = Place::find()?.session().await?;
        let client = Client::new(session.clone(), reqwest::Client::new()).allow(&self.url);
        let usual = if body.is_some() {
            Method::POST
        } else {
            Method::GET
        };
        let mut request = client.request(self.method.clone().unwrap_or(usual), self.url.clone());
        request = request.headers(headers);
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = client.send(request).await;
        session.close().await;
        match response {
            Ok(response) => show(response).await,
            Err(HttpError::Session(error)) => Err(error.into()),
            Err(error) => Err(Failure::unavailable(chain(&error))),
        }
    }

    fn headers(&self) -> Result<HeaderMap, Failure> {
        let mut headers = HeaderMap::new();
        if self.json {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            headers.insert(
                reqwest::header::ACCEPT,
                HeaderValue::from_static("application/json"),
            );
        }
        for line in &self.headers {
            let parsed = line.split_once(':').and_then(|(name, value)| {
                let name = HeaderName::try_from(name.trim()).ok()?;
                Some((name, HeaderValue::try_from(value.trim()).ok()?))
            });
            let Some((name, value)) = parsed else {
                return Err(Failure::usage("a header is written as `Name: value`"));
            };
            headers.append(name, value);
        }
        Ok(headers)
    }

    fn body(&self) -> Result<Option<Vec<u8>>, Failure> {
        match self.data.as_deref() {
            None => Ok(None),
            Some("-") => {
                let mut body = Vec::new();
                io::stdin()
                    .read_to_end(&mut body)
                    .map_err(Failure::unavailable)?;
                Ok(Some(body))
            }
            Some(text) => Ok(Some(text.as_bytes().to_vec())),
        }
    }
}

async fn show(mut response: Response) -> Result<ExitCode, Failure> {
    let status = response.status();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|e| Failure::unavailable(chain(&e)))?
    {
        io::stdout()
            .write_all(&chunk)
            .map_err(Failure::unavailable)?;
    }
    if status.is_client_error() || status.is_server_error() {
        warn(&format!("the server answered {status}"));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// An error with what caused it: the transport's own sentence alone says too little.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
