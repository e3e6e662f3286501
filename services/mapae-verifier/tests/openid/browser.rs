//! A browser, as far as signing in needs one: it keeps cookies and follows nothing by itself.

use std::{cell::RefCell, collections::BTreeMap};

/// A browser of one person.
#[derive(Default)]
pub(crate) struct Browser {
    cookies: RefCell<BTreeMap<String, String>>,
}

/// What it was shown.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Browser {
    pub(crate) async fn get(&self, url: &str) -> Visit {
        self.send(plain().get(url)).await
    }

    pub(crate) async fn post(&self, url: &str, form: String) -> Visit {
        let form = plain().post(url).header("content-type", "application/x-www-form-urlencoded").body(form);
        self.send(form).await
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Visit {
        let cookies = self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        let answer = request.header("cookie", cookies.join("; ")).send().await.unwrap();
        for set in answer.headers().get_all("set-cookie") {
            let (name, rest) = set.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            assert!(rest.contains("; HttpOnly; SameSite=Lax"), "{rest}");
            if rest.contains("Max-Age=0") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let location = headers.get("location").map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        Visit { status, location, headers, text: answer.text().await.unwrap() }
    }

    pub(crate) fn cookies(&self) -> BTreeMap<String, String> {
        self.cookies.borrow().clone()
    }

    /// Somebody put a cookie there.
    pub(crate) fn put(&self, name: &str, value: &str) {
        self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
    }
}

impl Visit {
    /// The word of a page that says why nothing goes on.
    pub(crate) fn trouble(&self) -> (u16, &str) {
        let code = self.text.split("<code>").nth(1).and_then(|rest| rest.split("</code>").next());
        (self.status, code.unwrap_or_default())
    }

    /// A parameter of where it was sent.
    pub(crate) fn parameter(&self, name: &str) -> String {
        let query = self.location.split_once('?').unwrap_or_else(|| panic!("no query: {self:?}")).1;
        let value = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
        mapae_types::form::decode(value.unwrap_or_else(|| panic!("no {name}: {query}"))).unwrap().into_owned()
    }
}

fn plain() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}
