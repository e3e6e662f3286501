//! An attempt to sign in, from the application to its claims. What is asked twice without harm is asked until there is an
//! answer; of what is good once, an answer that got lost is counted, and may be the end of the attempt.

use std::{
    net::SocketAddr,
    thread::{self, sleep},
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{
    super::{
        library::Library,
        visit::Around,
        wallet::{self, Said, Trouble, insist, path_of},
    },
    application::form,
    attempt::{Attempt, Back, Redeemed},
    sign_in::Manner,
};
use crate::http::{self, Answer};

/// How long a browser waits whose wallet's answer got lost.
const WAITS: Duration = Duration::from_secs(2);
/// For that long everything is good that an attempt is given: a code is for a minute.
const IN_TIME: Duration = Duration::from_secs(45);
const TICK: Duration = Duration::from_millis(50);

/// The attempt goes on with that, or is over for want of an answer.
type Step<T> = Result<Option<T>, Trouble>;

type Header = (&'static str, String);

impl Attempt {
    /// Whether it has come to its end.
    pub(super) fn walk(&mut self, around: &Around<'_>) -> Result<bool, Trouble> {
        let begin = Instant::now();
        match self.steps(around)? {
            None if self.lost == 0 && begin.elapsed() < IN_TIME => Err("it failed, and no answer was lost".to_owned()),
            ended => Ok(ended.is_some()),
        }
    }

    fn steps(&mut self, around: &Around<'_>) -> Step<()> {
        let library = around.library;
        let Some(()) = self.arrive(library)? else { return Ok(None) };
        let Some(said) = self.present(around)? else { return Ok(None) };
        let Some(query) = said else { return Ok(Some(())) };
        if !self.come_back(library, &query)? {
            return Ok(None);
        }
        let code = self.backs.iter().find_map(|back| back.parameter("code"));
        match (code, self.plan.manner) {
            (Some(code), _) => self.redeem(library, &code),
            (None, Manner::Declines) => Ok(Some(())),
            (None, _) => Err(format!("no code: {:?}", self.backs)),
        }
    }

    /// Either replica first.
    fn replicas(&mut self, library: &Library) -> [SocketAddr; 2] {
        let [one, other] = library.replicas;
        if self.dice.once_in(2) { [one, other] } else { [other, one] }
    }

    /// What may be asked again.
    fn get(&mut self, library: &Library, path: &str, headers: &[(&str, &str)]) -> Result<Answer, Trouble> {
        let at = self.replicas(library);
        insist(at, &mut 0, |at| http::send(at, "GET", path, headers, b""))
    }

    /// The application sends the browser, which is shown a page of its own.
    fn arrive(&mut self, library: &Library) -> Step<()> {
        let mut query = self.plan.application.request(&self.state, &self.nonce, &self.verifier);
        if self.plan.pushes && self.plan.application.returning {
            let pushed = post(self.replicas(library), "openid/par", &self.plan.application.headers(), &query, &mut 0)?;
            let body: Value = serde_json::from_slice(&pushed.body).unwrap_or_default();
            let name = body["request_uri"].as_str().ok_or_else(|| format!("pushed: {} {body}", pushed.status))?;
            query = form(&[("client_id", self.plan.application.id), ("request_uri", name)]);
        }
        let (at, path, begin) = (self.replicas(library), format!("openid/authorize?{query}"), Instant::now());
        let shown = insist(at, &mut self.lost, |at| http::get(at, &path))?;
        let page = path_of(shown.header("location").unwrap_or_default());
        let cookie = shown.header("set-cookie").and_then(|set| set.split(';').next());
        match cookie {
            Some(cookie) if shown.status == 303 && page.starts_with("openid/login/") => {
                cookie.clone_into(&mut self.cookie);
                self.secrets.extend(cookie.split('=').nth(1).map(str::to_owned));
                self.page = page;
                Ok(Some(()))
            }
            // What was pushed is opened once, and soon.
            _ if shown.status == 400 && query.contains("request_uri") => {
                let is_excused = self.lost > 0 || begin.elapsed() > IN_TIME;
                is_excused.then_some(None).ok_or_else(|| "what was pushed cannot be opened".to_owned())
            }
            _ if shown.status == 303 && self.is_sent_back(&shown, "temporarily_unavailable") => {
                self.lost += 1;
                Ok(None)
            }
            _ => Err(format!("it does not begin: {} {page}", shown.status)),
        }
    }

    /// With that error, which is the service's own trouble.
    fn is_sent_back(&self, shown: &Answer, error: &str) -> bool {
        let location = shown.header("location").unwrap_or_default();
        location.starts_with(self.plan.application.home) && location.contains(&format!("error={error}"))
    }

    /// A wallet answers one of the links: with what the browser comes back, if it does.
    fn present(&mut self, around: &Around<'_>) -> Step<Option<String>> {
        let (library, now) = (around.library, around.now());
        let stands = self.stands(library)?;
        let link = stands[if self.plan.crosses { "cross_device" } else { "same_device" }].as_str();
        let link = link.ok_or_else(|| format!("no link: {stands}"))?.to_owned();
        self.secrets.extend(between(&link, "requests%2F", '&'));
        let (at, seed) = (self.replicas(library), self.dice.roll(u64::MAX));
        let asked = wallet::fetch(&link, at, (around.roots, now), seed)?;
        let answer = match self.plan.manner {
            Manner::Leaves => return Ok(Some(None)),
            Manner::Declines => asked.decline(seed),
            _ => {
                let copy = around.people.copy(self.plan.person, self.plan.format);
                asked.answer(&asked.bound(), copy, &self.plan.application.asks(), (now, seed))
            }
        };
        let said = wallet::post(&answer, self.replicas(library), &mut self.lost)?;
        Ok(self.sent_back(library, &said)?.map(Some))
    }

    /// On the same device the wallet sends the browser; else its page sees that something is there.
    fn sent_back(&mut self, library: &Library, said: &Said) -> Step<String> {
        if said.status != 200 && !(said.code == "answer_taken" && self.lost > 0) {
            return Err(format!("an answer was told {} {}", said.status, said.code));
        }
        if !self.plan.crosses {
            let query = said.redirect.as_deref().and_then(|to| to.split_once('?')).map(|(_, query)| query.to_owned());
            self.secrets.extend(query.as_ref().and_then(|query| query.split('=').nth(1)).map(str::to_owned));
            return Ok(query);
        }
        let end = Instant::now() + WAITS;
        while self.stands(library)?["state"] != "ready" {
            if Instant::now() > end {
                return Ok(None);
            }
            sleep(TICK);
        }
        Ok(Some(String::new()))
    }

    fn stands(&mut self, library: &Library) -> Result<Value, Trouble> {
        let (path, cookie) = (format!("{}/state", self.page), self.cookie.clone());
        let answer = self.get(library, &path, &[("cookie", &cookie)])?;
        Ok(serde_json::from_slice(&answer.body).unwrap_or_default())
    }

    /// The browser comes for its answer, and once it has it, with the same cookie, to both replicas for another.
    fn come_back(&mut self, library: &Library, query: &str) -> Result<bool, Trouble> {
        // Whoever shows nothing is asked whether they want to go on; they do not.
        let gives_up = if self.plan.manner == Manner::Declines { "&cancel" } else { "" };
        let path = format!("{}/return?{query}{gives_up}", self.page);
        if self.plan.manner == Manner::Followed {
            let at = self.replicas(library);
            let back = self.back(at, &path, "")?;
            self.backs.push(Back { stranger: true, ..back });
        }
        let (at, cookie) = (self.replicas(library), self.cookie.clone());
        let told = if self.plan.manner == Manner::Returns {
            self.at_once(at, |one, at| one.back(at, &path, &cookie))?
        } else {
            vec![self.back(at, &path, &cookie)?]
        };
        self.backs.extend(told);
        for at in [at, [at[1], at[0]]] {
            let back = self.back(at, &path, &cookie)?;
            self.backs.push(back);
        }
        Ok(self.backs.iter().any(|back| back.home.is_some()))
    }

    /// At both replicas at the same moment.
    fn at_once<T: Send>(
        &mut self,
        at: [SocketAddr; 2],
        ask: impl Fn(&mut Self, [SocketAddr; 2]) -> Result<T, Trouble> + Sync,
    ) -> Result<Vec<T>, Trouble> {
        let mut second = self.clone();
        let two = thread::scope(|scope| {
            let other = scope.spawn(|| ask(&mut second, [at[1], at[0]]));
            [ask(self, at), other.join().unwrap()]
        });
        self.lost = self.lost.max(second.lost);
        self.secrets.extend(second.secrets);
        two.into_iter().collect()
    }

    fn back(&mut self, at: [SocketAddr; 2], path: &str, cookie: &str) -> Result<Back, Trouble> {
        let answer = insist(at, &mut self.lost, |at| http::send(at, "GET", path, &[("cookie", cookie)], b""))?;
        let location = answer.header("location").unwrap_or_default();
        let home = location.starts_with(self.plan.application.home).then(|| location.to_owned());
        let back = Back { status: answer.status, home, stranger: false };
        self.secrets.extend(back.parameter("code"));
        Ok(back)
    }

    /// The application's server brings the code, asks for the claims, and brings the code again, to both replicas.
    fn redeem(&mut self, library: &Library, code: &str) -> Step<()> {
        let (at, body) = (self.replicas(library), self.plan.application.redeems(code, &self.verifier));
        let told = if self.plan.manner == Manner::Races {
            self.at_once(at, |one, at| one.bring(at, library, &body))?
        } else {
            vec![self.bring(at, library, &body)?]
        };
        self.redeemed.extend(told);
        let access = self.redeemed.iter().find_map(|one| one.token("access_token")).map(str::to_owned);
        self.secrets.extend(access.clone());
        if let (Some(access), true) = (&access, self.plan.manner != Manner::Races) {
            let told = self.claims(library, access)?;
            self.told.push(told);
        }
        for at in [at, [at[1], at[0]]] {
            let redeemed = self.bring(at, library, &body)?;
            self.redeemed.push(redeemed);
        }
        if let Some(access) = &access {
            let (status, _) = self.claims(library, access)?;
            self.told_late.push(status);
        }
        Ok((access.is_some() || self.plan.manner == Manner::Races).then_some(()))
    }

    fn bring(&mut self, at: [SocketAddr; 2], library: &Library, body: &str) -> Result<Redeemed, Trouble> {
        let answer = post(at, "openid/token", &self.plan.application.headers(), body, &mut self.lost)?;
        let first = library.replicas.iter().position(|replica| *replica == at[0]).unwrap();
        let body = serde_json::from_slice(&answer.body).unwrap_or_default();
        Ok(Redeemed { first, status: answer.status, body })
    }

    fn claims(&mut self, library: &Library, access: &str) -> Result<(u16, Value), Trouble> {
        let bearer = format!("Bearer {access}");
        let answer = self.get(library, "openid/userinfo", &[("authorization", &bearer)])?;
        Ok((answer.status, serde_json::from_slice(&answer.body).unwrap_or_default()))
    }
}

fn post(at: [SocketAddr; 2], path: &str, headers: &[Header], body: &str, lost: &mut usize) -> Result<Answer, Trouble> {
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    insist(at, lost, |at| http::send(at, "POST", path, &headers, body.as_bytes()))
}

fn between(text: &str, start: &str, end: char) -> Option<String> {
    Some(text.split(start).nth(1)?.split(end).next()?.to_owned())
}
