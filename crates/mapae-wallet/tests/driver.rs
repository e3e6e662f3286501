//! A phone for tests: software keys and records in memory, and a network that a test scripts. It does what a task wants,
//! writes down what that was, and can be cut off or refuse at any want.

use std::collections::BTreeMap;

use mapae_crypto::SigningKey;
use mapae_document::Catalogue;
use mapae_types::{
    Entropy as _, Timestamp,
    http::{HttpRequest, HttpResponse},
};
use mapae_wallet::{Change, KeyHandle, NewKey, RecordName, Reply, Start, Step, Task, ToSign, Wallet, Want};
use testkit::Seeded;

/// The other side of the network.
pub(crate) trait Web {
    /// The answer, or silence.
    fn answer(&mut self, request: &HttpRequest) -> Option<HttpResponse>;
}

/// Nobody is there.
pub(crate) struct Nobody;

impl Web for Nobody {
    fn answer(&mut self, _: &HttpRequest) -> Option<HttpResponse> {
        None
    }
}

impl<F: FnMut(&HttpRequest) -> Option<HttpResponse>> Web for F {
    fn answer(&mut self, request: &HttpRequest) -> Option<HttpResponse> {
        self(request)
    }
}

/// Where a task is cut off, counted from 0 over all that it wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Nothing of the want is done.
    Before(usize),
    /// It is done, and the task never hears of it.
    After(usize),
}

/// A phone with its wallet.
pub(crate) struct Driver {
    pub(crate) wallet: Wallet,
    pub(crate) now: Timestamp,
    pub(crate) keys: BTreeMap<KeyHandle, SigningKey>,
    pub(crate) records: BTreeMap<RecordName, Vec<u8>>,
    /// What was wanted, in order.
    pub(crate) wants: Vec<Want>,
    /// Which wants the device does not do.
    pub(crate) refuses: fn(&Want) -> bool,
    made: usize,
    entropy: Seeded,
}

impl Driver {
    /// A phone with an empty wallet.
    pub(crate) fn new() -> Self {
        Self::of(1)
    }

    /// Two seeds share no key and no randomness.
    pub(crate) fn of(seed: u64) -> Self {
        let mut driver = Self {
            wallet: Wallet::default(),
            now: testkit::now(),
            keys: BTreeMap::new(),
            records: BTreeMap::new(),
            wants: Vec::new(),
            refuses: |_| false,
            made: 0,
            entropy: Seeded::new(seed),
        };
        driver.reopen();
        driver
    }

    /// Forgets what was in memory, as after a crash: the wallet is what its records say. Bundle and provider are set anew.
    pub(crate) fn reopen(&mut self) {
        self.wallet = Wallet::open(self.records.clone()).unwrap();
        self.wallet.speak(Catalogue::builtin().unwrap());
    }

    /// With what an errand begins.
    pub(crate) fn start(&mut self) -> Start {
        Start { now: self.now, seed: self.entropy.array().unwrap() }
    }

    /// Runs a task to its end.
    pub(crate) fn run<T>(&mut self, web: &mut dyn Web, begin: impl FnOnce(&Wallet, &Start) -> Task<T>) -> T {
        self.run_cut(web, None, begin).unwrap()
    }

    /// Runs a task until it is cut off; nothing is returned then.
    pub(crate) fn run_cut<T>(
        &mut self,
        web: &mut dyn Web,
        cut: Option<Cut>,
        begin: impl FnOnce(&Wallet, &Start) -> Task<T>,
    ) -> Option<T> {
        let start = self.start();
        let mut task = begin(&self.wallet, &start);
        for count in 0.. {
            let want = match task.step(self.now) {
                Step::Done(done) => return Some(done),
                Step::Want(want) => want,
            };
            if cut == Some(Cut::Before(count)) {
                return None;
            }
            self.wants.push(want.clone());
            let reply = if (self.refuses)(&want) { Reply::Refused } else { self.fulfil(want, web) };
            if cut == Some(Cut::After(count)) {
                return None;
            }
            task.reply(reply);
        }
        None
    }

    fn fulfil(&mut self, want: Want, web: &mut dyn Web) -> Reply {
        match want {
            Want::Send(request) => web.answer(&request).map_or(Reply::Silent, Reply::Response),
            Want::MakeKeys(count) => Reply::Keys((0..count).map(|_| self.make_key()).collect()),
            Want::Sign(messages) => Reply::Signatures(messages.iter().map(|one| self.sign(one)).collect()),
            Want::Write(changes) => {
                for change in changes {
                    self.write(change);
                }
                Reply::Written
            }
        }
    }

    fn make_key(&mut self) -> NewKey {
        let key = SigningKey::generate(&mut self.entropy).unwrap();
        let handle = KeyHandle::new(format!("key-{}", self.made));
        self.made += 1;
        let public = key.public().clone();
        assert!(self.keys.insert(handle.clone(), key).is_none());
        NewKey { handle, public }
    }

    fn sign(&self, one: &ToSign) -> mapae_crypto::Signature {
        self.keys.get(&one.key).expect("a key that is there").sign(&one.message).unwrap()
    }

    fn write(&mut self, change: Change) {
        match change {
            Change::Put(name, content) => drop(self.records.insert(name, content)),
            Change::Remove(name) => drop(self.records.remove(&name)),
            Change::ForgetKey(handle) => drop(self.keys.remove(&handle)),
        }
    }

    /// The requests that were sent.
    pub(crate) fn sent(&self) -> Vec<&HttpRequest> {
        self.wants.iter().filter_map(|want| if let Want::Send(request) = want { Some(request) } else { None }).collect()
    }

    /// The changes that were written.
    pub(crate) fn written(&self) -> Vec<&Change> {
        let writes =
            self.wants.iter().filter_map(|want| if let Want::Write(changes) = want { Some(changes) } else { None });
        writes.flatten().collect()
    }
}
