//! A person whose wallet is `mapae wallet`: a process for each errand, watched.

use std::{collections::BTreeSet, path::PathBuf, sync::Mutex};

use serde_json::Value;

use crate::{
    country::{Country, DOCUMENTS},
    process::Calls,
};

const TRUST: &str = "--bundle published/trust.bundle --policy policy.txt --dir terminal --json";

pub(crate) struct Terminal {
    /// Where its calls are written down, anew by each process.
    trace: PathBuf,
    asked: Mutex<BTreeSet<String>>,
}

impl Terminal {
    /// With an empty wallet.
    pub(crate) fn of(country: &Country) -> Self {
        Self { trace: country.notes().join("terminal.calls"), asked: Mutex::default() }
    }

    /// Takes all documents; says whether the person may have them.
    pub(crate) fn add_all(&self, country: &Country, person: &str) -> bool {
        let offers: Option<Vec<_>> = DOCUMENTS.iter().map(|document| country.offer(person, document)).collect();
        for (link, code) in offers.iter().flatten() {
            let provider = country.provider_url();
            self.run(country, &format!("wallet add {link} --tx-code {code} --wallet-provider {provider} {TRUST}"));
        }
        self.take_asked();
        offers.is_some()
    }

    /// Answers the request behind a link; where the relying party wants the person to go on.
    pub(crate) fn show(&self, country: &Country, link: &str) -> Option<String> {
        let said = self.run(country, &format!("wallet present {link} --yes {TRUST}"));
        assert_eq!(said["shared"], true, "{said}");
        said["redirect_uri"].as_str().map(str::to_owned)
    }

    /// The hosts that it asked since the last look; what `strace` saw.
    pub(crate) fn take_asked(&self) -> BTreeSet<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    fn run(&self, country: &Country, arguments: &str) -> Value {
        let calls = Calls::of(self.trace.clone());
        let mut command = calls.watched(country.root(), arguments);
        let output = command.env("MAPAE_WALLET_PASSPHRASE", "correct horse battery").output().unwrap();
        assert!(output.status.success(), "mapae {arguments}\n{}", String::from_utf8_lossy(&output.stderr));
        self.asked.lock().unwrap().extend(calls.take());
        serde_json::from_slice(&output.stdout).unwrap()
    }
}
