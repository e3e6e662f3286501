//! A person's phone: the wallet's own core, with keys and records in memory, and a network that notes whom it asks.

use std::collections::{BTreeMap, BTreeSet};

use mapae_crypto::SigningKey;
use mapae_document::Catalogue;
use mapae_http::{HeaderMap, HeaderName, HeaderValue};
use mapae_types::{
    Entropy as _, Timestamp,
    http::{HttpRequest, HttpResponse, Method},
};
use mapae_wallet::{
    AddOptions, AskView, Asked, Card, Change, Consent, Format, KeyHandle, NewKey, OptionView, Proposal, RecordName,
    Reply, Start, Step, Task, Wallet, Want,
};
use testkit::Seeded;

use crate::{country::Country, web};

/// Copies of each format that it asks for.
const COPIES: usize = 10;

/// A phone with its wallet.
pub(crate) struct Phone {
    pub(crate) wallet: Wallet,
    keys: BTreeMap<KeyHandle, SigningKey>,
    records: BTreeMap<RecordName, Vec<u8>>,
    entropy: Seeded,
    /// The hosts that it asked since it was last looked at.
    asked: BTreeSet<String>,
}

impl Phone {
    pub(crate) fn new(country: &Country, seed: u64) -> Self {
        let wallet = Wallet::default();
        wallet.speak(Catalogue::builtin().unwrap());
        wallet.rely_on(Some(country.trust()));
        wallet.attested_by(Some(country.provider_url()));
        let (keys, records, asked) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        Self { wallet, keys, records, entropy: Seeded::new(seed), asked }
    }

    /// Takes what an offer offers.
    pub(crate) fn add(&mut self, (link, code): (String, String)) {
        let options = AddOptions { tx_code: Some(code), copies: COPIES };
        let added = self.run(|wallet, start| wallet.add(&link, options, start)).unwrap();
        assert!(added.later.is_none(), "the issuer gives at once");
    }

    /// Asks for new copies in place of the old ones, which the issuer gives at their time.
    pub(crate) fn refill(&mut self) {
        for (id, _) in self.wallet.held_cards() {
            drop(self.run(|wallet, start| wallet.refill(&id, COPIES, start)));
        }
    }

    /// Answers the request behind a link in a format; where the relying party wants the person to go on.
    pub(crate) fn show(&mut self, link: &str, format: Format) -> Option<String> {
        let proposal = match self.run(|wallet, start| wallet.ask(link, start)).unwrap() {
            Asked::Proposal(proposal) => *proposal,
            Asked::Refusal(refusal) => panic!("refused: {}", refusal.code()),
        };
        let consent = agree(&proposal, format);
        self.run(|wallet, start| wallet.answer(proposal, consent, start)).unwrap().redirect_uri
    }

    /// Asks somebody whom nothing makes it ask.
    pub(crate) fn ask_besides(&mut self, url: &str) {
        self.send(HttpRequest { method: Method::Get, url: url.to_owned(), headers: Vec::new(), body: Vec::new() });
    }

    pub(crate) fn cards(&self) -> Vec<Card> {
        self.wallet.held_cards().into_iter().map(|(_, card)| card).collect()
    }

    /// The hosts that it asked since the last look.
    pub(crate) fn take_asked(&mut self) -> BTreeSet<String> {
        std::mem::take(&mut self.asked)
    }
}

/// Agrees to the first way that is in the format.
fn agree(proposal: &Proposal, format: Format) -> Consent {
    let fits = |option: &OptionView| option.documents.iter().all(|document| document.format == format);
    let chosen = |ask: &AskView| ask.options.iter().position(fits);
    let chosen: Vec<_> = proposal.view().asks.iter().map(chosen).collect();
    assert!(chosen.iter().all(Option::is_some), "every request may be answered in either format");
    Consent { chosen, express: true }
}

/// How an errand is run.
impl Phone {
    fn run<T>(&mut self, begin: impl FnOnce(&Wallet, &Start) -> Task<T>) -> T {
        let start = Start { now: now(), seed: self.entropy.array().unwrap() };
        let mut task = begin(&self.wallet, &start);
        loop {
            match task.step(now()) {
                Step::Done(done) => return done,
                Step::Want(want) => task.reply(self.fulfil(want)),
            }
        }
    }

    fn fulfil(&mut self, want: Want) -> Reply {
        match want {
            Want::Send(request) => Reply::Response(self.send(request)),
            Want::MakeKeys(count) => Reply::Keys((0..count).map(|_| self.make_key()).collect()),
            Want::Sign(messages) => {
                Reply::Signatures(messages.iter().map(|one| self.keys[&one.key].sign(&one.message).unwrap()).collect())
            }
            Want::Write(changes) => {
                for change in changes {
                    self.write(change);
                }
                Reply::Written
            }
        }
    }

    fn send(&mut self, request: HttpRequest) -> HttpResponse {
        self.asked.insert(web::host(&request.url).to_owned());
        let mut headers = HeaderMap::new();
        for (name, value) in request.headers {
            headers.insert(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(&value).unwrap());
        }
        let answer = match request.method {
            Method::Get => web::get(&request.url, headers),
            Method::Post => web::post(&request.url, headers, request.body),
        };
        let text = |value: &HeaderValue| value.to_str().ok().map(str::to_owned);
        let headers = answer.headers.iter().filter_map(|(name, value)| Some((name.to_string(), text(value)?)));
        HttpResponse { status: answer.status, headers: headers.collect(), body: answer.body }
    }

    fn make_key(&mut self) -> NewKey {
        let key = SigningKey::generate(&mut self.entropy).unwrap();
        let handle = KeyHandle::new(format!("key-{}", self.keys.len()));
        let public = key.public().clone();
        assert!(self.keys.insert(handle.clone(), key).is_none());
        NewKey { handle, public }
    }

    fn write(&mut self, change: Change) {
        match change {
            Change::Put(name, content) => drop(self.records.insert(name, content)),
            Change::Remove(name) => drop(self.records.remove(&name)),
            // Kept: keys are named by how many there are.
            Change::ForgetKey(_) => {}
        }
    }
}

/// The machine's time.
pub(crate) fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    Timestamp::from_unix(i64::try_from(since).unwrap()).unwrap()
}
