//! One visit to the library: a session from its beginning to its result, with the wallet in a manner of its own.

use std::{
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use mapae_types::{Duration as Ahead, Timestamp};
use mapae_x509::TrustAnchor;
use serde_json::{Value, json};
use testkit::Format;

use super::{
    library::{ASKED, Library, ORIGIN, TOKEN},
    listen::{End, Heard, listen},
    people::{PEOPLE, People},
    wallet::{self, Asked, Bound, Said, Trouble, insist},
    work::Next,
};
use crate::{dice::Dice, http};

/// How the wallet behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Answers, and tries again where nothing was said to it.
    Once,
    /// Sends one answer to both replicas at once, and later once more.
    Twice,
    /// Two people answer one request at once, one on each replica.
    Rivals,
    /// Says that its person shows nothing.
    Declines,
    /// Shows what was made for another session.
    Replays,
    /// Fetches the request, and is not heard of again.
    Leaves,
}

/// How the wallet is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// On the device of the page, which it sends the person back to.
    SameDevice,
    /// By a QR code.
    CrossDevice,
    /// By the browser that the page is in (Digital Credentials API).
    Page,
}

/// How the library learns the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Learns {
    /// It waits for the webhook.
    Webhook,
    Polls,
    /// It listens to events from the beginning.
    Events,
}

/// What all visits share.
pub(crate) struct Around<'a> {
    pub(crate) library: &'a Library,
    pub(crate) people: &'a People,
    pub(crate) roots: &'a [TrustAnchor],
    /// What the replicas' clocks are ahead of the world's.
    pub(crate) ahead: Ahead,
    /// What another session's answers are bound to.
    pub(crate) foreign: Option<Bound>,
}

impl Around<'_> {
    /// A wallet has the same time as its verifier.
    pub(crate) fn now(&self) -> Timestamp {
        self.library.now(self.ahead)
    }
}

/// A visit, and what was said during it.
#[derive(Clone)]
pub(crate) struct Visit {
    pub(crate) number: usize,
    pub(crate) manner: Manner,
    pub(crate) way: Way,
    pub(crate) learns: Learns,
    pub(crate) person: usize,
    /// The other one, where two answer.
    pub(crate) rival: usize,
    pub(crate) id: String,
    /// Or the request that the page hands over.
    pub(crate) link: String,
    /// Whose answer, and what was said to it.
    pub(crate) said: Vec<(usize, Said)>,
    /// Every result that was asked for.
    pub(crate) results: Vec<Value>,
    /// What came while somebody listened.
    pub(crate) heard: Heard,
    pub(crate) troubles: Vec<Trouble>,
    /// What nobody else should read: handles, the nonce, the code.
    pub(crate) secrets: Vec<String>,
    /// Beginnings of which nobody knows whether they came to something.
    pub(crate) orphans: usize,
    /// How often the library asked.
    looks: u32,
    dice: Dice,
}

/// Looks after which there is no result: more than a minute's.
const LOOKS: u32 = 400;
/// Milliseconds for which somebody listens, at least and at most, after the wallet has done what it does; what comes later
/// is asked for later.
const LISTENS: (u64, u64) = (50, 1_000);

impl Visit {
    pub(crate) fn new(number: usize, mut dice: Dice) -> Self {
        let manner = match dice.roll(20) {
            0..=5 => Manner::Once,
            6..=11 => Manner::Twice,
            12..=16 => Manner::Rivals,
            17 => Manner::Declines,
            18 => Manner::Replays,
            _ => Manner::Leaves,
        };
        Self::of(number, manner, dice)
    }

    pub(crate) fn of(number: usize, manner: Manner, mut dice: Dice) -> Self {
        let way = *dice.pick(&[Way::SameDevice, Way::SameDevice, Way::CrossDevice, Way::CrossDevice, Way::Page]);
        let learns = *dice.pick(&[Learns::Webhook, Learns::Polls, Learns::Events]);
        let person = usize::try_from(dice.roll(PEOPLE as u64)).unwrap();
        Self {
            number,
            manner,
            way,
            // Nobody else would have the result: its webhook does not tell it.
            learns: if way == Way::SameDevice && learns == Learns::Webhook { Learns::Polls } else { learns },
            person,
            rival: (person + 1) % PEOPLE,
            id: String::new(),
            link: String::new(),
            said: Vec::new(),
            results: Vec::new(),
            heard: Heard::default(),
            troubles: Vec::new(),
            secrets: Vec::new(),
            orphans: 0,
            looks: 0,
            dice,
        }
    }

    /// Somebody's answer was taken, whether or not anybody was told so.
    pub(crate) fn is_taken(&self) -> bool {
        self.said.iter().any(|(_, said)| said.status == 200 || said.code == "answer_taken")
    }

    /// What the browser that came back has to show.
    pub(crate) fn code(&self) -> Option<&str> {
        let redirect = self.said.iter().find_map(|(_, said)| said.redirect.as_deref())?;
        redirect.split("response_code=").nth(1)
    }

    /// On the same device, where the wallet was never told where to go on: nobody can ask for the result.
    pub(crate) fn is_out_of_reach(&self) -> bool {
        self.is_same_device() && self.code().is_none()
    }

    pub(crate) fn is_same_device(&self) -> bool {
        self.way == Way::SameDevice
    }

    /// The library asks for the result, in whatever way.
    pub(crate) fn asks(&self) -> bool {
        self.learns != Learns::Webhook
    }

    /// How it went, without what is anybody's.
    pub(crate) fn went(&self) -> (Manner, Way, Learns, Vec<u16>, usize) {
        let said = self.said.iter().map(|(_, said)| said.status).collect();
        (self.manner, self.way, self.learns, said, self.results.len())
    }

    pub(crate) fn reference(&self) -> String {
        format!("visitor {} by the door", self.number)
    }

    /// Either replica first.
    fn replicas(&mut self, library: &Library) -> [SocketAddr; 2] {
        let [one, other] = library.replicas;
        if self.dice.once_in(2) { [one, other] } else { [other, one] }
    }

    /// The library begins the session.
    pub(crate) fn begin(&mut self, library: &Library) -> Next {
        let (at, mut wish) = (self.replicas(library), json!({ "use": "identity", "reference": self.reference() }));
        let (flow, more) = match self.way {
            Way::SameDevice => ("same_device", Some(("redirect_uri", "https://library.example/back"))),
            Way::CrossDevice => ("cross_device", None),
            Way::Page => ("dc_api", Some(("origin", ORIGIN))),
        };
        for (name, value) in [("flow", flow)].into_iter().chain(more) {
            wish[name] = value.into();
        }
        match ask(at, &mut self.orphans, "POST", "sessions", &wish.to_string()) {
            Ok((201, told)) => {
                told["id"].as_str().unwrap_or_default().clone_into(&mut self.id);
                self.link = match told["link"].as_str() {
                    Some(link) => link.to_owned(),
                    None => told["request"].to_string(),
                };
                self.secrets.extend(between(&self.link, "requests%2F", '&'));
            }
            Ok((status, told)) => self.troubles.push(format!("a session is answered {status}: {told}")),
            Err(trouble) => self.troubles.push(trouble),
        }
        Next::Done
    }

    /// The wallet fetches the request, and does with it what it does; the library may listen meanwhile.
    pub(crate) fn answer(&mut self, around: &Around<'_>) -> Next {
        if self.id.is_empty() {
            return Next::Done;
        }
        let (end, at, path) = (End::new(), self.replicas(around.library), self.events());
        let listens_for = Duration::from_millis(self.dice.between(LISTENS.0, LISTENS.1));
        let heard = thread::scope(|scope| {
            let listens = self.learns == Learns::Events;
            let ear = listens.then(|| scope.spawn(|| listen(at, &path, &end)));
            let answered = Answered { listens_for, end: &end };
            if let Err(trouble) = self.try_answer(around) {
                self.troubles.push(format!("{:?}: {trouble}", self.manner));
            }
            drop(answered);
            ear.map(|ear| ear.join().unwrap())
        });
        self.secrets.extend(self.code().map(str::to_owned));
        match heard {
            None => {}
            Some(Ok(heard)) if self.is_same_device() && !heard.results.is_empty() => {
                self.troubles.push("a result without its code".to_owned());
            }
            Some(Ok(heard)) => self.note(heard),
            Some(Err(trouble)) => self.troubles.push(trouble),
        }
        Next::Done
    }

    fn events(&self) -> String {
        format!("sessions/{}/events", self.id)
    }

    fn note(&mut self, heard: Heard) {
        self.heard.states.extend(heard.states);
        self.heard.lost += heard.lost;
        self.results.extend(heard.results);
    }

    pub(crate) fn fetch(&mut self, around: &Around<'_>, now: Timestamp) -> Result<Asked, Trouble> {
        let at = self.replicas(around.library);
        let asked = match self.way {
            Way::Page => wallet::handed(&self.link, &self.id, (around.roots, now))?,
            _ => wallet::fetch(&self.link, at, (around.roots, now), self.dice.roll(u64::MAX))?,
        };
        self.secrets.push(asked.bound().nonce);
        if let Asked::Link(request) = &asked {
            self.secrets.extend(request.response_uri().rsplit('/').next().map(str::to_owned));
        }
        Ok(asked)
    }

    fn try_answer(&mut self, around: &Around<'_>) -> Result<(), Trouble> {
        let now = around.now();
        let (asked, at) = (self.fetch(around, now)?, self.replicas(around.library));
        let format = if self.dice.once_in(2) { Format::Mdoc } else { Format::SdJwt };
        let (seed, person, rival) = (self.dice.roll(u64::MAX), self.person, self.rival);
        let own = asked.bound();
        let shown_by = |person, to| asked.answer(to, around.people.copy(person, format), &ASKED, (now, seed));
        match self.manner {
            Manner::Leaves => {}
            Manner::Once => self.said(person, wallet::post(&shown_by(person, &own), at, &mut 0))?,
            Manner::Declines => self.said(person, wallet::post(&asked.decline(seed), at, &mut 0))?,
            Manner::Replays => {
                let foreign = around.foreign.as_ref().ok_or("there is no other session")?;
                self.said(person, wallet::post(&shown_by(person, foreign), at, &mut 0))?;
            }
            Manner::Twice => {
                let answer = shown_by(person, &own);
                self.both([person; 2], wallet::post_both([&answer; 2], at))?;
                self.said(person, wallet::post(&answer, at, &mut 0))?;
            }
            Manner::Rivals => {
                let two = [person, rival].map(|person| shown_by(person, &own));
                self.both([person, rival], wallet::post_both([&two[0], &two[1]], at))?;
            }
        }
        Ok(())
    }

    fn both(&mut self, who: [usize; 2], said: [Result<Said, Trouble>; 2]) -> Result<(), Trouble> {
        who.into_iter().zip(said).try_for_each(|(who, said)| self.said(who, said))
    }

    fn said(&mut self, who: usize, said: Result<Said, Trouble>) -> Result<(), Trouble> {
        let said = said?;
        self.results.extend(said.result.clone());
        self.said.push((who, said));
        Ok(())
    }

    /// The library asks for the result, until it has had it from both replicas.
    pub(crate) fn look(&mut self, library: &Library) -> Next {
        if !self.asks() || self.id.is_empty() || !self.is_taken() || self.results.len() > 1 {
            return Next::Done;
        }
        self.looks += 1;
        let looked = if self.learns == Learns::Events { self.listen_on(library) } else { self.try_look(library) };
        match looked {
            _ if self.looks > LOOKS => {
                self.troubles.push("there is no result".to_owned());
                Next::Done
            }
            Ok(true) if self.is_out_of_reach() || self.results.len() > 1 => Next::Done,
            Ok(true) => Next::After(Duration::ZERO),
            Ok(false) => Next::After(Duration::from_millis(self.dice.between(200, 400))),
            Err(trouble) => {
                self.troubles.push(trouble);
                Next::Done
            }
        }
    }

    /// Whether the session is over by now, as one hears who comes late.
    fn listen_on(&mut self, library: &Library) -> Result<bool, Trouble> {
        let code = self.code().map(|code| format!("?response_code={code}")).unwrap_or_default();
        let end = End::from(Instant::now() + Duration::from_millis(LISTENS.1));
        let heard = listen(self.replicas(library), &format!("{}{code}", self.events()), &end)?;
        let is_over = heard.states.last().is_some_and(|state| state == "done");
        self.note(heard);
        Ok(is_over)
    }

    /// Whether there is a result by now.
    fn try_look(&mut self, library: &Library) -> Result<bool, Trouble> {
        let (at, path) = (self.replicas(library), format!("sessions/{}", self.id));
        let bare = ask(at, &mut 0, "GET", &path, "")?;
        let (status, told) = match (self.is_same_device(), self.code()) {
            (true, _) if bare.1.get("result").is_some() => return Err("a result without its code".to_owned()),
            (true, Some(code)) => ask(at, &mut 0, "GET", &format!("{path}?response_code={code}"), "")?,
            _ => bare,
        };
        if status != 200 {
            return Err(format!("a session that was answered: {status} {told}"));
        }
        if let Some(result) = told.get("result") {
            if told["reference"] != self.reference() {
                return Err("a result with another's reference".to_owned());
            }
            self.results.push(result.clone());
        }
        Ok(told["state"] == "done")
    }

    /// The library does away with it.
    pub(crate) fn delete(&mut self, library: &Library) -> Result<(), Trouble> {
        let (status, told) = ask(self.replicas(library), &mut 0, "DELETE", &format!("sessions/{}", self.id), "")?;
        if status == 204 { Ok(()) } else { Err(format!("a session is not deleted: {status} {told}")) }
    }
}

/// Says that the wallet has done what it does, also by a panic: somebody may listen.
struct Answered<'e> {
    listens_for: Duration,
    end: &'e End,
}

impl Drop for Answered<'_> {
    fn drop(&mut self) {
        let _only_here = self.end.set(Instant::now() + self.listens_for);
    }
}

/// A request of the library's.
fn ask(
    at: [SocketAddr; 2],
    unknown: &mut usize,
    method: &str,
    path: &str,
    body: &str,
) -> Result<(u16, Value), Trouble> {
    let authorization = format!("Bearer {TOKEN}");
    let headers = [("authorization", authorization.as_str())];
    let answer = insist(at, unknown, |at| http::send(at, method, path, &headers, body.as_bytes()))?;
    Ok((answer.status, serde_json::from_slice(&answer.body).unwrap_or_default()))
}

fn between(text: &str, start: &str, end: char) -> Option<String> {
    Some(text.split(start).nth(1)?.split(end).next()?.to_owned())
}
