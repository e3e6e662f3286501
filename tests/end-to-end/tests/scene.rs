//! A country, relying parties, and people with documents in their wallets.

use std::{
    collections::BTreeSet,
    fs::OpenOptions,
    io::Write as _,
    path::Path,
    sync::{Mutex, MutexGuard},
    thread::{scope, sleep},
    time::Duration,
};

use mapae_http::HeaderMap;
use mapae_wallet::{Format, State};
use scratch_postgres::Server;
use serde_json::{Map, Value};

use crate::{
    audit::{Audit, Findings},
    country::{Country, DOCUMENTS},
    needles::{Needles, status},
    observation::{Changes, Observation, changes, logs, reset},
    phone::Phone,
    relying_party::{KINDS, RelyingParty, Session},
    terminal::Terminal,
    web,
};

/// People who come at the same time.
const AT_ONCE: usize = 4;

/// Longer than from one of the issuer's heartbeats to the next, twice.
const QUIET: Duration = Duration::from_secs(12);

/// What a relying party or a wallet does besides, at each presentation.
pub(crate) type Besides<'a> = &'a (dyn Fn(&mut Phone) + Sync);

/// With nothing besides.
pub(crate) const NOTHING: Besides<'static> = &|_| {};

pub(crate) struct Scene {
    pub(crate) country: Country,
    pub(crate) relying_parties: Vec<RelyingParty>,
    phones: Vec<Mutex<Phone>>,
    terminal: Terminal,
    pub(crate) needles: Mutex<Needles>,
}

impl Scene {
    /// Founds the country, and gives all documents to so many people.
    pub(crate) fn set(people: usize, server: Option<&Server>) -> Self {
        let country =
            Country::found(&KINDS.each_ref().map(|kind| kind.registered), 6 * u32::try_from(people).unwrap(), server);
        let relying_parties = KINDS.iter().map(|kind| RelyingParty::start(&country, kind, "")).collect();
        let terminal = Terminal::of(&country);
        let mut scene = Self { country, relying_parties, phones: Vec::new(), terminal, needles: Mutex::default() };
        let mut wanted = (1..).zip(scene.country.people());
        while scene.phones.len() < people {
            let (seed, person) = wanted.next().expect("enough people who may have every document");
            scene.phones.extend(scene.phone_of(&person, seed));
        }
        let may_have_all = |person: String| scene.terminal.add_all(&scene.country, &person);
        assert!(wanted.any(|(_, person)| may_have_all(person)), "one more for the terminal");
        scene
    }

    /// The phone of somebody who got all documents; none if they may not have one of them.
    fn phone_of(&self, person: &str, seed: u64) -> Option<Mutex<Phone>> {
        let mut phone = Phone::new(&self.country, seed);
        for document in DOCUMENTS {
            phone.add(self.country.offer(person, document)?);
        }
        let mut needles = self.needles.lock().unwrap();
        needles.add("a person's id", person);
        phone.cards().iter().for_each(|card| needles.add_card(card));
        phone.take_asked();
        Some(Mutex::new(phone))
    }

    /// What changes while nothing is shown.
    pub(crate) fn quiet(&mut self) -> Changes {
        self.period(|_| sleep(QUIET))
    }

    /// What changes while so many presentations are made at all relying parties, in both formats.
    pub(crate) fn busy(&mut self, presentations: usize, besides: Besides<'_>) -> Changes {
        self.period(|scene| scene.present(presentations, besides))
    }

    /// The same with the wallet of the command line, once at each relying party.
    pub(crate) fn busy_at_terminal(&mut self) -> Changes {
        self.period(Self::present_at_terminal)
    }

    fn period(&mut self, happens: impl FnOnce(&Self)) -> Changes {
        let before = Observation::of(&self.country);
        reset(&self.country, &self.relying_parties);
        happens(self);
        let after = Observation::of(&self.country);
        let mut changes = changes(&before, &after, &self.country, &self.relying_parties);
        // What was asked is counted until now.
        changes.lasted = before.at.elapsed();
        changes.asked =
            self.phones().flat_map(|mut phone| phone.take_asked()).chain(self.terminal.take_asked()).collect();
        changes
    }

    fn phones(&self) -> impl Iterator<Item = MutexGuard<'_, Phone>> {
        self.phones.iter().map(|phone| phone.lock().unwrap())
    }

    fn present(&self, presentations: usize, besides: Besides<'_>) {
        scope(|scope| {
            for first in 0..AT_ONCE {
                scope.spawn(move || {
                    (first..presentations).step_by(AT_ONCE).for_each(|nth| self.present_once(nth, besides));
                });
            }
        });
    }

    /// Somebody shows a document somewhere, and the relying party gets what it asked for.
    fn present_once(&self, nth: usize, besides: Besides<'_>) {
        let relying_party = &self.relying_parties[nth % self.relying_parties.len()];
        let format = [Format::Mdoc, Format::SdJwt][nth / self.relying_parties.len() % 2];
        // In each round everybody goes one further.
        let person = (nth + nth / self.phones.len()) % self.phones.len();
        let mut phone = self.phones[person].lock().unwrap();
        let session = relying_party.begin();
        let redirect_uri = phone.show(&session.link, format);
        besides(&mut phone);
        drop(phone);
        self.note(&session, &relying_party.claims(&session, redirect_uri.as_deref()));
    }

    /// The person at the terminal shows something to everybody.
    fn present_at_terminal(&self) {
        for relying_party in &self.relying_parties {
            let session = relying_party.begin();
            let redirect_uri = self.terminal.show(&self.country, &session.link);
            self.note(&session, &relying_party.claims(&session, redirect_uri.as_deref()));
        }
    }

    /// What is to be searched for of a session.
    fn note(&self, session: &Session, claims: &Map<String, Value>) {
        let mut needles = self.needles.lock().unwrap();
        needles.add("a session's id", &session.id);
        needles.add("a session's link", &session.link);
        for value in claims.values().filter_map(Value::as_str) {
            needles.add("what was disclosed", value);
        }
    }

    /// Judges by what `quiet` showed.
    pub(crate) fn judge(&self, quiet: &Changes, busy: &Changes) -> Findings {
        let needles = self.needles.lock().unwrap();
        let relying_parties: BTreeSet<String> = self.relying_parties.iter().map(|one| one.at.to_string()).collect();
        let audit = Audit { quiet, needles: &needles, mirror: self.country.mirror.at, relying_parties };
        let mut findings = audit.judge(busy);
        for (service, log) in logs(&self.country) {
            findings.extend(audit.judge_log(&service, &log));
        }
        findings
    }
}

/// Fetches the list in which the status of what was shown stands: what a verifier without a bundle does.
pub(crate) fn ask_the_status(phone: &mut Phone) {
    let copies = phone.cards().into_iter().flat_map(|card| card.batches).filter_map(|batch| match batch.state {
        State::Held(held) => Some(held.copies),
        _ => None,
    });
    let shown = copies.flatten().find(|copy| !copy.shown_to.is_empty()).expect("one was shown");
    let (list, _) = status(&shown);
    assert_eq!(web::get(&list, HeaderMap::new()).status, 200);
}

/// Adds a line to a file, which it makes if it is not there.
pub(crate) fn add_line(file: &Path, line: &str) {
    let mut file = OpenOptions::new().append(true).create(true).open(file).unwrap();
    writeln!(file, "{line}").unwrap();
}
