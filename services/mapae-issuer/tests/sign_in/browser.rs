//! A browser that keeps cookies, and stops wherever it is sent.

use std::collections::{BTreeMap, HashMap};

use super::stage::query;

/// A citizen's browser.
pub(crate) struct Browser {
    client: reqwest::Client,
    pub(crate) cookies: BTreeMap<String, String>,
    /// The last `Set-Cookie`.
    pub(crate) last_cookie: String,
}

/// What came of opening an address.
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Browser {
    pub(crate) fn new() -> Self {
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
        Self { client: client.unwrap(), cookies: BTreeMap::new(), last_cookie: String::new() }
    }

    pub(crate) async fn open(&mut self, url: &str) -> Seen {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.client.get(url).header("cookie", cookies.join("; "));
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        for line in headers.get_all("set-cookie") {
            line.to_str().unwrap().clone_into(&mut self.last_cookie);
            self.keep();
        }
        let location = headers.get("location").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        Seen { status, location, headers, text: response.text().await.unwrap() }
    }

    fn keep(&mut self) {
        let (pair, attributes) = self.last_cookie.split_once(';').unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        if attributes.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

impl Seen {
    /// The parameters of the address that the browser is sent to.
    pub(crate) fn query(&self) -> HashMap<String, String> {
        assert_eq!(self.status, 303, "{}", self.text);
        query(&self.location)
    }

    /// The status of a page for people, which sends the browser nowhere.
    pub(crate) fn page(&self) -> u16 {
        assert_eq!(self.location, "");
        assert_eq!(self.headers["content-type"], "text/html; charset=utf-8", "{}", self.text);
        self.status
    }
}
