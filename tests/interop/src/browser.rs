//! A browser without a screen (`node/browser.mjs`), and what a person does with it and a wallet of others at the page where our
//! provider signs people in.

use std::fmt;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::peer::node;
use crate::presenter::{Presenter, Told};
use crate::request::Request;

/// What HAIP 1.0 §5 has a wallet choose from.
const BOTH: [&str; 2] = ["A128GCM", "A256GCM"];

/// One person's browser, with its cookies.
#[derive(Clone, Debug)]
pub struct Browser {
    jar: Value,
    headers: Value,
}

/// What it shows, or the address before which it stopped.
#[derive(Clone)]
pub struct Page(Value);

impl fmt::Debug for Page {
    /// Without pictures and what else fills a page.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let begins: String = self.text().chars().take(400).collect();
        write!(f, "{} → {} {:?}: {begins}", self.trace().join(", "), self.0["url"], self.status())
    }
}

/// Where the wallet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// On the device of the browser.
    SameDevice,
    /// On another, which reads the code on the screen.
    CrossDevice,
}

impl Way {
    /// Both.
    pub const ALL: [Self; 2] = [Self::SameDevice, Self::CrossDevice];

    fn name(self) -> &'static str {
        match self {
            Self::SameDevice => "same_device",
            Self::CrossDevice => "cross_device",
        }
    }
}

impl Default for Browser {
    fn default() -> Self {
        Self { jar: json!({}), headers: json!({}) }
    }
}

impl Browser {
    /// The same, which sends one header more from now on.
    pub fn sending(mut self, name: &str, value: &str) -> Self {
        self.headers[name] = json!(value);
        self
    }

    /// Goes to an address and on to wherever it leads.
    pub fn open(&mut self, url: &str) -> Result<Page> {
        self.visit(json!({ "url": url }))
    }

    /// The same, but for an address that begins like this: there it stops before it asks.
    pub fn open_until(&mut self, url: &str, until: &str) -> Result<Page> {
        self.visit(json!({ "url": url, "until": until }))
    }

    /// At the page of a sign-in: a wallet shows what is asked. Then on, to what begins like this.
    pub fn sign_in(&mut self, login: &Page, presenter: &Presenter, way: Way, until: &str) -> Result<Page> {
        let told =
            self.answer(login, presenter, way, |request| presenter.send(request, &presenter.present(request)?, &BOTH))?;
        self.go_on(login, &told, way, until)
    }

    /// At the same page: the person wants to show nothing, is told so, and goes back to who asked.
    pub fn decline(&mut self, login: &Page, presenter: &Presenter, way: Way, until: &str) -> Result<Page> {
        let told = self.answer(login, presenter, way, |request| presenter.refuse(request, "access_denied"))?;
        let page = self.go_on(login, &told, way, until)?;
        let back = format!("{}/return?cancel", login.url()?);
        ensure!(page.text().contains(&format!("href=\"{back}\"")), "no way back: {page:?}");
        self.open_until(&back, until)
    }

    /// What the wallet is told that answers the request of the page.
    pub fn answer(
        &mut self,
        login: &Page,
        presenter: &Presenter,
        way: Way,
        answer: impl FnOnce(&Request) -> Result<Told>,
    ) -> Result<Told> {
        let state = self.state(login)?;
        let link = state[way.name()].as_str().with_context(|| format!("no link: {state}"))?;
        let told = answer(&presenter.fetch(link)?.request)?;
        ensure!(told.status == 200, "not taken: {told:?}");
        Ok(told)
    }

    /// What the page of a sign-in knows.
    pub fn state(&mut self, login: &Page) -> Result<Value> {
        self.open(&format!("{}/state", login.url()?))?.json()
    }

    fn go_on(&mut self, login: &Page, told: &Told, way: Way, until: &str) -> Result<Page> {
        let back = match way {
            Way::SameDevice => told.answer["redirect_uri"].as_str().context("nobody is sent on")?.to_owned(),
            Way::CrossDevice => self.ready(login)?,
        };
        self.open_until(&back, until)
    }

    /// Where the page goes on to that looks, now and then, whether somebody answered.
    fn ready(&mut self, login: &Page) -> Result<String> {
        for _ in 0..1_200 {
            if self.state(login)?["state"] == "ready" {
                return Ok(format!("{}/return", login.url()?));
            }
            sleep(Duration::from_millis(100));
        }
        bail!("nothing arrived: {}", self.state(login)?)
    }

    fn visit(&mut self, mut job: Value) -> Result<Page> {
        job["job"] = json!("visit");
        job["jar"] = self.jar.clone();
        job["headers"] = self.headers.clone();
        let mut page = node("browser.mjs", &job)?;
        ensure!(page["ok"] == true, "no page: {}", page["error"]);
        self.jar = page["jar"].take();
        Ok(Page(page))
    }
}

impl Page {
    /// Its address.
    pub fn url(&self) -> Result<&str> {
        self.0["url"].as_str().context("no address")
    }

    /// Its status, if the browser asked for it.
    pub fn status(&self) -> Option<u64> {
        self.0["status"].as_u64()
    }

    /// What stands in it.
    pub fn text(&self) -> &str {
        self.0["text"].as_str().unwrap_or_default()
    }

    /// The same as JSON.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_str(self.text()).with_context(|| format!("no JSON: {self:?}"))
    }

    /// What comes back to a client: an address before which the browser stopped, or the form that a page posts there.
    pub fn back(&self) -> Result<Value> {
        match (&self.0["form"], self.status()) {
            (form @ Value::Object(_), _) => Ok(form.clone()),
            (_, None) => Ok(self.0["url"].clone()),
            _ => bail!("not back: {self:?}"),
        }
    }

    /// The exchanges that led to it, as `GET /path 303`.
    pub fn trace(&self) -> Vec<&str> {
        self.0["trace"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// One parameter of the address before which the browser stopped.
    pub fn parameter(&self, name: &str) -> Result<Option<String>> {
        let query = self.url()?.split_once('?').map_or("", |(_, query)| query);
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        Ok(pairs.filter(|(own, _)| *own == name).map(|(_, value)| value.to_owned()).next())
    }
}
