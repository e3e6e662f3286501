//! The approval system of `mapae up`, behind a real Apache with `mod_auth_openidc`: officials log in by their mobile ID, with the
//! wallet of the command line, and nobody else does.

use std::{
    collections::BTreeMap,
    env,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::up::{Answer, Up, send};

/// Redirects that a browser follows before it gives up.
const REDIRECTS: usize = 10;

/// Where Apache was installed or unpacked.
fn apache() -> Option<PathBuf> {
    let program = env::var_os("MAPAE_APACHE").map_or_else(|| PathBuf::from("/usr/sbin/apache2"), PathBuf::from);
    let root = program.ancestors().nth(3).map(Path::to_path_buf);
    root.filter(|root| root.join("usr/lib/apache2/modules/mod_auth_openidc.so").is_file())
}

/// A person's browser: cookies are its host's, whatever the port (RFC 6265 §8.5), and it goes where it is sent.
#[derive(Default)]
struct Browser(BTreeMap<String, String>);

struct Page {
    url: String,
    answer: Answer,
}

impl Browser {
    fn open(&mut self, url: &str) -> Page {
        let mut url = url.to_owned();
        for _ in 0..REDIRECTS {
            let answer = self.ask(&url);
            match answer.header("location") {
                Some(to) if to.starts_with('/') => url = format!("{}{to}", origin(&url)),
                Some(to) => to.clone_into(&mut url),
                None => return Page { url, answer },
            }
        }
        panic!("no end of redirects: {url}");
    }

    fn ask(&mut self, url: &str) -> Answer {
        let cookies: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = send(url, "GET", &format!("Accept: text/html\r\nCookie: {}\r\n\r\n", cookies.join("; ")));
        for set in answer.headers("set-cookie") {
            let (name, rest) = set.split_once('=').unwrap();
            match rest.split(';').next() {
                Some(value) if !value.is_empty() => self.0.insert(name.to_owned(), value.to_owned()),
                _ => self.0.remove(name),
            };
        }
        answer
    }

    /// Opens the approvals, and is sent to the ministry's page.
    fn sent_to_sign_in(&mut self, up: &Up) -> String {
        let page = self.open(&format!("{}/", up.at(14)));
        assert!(page.url.starts_with(&format!("{}/openid/login/", up.at(15))), "{}", page.url);
        assert!(page.answer.body.contains("전자결재"), "{}", page.answer.body);
        page.url
    }

    /// The wallet's link on that page, as a script asks.
    fn link(&mut self, page: &str) -> Value {
        self.ask(&format!("{page}/state")).json()["same_device"].clone()
    }
}

fn origin(url: &str) -> &str {
    let host = url.strip_prefix("http://").unwrap();
    &url[..url.len() - host.len() + host.find('/').unwrap_or(host.len())]
}

#[test]
fn an_official_logs_in_behind_apache_and_nobody_without_the_document() {
    let Some(root) = apache() else {
        println!("SKIPPED: there is no Apache with mod_auth_openidc; MAPAE_APACHE names one");
        return;
    };
    let up = Up::behind_apache(&root);
    let official = up.somebody("official");

    up.issue_to(&official, "resident");
    let mut stranger = Browser::default();
    let page = stranger.sent_to_sign_in(&up);
    let link = stranger.link(&page);
    let refused = up.presents(&link);
    assert_ne!(refused.code, 0, "a resident card is no official's: {}{}", refused.stdout, refused.stderr);
    let waits = stranger.open(&format!("{page}/return"));
    assert_eq!(waits.url, page, "nothing was sent, so that the page still waits");
    let back = stranger.open(&format!("{page}/return?cancel"));
    assert_eq!(back.url, format!("{}/public/signed-out?error=access_denied", up.at(14)));
    assert!(back.answer.body.contains("로그인하지 않았습니다"), "{}", back.answer.body);
    stranger.sent_to_sign_in(&up);

    up.issue_to(&official, "official");
    let mut browser = Browser::default();
    let page = browser.sent_to_sign_in(&up);
    let link = browser.link(&page);
    let goes_on = up.present(&link);
    assert!(stranger.open(goes_on.as_str().unwrap()).url.starts_with(&up.at(15)), "it is another browser's");
    let inbox = browser.open(goes_on.as_str().unwrap());
    assert_eq!((inbox.url, inbox.answer.status), (format!("{}/", up.at(14)), 200));
    let (name, number) = up.official(&official);
    assert!(inbox.answer.body.contains(&name) && inbox.answer.body.contains(&number), "{}", inbox.answer.body);
    let again = browser.open(&format!("{}/", up.at(14)));
    assert!(again.answer.body.contains(&number), "Apache knows the browser from now on");
    stranger.sent_to_sign_in(&up);
}
