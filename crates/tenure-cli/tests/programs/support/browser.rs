use std::collections::BTreeMap;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, StatusCode, redirect};
use url::Url;

use super::{PASSWORD, USER};

/// A browser without JavaScript: it keeps cookies, follows redirects, and fills in forms.
pub(crate) struct Browser {
    client: Client,
    cookies: BTreeMap<String, String>,
    stop_at: Option<String>,
}

/// Where a walk ended.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) url: Url,
    pub(crate) status: StatusCode,
    pub(crate) body: String,
}

impl Browser {
    pub(crate) fn new() -> Self {
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy();
        Self {
            client: client.build().unwrap(),
            cookies: BTreeMap::new(),
            stop_at: None,
        }
    }

    /// Does not fetch addresses that begin so, but ends a walk there.
    pub(crate) fn stopping_at(self, prefix: &str) -> Self {
        Self {
            stop_at: Some(prefix.to_owned()),
            ..self
        }
    }

    /// Opens an address and follows where it leads.
    pub(crate) async fn open(&mut self, url: &str) -> Page {
        self.walk(Method::GET, Url::parse(url).unwrap(), None).await
    }

    /// Opens an address and signs the demo account in on every form that asks for it.
    pub(crate) async fn sign_in(&mut self, url: &str) -> Page {
        let page = self.open(url).await;
        self.submit(page).await
    }

    /// Fills in and sends the form of a page, if it has one, and the forms that follow.
    pub(crate) async fn submit(&mut self, mut page: Page) -> Page {
        for _ in 0..4 {
            let Some(form) = Form::of(&page) else {
                return page;
            };
            page = self
                .walk(Method::POST, form.action, Some(form.fields))
                .await;
        }
        panic!("a form comes again and again: {page:?}");
    }

    /// Sends the form of a page once, with this in a field or from a button of that name.
    pub(crate) async fn submit_with(&mut self, page: Page, name: &str, value: &str) -> Page {
        let mut form = Form::of(&page).expect("a form");
        form.fields.retain(|(other, _)| other != name);
        form.fields.push((name.to_owned(), value.to_owned()));
        self.walk(Method::POST, form.action, Some(form.fields))
            .await
    }

    async fn walk(&mut self, mut method: Method, mut url: Url, mut form: Option<Fields>) -> Page {
        for _ in 0..20 {
            if self
                .stop_at
                .as_deref()
                .is_some_and(|prefix| url.as_str().starts_with(prefix))
            {
                return Page {
                    url,
                    status: StatusCode::OK,
                    body: String::new(),
                };
            }
            let mut request = self.client.request(method.clone(), url.clone());
            request = request.header(COOKIE, self.cookie_header());
            if let Some(fields) = &form {
                request = request.form(fields);
            }
            let response = request
                .send()
                .await
                .unwrap_or_else(|e| panic!("{url}: {e:?}"));
            self.keep_cookies(&response);
            let Some(next) = response.headers().get(LOCATION) else {
                let status = response.status();
                return Page {
                    url,
                    status,
                    body: response.text().await.unwrap(),
                };
            };
            url = url.join(next.to_str().unwrap()).unwrap();
            // 303 and, as browsers do it, 302 turn a POST into a GET.
            (method, form) = (Method::GET, None);
        }
        panic!("more than 20 redirects, at {url}");
    }

    fn cookie_header(&self) -> String {
        let pairs = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    fn keep_cookies(&mut self, response: &reqwest::Response) {
        for cookie in response.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').unwrap();
            let attributes = attributes.to_ascii_lowercase();
            let gone = attributes.contains("max-age=0") || attributes.contains("1970");
            if gone {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

type Fields = Vec<(String, String)>;

struct Form {
    action: Url,
    fields: Fields,
}

impl Form {
    /// The first form of a page that is posted, filled in with the demo account.
    fn of(page: &Page) -> Option<Self> {
        let start = page.body.find("<form")?;
        let end = page.body[start..]
            .find("</form>")
            .map_or(page.body.len(), |at| start + at);
        let form = &page.body[start..end];
        let action = attribute(tags(form, "<form").next()?, "action").unwrap_or_default();
        let action = page.url.join(&action).unwrap();
        // It presses the first button, which may lie outside the form.
        let pressed = tags(&page.body, "<button").next().and_then(field);
        let fields = tags(form, "<input")
            .filter_map(field)
            .chain(pressed)
            .collect();
        Some(Self { action, fields })
    }
}

fn field(input: &str) -> Option<(String, String)> {
    let name = attribute(input, "name")?;
    let value = match name.as_str() {
        "username" => USER.to_owned(),
        "password" => PASSWORD.to_owned(),
        _ => attribute(input, "value").unwrap_or_default(),
    };
    Some((name, value))
}

fn tags<'a>(html: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    html.split(start)
        .skip(1)
        .map(|rest| rest.split('>').next().unwrap_or_default())
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    let plain = value
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">");
    Some(plain.replace("&#39;", "'").replace("&amp;", "&"))
}
