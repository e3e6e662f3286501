//! The folder of a sandbox.

use std::{
    fmt::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use mapae_crypto::sha256;
use mapae_document::{Catalogue, DocumentType};
use mapae_http::{Clock, Running};
use mapae_jose::base64url;
use mapae_sandbox::{Country, RelyingPartyPlan};
use mapae_types::{Entropy as _, Timestamp, hex};
use zeroize::Zeroizing;

use crate::{
    environment::SystemEntropy,
    failure::{Failure, Outcome},
    files::{self, Access},
    ports,
};

/// The settings, which are the developer's to change.
pub(super) const SETTINGS: &str = "verifier.toml";
/// What no relying party of a sandbox asks for, since a statute must allow it (D15).
const RESERVED: &str = "resident_registration_number";
/// Where a developer's own application may be: its redirect URIs.
pub(super) const REDIRECTS: [&str; 4] = [
    "http://127.0.0.1:8701/callback",
    "http://localhost:8701/callback",
    "http://127.0.0.1:3000/callback",
    "http://localhost:3000/callback",
];
/// How often the bundle is made anew.
const BUNDLE_EVERY: std::time::Duration = std::time::Duration::from_hours(1);

/// A sandbox that is ready to be served.
pub(crate) struct Folder {
    pub(super) dir: PathBuf,
    pub(super) country: Country,
    pub(super) listen: SocketAddr,
    pub(super) api_key: String,
    pub(super) client_secret: String,
}

impl Folder {
    /// Opens it, or makes it. It listens on this machine alone: anybody who reaches it is any of its people.
    pub(crate) fn open(dir: &Path, listen: SocketAddr, now: Timestamp) -> Outcome<Self> {
        if !listen.ip().is_loopback() {
            return Err(Failure::usage("a sandbox listens on this machine alone: --listen 127.0.0.1:8700, say"));
        }
        let listen = if listen.port() == 0 { ports::free(listen.ip())? } else { listen };
        refuse_others(dir)?;
        files::create_dir(dir)?;
        let seed = Zeroizing::new(kept(dir, "sandbox.seed", hex_32)?);
        let seed = hex::decode(seed.trim()).and_then(|bytes| bytes.try_into().ok());
        let seed: [u8; 32] = seed.ok_or_else(|| Failure::usage("sandbox.seed is not 32 bytes in hexadecimal"))?;
        let country = Country::new(&seed, now, "https://sandbox.example")?;
        kept(dir, "verifier.secret", hex_32)?;
        kept(dir, "client.subject", hex_32)?;
        let (api_key, client_secret) = (kept(dir, "api.key", token)?, kept(dir, "client.secret", token)?);
        let folder = Self { dir: dir.to_owned(), country, listen, api_key, client_secret };
        kept(dir, SETTINGS, || Ok(folder.settings()))?;
        folder.register()?;
        folder.publish(now)?;
        Ok(folder)
    }

    /// Its settings.
    pub(crate) fn config(&self) -> PathBuf {
        self.dir.join(SETTINGS)
    }

    /// Where it listens.
    pub(crate) const fn listen(&self) -> SocketAddr {
        self.listen
    }

    /// What its addresses begin with, whatever the settings were written for.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.listen)
    }

    /// Its people.
    pub(crate) fn country(&self) -> Country {
        self.country.clone()
    }

    /// Makes a new bundle every hour while it runs.
    pub(crate) fn keep_publishing(self, running: &mut Running, clock: Clock) {
        let mut stop = running.listener();
        running.spawn(async move {
            while !stop.within(BUNDLE_EVERY).await {
                // One that cannot be written is written an hour later; the verifier says how old it is.
                if let Ok(now) = clock.now() {
                    drop(self.publish(now));
                }
            }
        });
    }

    fn publish(&self, as_of: Timestamp) -> Outcome<()> {
        files::write(&self.dir.join("trust.bundle"), &self.country.bundle(as_of)?, Access::Public)?;
        let key = self.country.bundle_key().to_spki_pem();
        Ok(files::write(&self.dir.join("bundle.pub"), key.as_bytes(), Access::Public)?)
    }

    /// For everything that documents tell, under the class of use that allows most.
    fn register(&self) -> Outcome<()> {
        let attributes = |document: &DocumentType| -> Vec<String> {
            let all = document.attributes().iter().map(|attribute| attribute.id().to_owned());
            all.filter(|id| id != RESERVED).collect()
        };
        let catalogue = Catalogue::builtin()?;
        let all: Vec<(&str, Vec<String>)> =
            catalogue.documents().iter().map(|document| (document.name().as_str(), attributes(document))).collect();
        let all: Vec<(&str, Vec<&str>)> =
            all.iter().map(|(name, ids)| (*name, ids.iter().map(String::as_str).collect())).collect();
        let asks: Vec<(&str, &[&str])> = all.iter().map(|(name, ids)| (*name, ids.as_slice())).collect();
        let (registration, key) = self.country.relying_party(&RelyingPartyPlan {
            id: "sandbox",
            names: ("견본 시험 기관 (SAMPLE)", "SAMPLE sandbox"),
            use_class: "low",
            purposes: &[("개발 시험", "Trying it out")],
            asks: &asks,
        })?;
        let dir = self.dir.join("relying-party");
        files::create_dir(&dir)?;
        files::write(&dir.join("access.pem"), registration.certificate().to_pem().as_bytes(), Access::Public)?;
        files::write(&dir.join("access.key"), key.to_pkcs8_pem().as_bytes(), Access::Secret)?;
        Ok(files::write(&dir.join("registration.cbor"), &registration.to_bytes(), Access::Public)?)
    }

    fn settings(&self) -> String {
        let hash = |text: &str| hex::encode(&sha256(text.as_bytes()));
        let mut text = format!(
            "# SAMPLE: the settings of a sandbox. `mapae serve verifier --sandbox` made them, and does not write them again.\n\
             # Its address is where it listens, whatever base_url says.\n\
             base_url = \"{}\"\nrelying_party = \"relying-party\"\n\n\
             [bundle]\nsource = \"trust.bundle\"\nkey = \"bundle.pub\"\nevery_seconds = 60\n\n\
             # The token is in api.key.\n[[api_keys]]\nname = \"sandbox\"\nsha256 = \"{}\"\n",
            self.base_url(),
            hash(&self.api_key)
        );
        let (secret, redirects) = (hash(&self.client_secret), REDIRECTS.map(|uri| format!("\"{uri}\"")).join(", "));
        let _infallible = write!(
            text,
            "\n[[uses]]\nname = \"account_opening\"\ndocuments = [\"resident\", \"licence\"]\n\
             attributes = [\"family_name_hangul\", \"given_name_hangul\", \"birth_date\"]\n\
             \n# The secret is in client.secret.\n[[openid.clients]]\nid = \"sandbox\"\nname_ko = \"견본 응용\"\nname_en = \"Sample application\"\n\
             authentication = \"client_secret_basic\"\nsecret_sha256 = \"{secret}\"\nredirect_uris = [{redirects}]\n\
             subject = \"returning\"\nsubject_secret_file = \"client.subject\"\nscopes = [\"profile\"]\n\
             claims = [\"name\", \"family_name\", \"given_name\", \"birthdate\", \"age_over_19\"]\n\
             documents = [\"resident\", \"overseas\", \"licence\"]\n"
        );
        text
    }
}

/// A folder with other things in it is not a sandbox's.
fn refuse_others(dir: &Path) -> Outcome<()> {
    let is_new = !dir.exists() || dir.read_dir().with_context(|| dir.display().to_string())?.next().is_none();
    if is_new || dir.join("sandbox.seed").exists() {
        return Ok(());
    }
    Err(Failure::usage(format!("{} holds something else than a sandbox; nothing was changed", dir.display())))
}

/// What the file holds; it is made the first time.
fn kept(dir: &Path, name: &str, make: impl FnOnce() -> Outcome<String>) -> Outcome<String> {
    let path = dir.join(name);
    if !path.exists() {
        files::write(&path, make()?.as_bytes(), Access::Secret)?;
    }
    Ok(files::read_text(&path).map_err(Failure::Usage)?.trim().to_owned())
}

fn hex_32() -> Outcome<String> {
    Ok(hex::encode(&SystemEntropy.array::<32>()?))
}

fn token() -> Outcome<String> {
    Ok(base64url::encode(SystemEntropy.array::<32>()?))
}
