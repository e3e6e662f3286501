//! The directory of an issuer, opened.

use std::path::{Path, PathBuf};

use mapae_http::settings;
use zeroize::Zeroizing;

use super::IssuerSettings;
use crate::{
    failure::{Failure, OrUsage as _, Outcome},
    files,
};

/// An issuer's directory.
pub(crate) struct IssuerDir {
    dir: PathBuf,
    pub(crate) settings: IssuerSettings,
}

impl IssuerDir {
    /// Opens what `mapae issuer init` made, or a file of settings of that kind.
    pub(crate) fn open(config: &Path) -> Outcome<Self> {
        if !config.exists() {
            let dir = config.parent().unwrap_or(config).display();
            return Err(Failure::usage(format!("{dir} is not an issuer; `mapae issuer init --dir {dir}` makes one")));
        }
        let text = files::read_text(config).map_err(Failure::Usage)?;
        let settings = settings::parse(&text).or_usage(|| config.display().to_string())?;
        Ok(Self { dir: config.parent().unwrap_or(Path::new(".")).to_owned(), settings })
    }

    /// The directory.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// A path of the settings.
    pub(crate) fn path(&self, named: &Path) -> PathBuf {
        self.dir.join(named)
    }

    /// The secret under which codes, tokens and nonces are made.
    pub(crate) fn secret(&self) -> Outcome<Zeroizing<[u8; 32]>> {
        let path = self.dir.join("server.key");
        let bytes = Zeroizing::new(files::read(&path).map_err(Failure::Usage)?);
        let secret = <[u8; 32]>::try_from(bytes.as_slice());
        secret.map(Zeroizing::new).map_err(|_| Failure::usage(format!("{} does not hold 32 bytes", path.display())))
    }

    /// What opens the office.
    pub(crate) fn office_token(&self) -> Outcome<Zeroizing<String>> {
        let text = Zeroizing::new(files::read_text(&self.dir.join("office.token")).map_err(Failure::Usage)?);
        Ok(Zeroizing::new(text.trim_end().to_owned()))
    }
}
