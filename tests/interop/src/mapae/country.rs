//! `mapae up` as a process: a ledger that knows who may ask for what, an issuer, and a wallet with a resident card.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::process::Process;
use super::{Ran, folder, mapae, succeed};
use crate::pki::Signer;
use crate::ports;

/// Sample people: enough for somebody who may have a card.
const PEOPLE: &str = "12";
/// Ports that it takes, one after the other.
const PORTS: u16 = 17;
/// Where the office listens, after the first.
const OFFICE: u16 = 6;

/// Where the issuer listens, after the first.
const ISSUER: u16 = 5;
/// Where the wallet provider does.
const PROVIDER: u16 = 7;

/// A country that runs. It ends with this process, or when it is dropped.
pub struct Country {
    folder: PathBuf,
    port: u16,
    /// One command at a time works in a wallet.
    wallet: Mutex<()>,
    _process: Process,
}

impl Country {
    /// One with a card in the wallet, of which nobody has seen a copy.
    pub fn start() -> Result<Self> {
        let (country, person) = Self::start_with_somebody()?;
        let offered = country.offer(&person)?;
        add(&country.wallet(), &offered)?;
        Ok(country)
    }

    /// One with an empty wallet, and somebody who may have a card.
    pub fn start_with_somebody() -> Result<(Self, String)> {
        let (folder, port) = (folder()?, ports::free_run(PORTS));
        let (dir, first) = (folder.join("country"), port.to_string());
        let arguments = ["up", "--people", PEOPLE, "--port", &first, "--dir"];
        let mut arguments: Vec<&dyn AsRef<std::ffi::OsStr>> = arguments.iter().map(|word| word as _).collect();
        arguments.push(&dir);
        let (process, said) = Process::start(&arguments, &folder.join("complaints"))?;
        let person = said["person"].as_str().with_context(|| format!("no country: {said}"))?.to_owned();
        Ok((Self { folder: dir, port, wallet: Mutex::new(()), _process: process }, person))
    }

    /// The issuer's identifier.
    pub fn issuer(&self) -> String {
        self.url(ISSUER)
    }

    /// A file of it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Whose certificates say who asks, as PEM.
    pub fn registrar(&self) -> Result<String> {
        Ok(fs::read_to_string(self.folder.join("registrar/registrar.pem"))?)
    }

    /// The papers of the wallet provider that the issuer trusts, as the wallet's job takes them.
    pub fn provider(&self) -> Result<Value> {
        let read = |file: &str| fs::read_to_string(self.folder.join("wallet-provider").join(file));
        let signer = Signer::from_pem(&read("signer.pem")?, &read("signer.key")?)?;
        let url = self.url(PROVIDER);
        Ok(json!({
            "issuer": url,
            "key": signer.key.private_jwk(),
            "x5c": [signer.x5c()?],
            "clientId": format!("{url}/app"),
            "keyStorage": ["iso_18045_moderate"],
        }))
    }

    fn url(&self, place: u16) -> String {
        format!("http://127.0.0.1:{}", self.port + place)
    }

    /// The access certificate of somebody who asks, with its key, as the verifier's job takes them: `library`, which is
    /// registered; `cinema`, which was; or `stranger`, which never was.
    pub fn asker(&self, name: &str) -> Result<Value> {
        let read = |file: &str| fs::read_to_string(self.folder.join(name).join(file));
        let signer = Signer::from_pem(&read("access.pem")?, &read("access.key")?)?;
        Ok(json!({ "key": signer.key.private_jwk(), "x5c": [signer.x5c()?] }))
    }

    /// `mapae wallet present`, whatever comes of it.
    pub fn present(&self, link: &str) -> Result<Ran> {
        let _alone = self.wallet.lock().unwrap_or_else(PoisonError::into_inner);
        let (wallet, bundle, policy) =
            (self.wallet(), self.folder.join("trust.bundle"), self.folder.join("policy.txt"));
        mapae(&[&"wallet", &"present", &link, &"--yes", &"--dir", &wallet, &"--bundle", &bundle, &"--policy", &policy])
    }

    /// `mapae verify` on what a verifier got for a request.
    pub fn verify(&self, request: &Value, presentation: &[u8]) -> Result<Ran> {
        let (bundle, policy, folder) = (self.folder.join("trust.bundle"), self.folder.join("policy.txt"), folder()?);
        let (asked, presented) = (folder.join("request.json"), folder.join("presentation"));
        fs::write(&asked, request.to_string())?;
        fs::write(&presented, presentation)?;
        mapae(&[&"verify", &"--bundle", &bundle, &"--policy", &policy, &"--request", &asked, &presented])
    }

    fn wallet(&self) -> PathBuf {
        self.folder.join("wallet")
    }

    /// An offer of a resident card to somebody, and the code that went another way.
    pub fn offer(&self, person: &str) -> Result<Offered> {
        let office = self.url(OFFICE);
        let (token, outbox) = (self.folder.join("issuer/office.token"), self.folder.join("issuer/outbox"));
        let offer = succeed(&[
            &"office",
            &"offer",
            &"--person",
            &person,
            &"--document",
            &"resident",
            &"--office",
            &office,
            &"--token-file",
            &token,
        ])?;
        let message = succeed(&[&"office", &"outbox", &"--dir", &outbox])?;
        let text = |value: &Value| value.as_str().map(str::to_owned).context("no offer");
        Ok(Offered { uri: text(&offer["credential_offer"])?, tx_code: text(&message["code"])? })
    }
}

/// What a clerk offered.
pub struct Offered {
    /// `openid-credential-offer://` with the whole offer.
    pub uri: String,
    /// The transaction code.
    pub tx_code: String,
}

fn add(wallet: &Path, offered: &Offered) -> Result<()> {
    succeed(&[&"wallet", &"add", &offered.uri, &"--tx-code", &offered.tx_code, &"--dir", &wallet]).map(drop)
}
