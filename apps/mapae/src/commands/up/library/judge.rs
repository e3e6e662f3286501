//! Whether an answer holds, by the newest bundle that could be had: while the plug is pulled, by the last.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Context as _;
use mapae_document::Catalogue;
use mapae_ledger::MajorityPolicy;
use mapae_oid4vp::verifier::ReceivedPresentations;
use mapae_reader::{report, view};
use mapae_trust::{Anchor, Bundle, TrustStore};
use mapae_types::{Timestamp, UseClass};
use mapae_verify::{Binding, NotVerified, Policy, Verified, verify};
use serde_json::{Value, json};

use crate::{commands::up::plug::Plug, failure::Outcome, files, pinned::read_policy};

pub(super) struct Judge {
    bundle: PathBuf,
    policy: PathBuf,
    plug: Arc<Plug>,
    catalogue: Catalogue,
    known: Mutex<Option<Arc<TrustStore>>>,
}

impl Judge {
    /// Over the folder of `mapae up`, where the policy is known from the start.
    pub(super) fn new(dir: &Path, plug: &Arc<Plug>) -> Outcome<Self> {
        Ok(Self {
            bundle: dir.join("trust.bundle"),
            policy: dir.join("policy.txt"),
            plug: Arc::clone(plug),
            catalogue: Catalogue::builtin()?,
            known: Mutex::new(None),
        })
    }

    /// Judges every presentation; one that does not hold is the verdict on all.
    pub(super) fn judge(&self, received: &ReceivedPresentations, class: &UseClass, now: Timestamp) -> Outcome<Value> {
        let store = self.store()?;
        let policy = Policy::default().asking(received.query()).for_use(Some(class));
        let mut credentials = Vec::new();
        for presentation in received.presentations().values().flatten() {
            let binding = Binding::new(received.transcript().clone(), received.audience(), received.nonce());
            match verify(presentation, &binding, &store, now, &policy) {
                Ok(verified) => credentials.extend(self.shown(&verified, &store, class)),
                Err(reason) => return Ok(refused(&reason, presentation)),
            }
        }
        Ok(json!({ "verdict": "held", "credentials": credentials, "plugged": self.plug.is_in() }))
    }

    fn shown(&self, verified: &Verified, store: &TrustStore, class: &UseClass) -> Vec<Value> {
        let report = report::held(verified, store, Some(class), true);
        let one = |credential| {
            let mut shown = view(credential, &self.catalogue);
            shown["format"] = json!(credential.format().identifier());
            shown["evidence"] = report["evidence"].clone();
            shown
        };
        verified.credentials().iter().map(one).collect()
    }

    /// What is relied on. Opened before the plug is pulled, it goes on.
    pub(super) fn store(&self) -> Outcome<Arc<TrustStore>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match (&*known, self.plug.is_in()) {
            (Some(store), false) => return Ok(Arc::clone(store)),
            (Some(store), true) if store.file() == files::read(&self.bundle)? => return Ok(Arc::clone(store)),
            _ => {}
        }
        let store = Arc::new(open(&self.bundle, &read_policy(&self.policy)?)?);
        *known = Some(Arc::clone(&store));
        Ok(store)
    }
}

fn open(bundle: &Path, policy: &MajorityPolicy) -> anyhow::Result<TrustStore> {
    let file = files::read(bundle).context("no bundle yet")?;
    Ok(Bundle::parse(file)?.verify(Anchor::Policy(policy))?)
}

fn refused(reason: &NotVerified, presentation: &[u8]) -> Value {
    let rule = report::rule(reason, presentation);
    json!({ "verdict": report::word(reason), "code": reason.code(), "ko": rule["korean"], "en": rule["english"] })
}
