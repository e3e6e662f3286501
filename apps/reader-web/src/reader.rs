//! A bundle, and the verdicts that rest on it.

use mapae_document::Catalogue;
use mapae_reader::{Request, bundle, judge, order, report, view};
use mapae_trust::{Memory, TrustStore};
use mapae_types::{Timestamp, UseClass};
use mapae_verify::{NotVerified, Verified};
use serde_json::{Value, json};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{catalogue, policy, problem::Problem};

/// A bundle whose seal and parts verified, under an order if one is in use.
#[wasm_bindgen]
pub struct Reader {
    store: TrustStore,
    before: Option<Memory>,
    catalogue: Catalogue,
}

#[wasm_bindgen]
impl Reader {
    /// Opens a bundle. `memory` is what [`Reader::admit`] left of the bundle before, hence the key or ledger that must
    /// vouch for this one; `policy` is the file to know a ledger by. Without either, the bundle's own key is taken, and
    /// its fingerprint is the page's to show.
    #[expect(clippy::needless_pass_by_value, reason = "no optional slice crosses from JavaScript")]
    #[wasm_bindgen(constructor)]
    pub fn open(file: Vec<u8>, memory: Option<String>, policy: Option<Vec<u8>>) -> Result<Self, String> {
        Ok(Self::read(file, memory, policy.as_deref())?)
    }

    /// Throws if an order is none for this bundle, or older than the one in use.
    pub fn check_order(&self, file: &[u8]) -> Result<(), String> {
        order::verified(file, &self.store).map(drop).map_err(|error| Problem::from(error).into())
    }

    /// The same bundle under an order. If it throws, nothing is left: [`Reader::check_order`] comes first.
    pub fn under(self, file: &[u8]) -> Result<Self, String> {
        let order = order::verified(file, &self.store).map_err(Problem::from)?;
        Ok(Self { store: self.store.under(order), ..self })
    }

    /// The order in use: `{id, reason, issued_at, from, until, state, classes, signed_by, compromised}`.
    pub fn order(&self, now: f64) -> Result<Option<String>, String> {
        let now = time(now)?;
        Ok(self.store.order().map(|order| order::summary(order, now).to_string()))
    }

    /// What the bundle says: `{as_of, classes, issuers, distrusted, status_lists, …}` and who vouches for it, `{key}` or
    /// `{log, index, policy_generation, cosigned_by}`.
    pub fn summary(&self) -> String {
        bundle::summary(&self.store).to_string()
    }

    /// How old the bundle is for a use: `{band, age_seconds}`. A class that it does not know counts as its first.
    pub fn age(&self, class: &str, now: f64) -> Result<String, String> {
        let (class, now) = (class.parse().ok(), time(now)?);
        let age = bundle::age(&self.store, class.as_ref(), now);
        Ok(age.or_else(|| bundle::age(&self.store, None, now)).unwrap_or_default().to_string())
    }

    /// Throws if the bundle takes a newer one's place, or the clock is behind.
    pub fn check(&self, now: f64) -> Result<(), String> {
        self.memory(now).map(drop)
    }

    /// Accepts the bundle, whose checks have all passed, with its key: what to remember of it from now on.
    pub fn admit(&mut self, now: f64) -> Result<String, String> {
        let memory = self.memory(now)?;
        self.before = Some(memory);
        Ok(memory.to_string())
    }

    /// The verdict on an answer to a request, as `mapae verify --json` has it; beside it what a person is shown: a `view`
    /// of what holds with the `order` in use, or the `rule` that stopped it.
    pub fn verify(&self, presentation: &[u8], request: &[u8], class: &str, now: f64) -> Result<String, String> {
        let request = Request::parse(request).map_err(|error| Problem::new("request_unusable", error))?;
        let (class, now) = (class.parse::<UseClass>().ok(), time(now)?);
        let policy = request.policy(now).for_use(class.as_ref());
        let admitted = Memory::admit(self.before.as_ref(), &self.store, now).map_err(NotVerified::from);
        let verdict = admitted.and_then(|_| judge(presentation, &request, &self.store, now, &policy));
        Ok(self.told(verdict, presentation, class.as_ref(), now).to_string())
    }
}

impl Reader {
    fn read(file: Vec<u8>, memory: Option<String>, policy: Option<&[u8]>) -> Result<Self, Problem> {
        let before = policy::memory(memory)?;
        let policy = policy.map(policy::read).transpose()?;
        let store = bundle::open(file, before.as_ref(), policy.as_ref())?;
        Ok(Self { store, before, catalogue: catalogue::builtin()? })
    }

    fn memory(&self, now: f64) -> Result<Memory, String> {
        Ok(Memory::admit(self.before.as_ref(), &self.store, time(now)?).map_err(Problem::from)?)
    }

    fn told(
        &self,
        verdict: Result<Verified, NotVerified>,
        presentation: &[u8],
        class: Option<&UseClass>,
        now: Timestamp,
    ) -> Value {
        match verdict {
            Ok(verified) => {
                let mut document = report::held(&verified, &self.store, class, self.before.is_some());
                document["view"] = verified.credentials().iter().map(|one| view(one, &self.catalogue)).collect();
                document["order"] = self.store.order().map(|order| order::summary(order, now)).into();
                document
            }
            Err(reason) => {
                let mut document = report::not_verified(&reason, Some(&self.store));
                document["rule"] = report::rule(&reason, presentation);
                document
            }
        }
    }
}

fn time(seconds: f64) -> Result<Timestamp, String> {
    #[expect(clippy::cast_possible_truncation, reason = "saturates, and what is out of range is refused")]
    let whole = seconds.floor() as i64;
    Timestamp::from_unix(whole)
        .map_err(|error| json!({ "code": "clock_unusable", "detail": error.to_string() }).to_string())
}
