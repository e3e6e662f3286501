//! The verifiers of those who ask: each relying party runs its own, `mapae serve verifier`, in its own name, and asks it by
//! REST or as an OpenID provider. None is the state's, so none stops when the plug is pulled.
//!
//! Secrets are drawn once; the settings are written at every start, since they say which pages there are.

mod settings;

use std::path::{Path, PathBuf};

use mapae_http::Running;
use mapae_jose::base64url;
use mapae_types::{Entropy as _, hex};

use self::settings::{Asked, text};
use super::made::Made;
use crate::{
    environment::SystemEntropy,
    failure::Outcome,
    files::{self, Access},
};

/// One verifier's folder, and where it answers.
pub(super) struct Verifier {
    folder: PathBuf,
    name: &'static str,
    pub(super) url: String,
    /// The folder of its registration.
    relying_party: &'static str,
}

/// One for each relying party.
pub(super) struct Verifiers {
    pub(super) library: Verifier,
    pub(super) bank: Verifier,
    pub(super) ministry: Verifier,
}

impl Verifiers {
    /// Draws what is secret, where that is not done yet, and writes the settings.
    pub(super) fn prepare(made: &Made, has_wallet_page: bool) -> Outcome<Self> {
        let prepare = |name, relying_party, at| {
            let folder = made.dir().join("verifiers").join(name);
            let verifier = Verifier { folder, name, url: format!("http://{at}"), relying_party };
            verifier.prepare(made, has_wallet_page)
        };
        Ok(Self {
            library: prepare("library", "library", made.ports.library_verifier)?,
            bank: prepare("bank", "savings", made.ports.bank_verifier)?,
            ministry: prepare("ministry", "ministry", made.ports.ministry_verifier)?,
        })
    }

    /// Begins all of them. There must be a bundle.
    pub(super) async fn begin(&self, made: &Made) -> Outcome<Vec<Running>> {
        let mut running = Vec::new();
        for verifier in [&self.library, &self.bank, &self.ministry] {
            let (name, listen) = (verifier.name, verifier.url.trim_start_matches("http://"));
            let line = format!("verifier --config @/verifiers/{name}/verifier.toml --listen {listen}");
            running.push(made.country().begin(&line).await?);
        }
        Ok(running)
    }
}

impl Verifier {
    fn prepare(self, made: &Made, has_wallet_page: bool) -> Outcome<Self> {
        files::create_dir(&self.folder)?;
        for (file, draw) in [
            ("verifier.secret", drawn_hex as fn() -> Outcome<String>),
            ("subject.secret", drawn_hex),
            ("api.key", drawn),
            ("curl.key", drawn),
            ("openid.secret", drawn),
            ("proxy.secret", drawn),
            ("webhook.secret", drawn_webhook),
        ] {
            once(&self.path(file), draw)?;
        }
        let asked = Asked { verifier: &self, made, has_wallet_page };
        files::write(&self.path("verifier.toml"), text(&asked)?.as_bytes(), Access::Public)?;
        Ok(self)
    }

    /// A file of its folder.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A secret of its folder.
    pub(super) fn secret(&self, name: &str) -> Outcome<String> {
        Ok(files::read_text(&self.path(name))?.trim().to_owned())
    }

    /// Its identifier, where it is an OpenID provider.
    pub(super) fn issuer(&self) -> String {
        format!("{}/openid", self.url)
    }
}

fn once(path: &Path, draw: fn() -> Outcome<String>) -> Outcome<()> {
    if path.exists() {
        return Ok(());
    }
    Ok(files::write(path, format!("{}\n", draw()?).as_bytes(), Access::Secret)?)
}

fn drawn() -> Outcome<String> {
    Ok(base64url::encode(SystemEntropy.array::<32>()?))
}

fn drawn_hex() -> Outcome<String> {
    Ok(hex::encode(&SystemEntropy.array::<32>()?))
}

/// Standard Webhooks' form of a secret.
fn drawn_webhook() -> Outcome<String> {
    Ok(format!("whsec_{}", base64url::encode_standard(SystemEntropy.array::<32>()?)))
}
