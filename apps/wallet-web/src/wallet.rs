//! The wallet, as the page holds it.

use mapae_crypto::sha256;
use mapae_document::Catalogue;
use mapae_ledger::MajorityPolicy;
use mapae_reader::bundle;
use mapae_trust::{Memory, TrustStore};
use mapae_wallet::{CardId, ExportAs, RecordName, Start, Wallet};
use serde_json::{Value, json};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{
    begin::{self, Arguments, Desk, lock_name, needed_lock},
    catalogue,
    errand::Errand,
    problem::Problem,
    proposals::Proposals,
    time,
};

/// Under which the ledger knows this page's releases.
const SOFTWARE: &str = "wallet-web";

/// A wallet: open once it has its records.
#[wasm_bindgen]
pub struct Core {
    wallet: Wallet,
    catalogue: Catalogue,
    proposals: Proposals,
    records: Vec<(RecordName, Vec<u8>)>,
}

#[wasm_bindgen]
impl Core {
    /// A wallet without records.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Result<Self, String> {
        let catalogue = catalogue::builtin()?;
        Ok(Self { wallet: Wallet::default(), catalogue, proposals: Proposals::default(), records: Vec::new() })
    }

    /// One of its records.
    pub fn record(&mut self, name: String, content: Vec<u8>) {
        self.records.push((name, content));
    }

    /// Opens it with all of the records.
    pub fn open(&mut self) -> Result<(), String> {
        self.wallet = Wallet::open(core::mem::take(&mut self.records)).map_err(Problem::from)?;
        self.wallet.speak(self.catalogue.clone());
        Ok(())
    }

    /// Judges by a bundle from now on: what to remember of it, `memory` the next time. `policy` is the file to know its
    /// ledger by.
    #[expect(clippy::needless_pass_by_value, reason = "no optional slice crosses from JavaScript")]
    pub fn rely_on(
        &mut self,
        file: Vec<u8>,
        memory: Option<String>,
        policy: Option<Vec<u8>>,
        now: f64,
    ) -> Result<String, String> {
        let (store, memory) = admitted(file, memory, policy.as_deref(), now)?;
        self.wallet.rely_on(Some(store));
        Ok(memory.to_string())
    }

    /// Has a wallet provider attest this wallet and its keys.
    pub fn attested_by(&mut self, provider: Option<String>) {
        self.wallet.attested_by(provider);
    }

    /// `{as_of, band, age_seconds, …}` of the bundle in use, or null.
    pub fn bundle(&self, now: f64) -> Result<String, String> {
        let now = time(now)?;
        let told = |store: &TrustStore| {
            let mut told = bundle::age(store, None, now).unwrap_or_else(|| json!({}));
            told["as_of"] = store.as_of().to_string().into();
            told
        };
        Ok(self.wallet.trust().map_or(Value::Null, |store| told(&store)).to_string())
    }

    /// The cards, for a list.
    pub fn cards(&self, now: f64) -> Result<String, String> {
        Ok(json!(self.wallet.cards(time(now)?)).to_string())
    }

    /// Everything about one card, or null.
    pub fn card(&self, id: &str, now: f64) -> Result<String, String> {
        Ok(json!(self.wallet.card(&CardId::new(id), time(now)?)).to_string())
    }

    /// The history's lines, the newest first.
    pub fn history(&self) -> String {
        json!(self.wallet.history()).to_string()
    }

    /// The history as a file: `json` or `csv`.
    pub fn export_history(&self, form: &str) -> Result<String, String> {
        let form = match form {
            "json" => ExportAs::Json,
            "csv" => ExportAs::Csv,
            form => return Err(Problem::new("form_unknown", form).into()),
        };
        Ok(self.wallet.export_history(form))
    }

    /// The lock that the documents in this wallet need: `any` or `passkey`.
    pub fn wallet_lock(&self, now: f64) -> Result<String, String> {
        let cards = self.wallet.cards(time(now)?);
        let needed = needed_lock(&self.catalogue, cards.iter().map(|card| &*card.document));
        Ok(lock_name(needed).to_owned())
    }

    /// Handles of the device keys that the wallet's records name. Any other is of an errand that died before it noted it.
    pub fn keys(&self) -> Vec<String> {
        self.wallet.keys().iter().map(|key| key.as_str().to_owned()).collect()
    }

    /// Whether the ledger holds a release by the list of its files: `listed`, `unlisted`; `unknown` where the ledger
    /// lists none at all of this page.
    pub fn release(&self, list: &[u8]) -> String {
        let Some(store) = self.wallet.trust() else { return "unknown".to_owned() };
        let hash = sha256(list);
        let mut releases = store.software().iter().filter(|software| software.name.as_str() == SOFTWARE);
        let listed = releases.clone().any(|software| software.sha256 == hash);
        let known = releases.next().is_some();
        match (known, listed) {
            (false, _) => "unknown",
            (true, true) => "listed",
            (true, false) => "unlisted",
        }
        .to_owned()
    }

    /// Begins an errand, for which `seed` is fresh randomness.
    pub fn begin(&self, kind: &str, arguments: &str, now: f64, seed: &[u8]) -> Result<Errand, String> {
        let arguments =
            mapae_jose::json::parse(arguments.as_bytes()).map_err(|error| Problem::new("argument_missing", error))?;
        let seed = seed.try_into().map_err(|_| Problem::new("argument_missing", "a seed of 32 bytes"))?;
        let start = Start { now: time(now)?, seed };
        let desk = Desk { wallet: &self.wallet, catalogue: &self.catalogue, proposals: &self.proposals };
        Ok(begin::errand(&desk, kind, &Arguments(arguments), &start)?)
    }
}

/// A bundle that may take the place of the one before it, and what to remember of it.
fn admitted(
    file: Vec<u8>,
    memory: Option<String>,
    policy: Option<&[u8]>,
    now: f64,
) -> Result<(TrustStore, Memory), Problem> {
    let unreadable = |error| Problem::new("memory_unreadable", error);
    let before: Option<Memory> = memory.map(|text| text.parse()).transpose().map_err(unreadable)?;
    let policy = policy.map(MajorityPolicy::parse).transpose();
    let policy = policy.map_err(|error| Problem::new("policy_unusable", error))?;
    let store = bundle::open(file, before.as_ref(), policy.as_ref())?;
    let memory = Memory::admit(before.as_ref(), &store, time(now)?)?;
    Ok((store, memory))
}
