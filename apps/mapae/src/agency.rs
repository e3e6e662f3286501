//! An agency's directory: who it is anybody may read, its keys only the agency.
//!
//! ```text
//! agency.toml               id, names, the rights that it asks for
//! agency.pem   agency.key   signs entries of the ledger
//! order.pem    order.key    signs continuity orders; best kept elsewhere until there is a disaster
//! ```
//!
//! A copy without its `.key` files is what an agency shows to others: enough to name it, not to sign for it.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use mapae_crypto::{PublicKey, Signature, SigningKey};
use mapae_trust::{
    Names,
    ledger::{self, Right, UnsignedEntry},
};
use mapae_types::AgencyId;
use serde::{Deserialize, Serialize};

use crate::{
    authority::{read_key, read_public_key},
    failure::{Failure, OrUsage as _, Outcome},
    files,
};

/// The directory of an existing agency.
pub(crate) struct Agency {
    dir: PathBuf,
    id: AgencyId,
    names: Names,
    rights: BTreeSet<Right>,
}

/// `agency.toml`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgencyFile {
    /// By which entries and orders name it.
    pub(crate) id: String,
    pub(crate) name_ko: String,
    pub(crate) name_en: String,
    /// The kinds of entries that it asks to be allowed.
    pub(crate) rights: Vec<String>,
}

/// The two pairs of keys of an agency.
#[derive(Clone, Copy)]
pub(crate) enum AgencyKey {
    /// Signs entries.
    Entries,
    /// Signs continuity orders.
    Orders,
}

impl AgencyKey {
    pub(crate) const fn file(self) -> &'static str {
        match self {
            Self::Entries => "agency",
            Self::Orders => "order",
        }
    }
}

impl Agency {
    /// Opens the directory that `mapae ledger agency` made, or a copy of it.
    pub(crate) fn open(dir: &Path) -> Outcome<Self> {
        let path = dir.join("agency.toml");
        if !path.exists() {
            let hint = format!("{0} is not an agency; `mapae ledger agency --dir {0}` creates one", dir.display());
            return Err(Failure::usage(hint));
        }
        let unreadable = || format!("cannot read {}", path.display());
        let file: AgencyFile = toml::from_str(&files::read_text(&path)?).or_usage(unreadable)?;
        let id = file.id.parse().or_usage(unreadable)?;
        let names = Names::new(file.name_ko, file.name_en).or_usage(unreadable)?;
        let rights = file.rights.iter().map(|right| right.parse::<Right>());
        let rights = rights.collect::<Result<_, _>>().or_usage(unreadable)?;
        Ok(Self { dir: dir.to_owned(), id, names, rights })
    }

    pub(crate) const fn id(&self) -> &AgencyId {
        &self.id
    }

    /// As an entry says it.
    pub(crate) fn to_statement(&self) -> Outcome<ledger::Agency> {
        let key = self.public_key(AgencyKey::Entries)?;
        Ok(ledger::Agency { id: self.id.clone(), names: self.names.clone(), key, rights: self.rights.clone() })
    }

    pub(crate) fn public_key(&self, which: AgencyKey) -> Outcome<PublicKey> {
        read_public_key(&self.dir.join(format!("{}.pem", which.file()))).map_err(Failure::Usage)
    }

    /// Whether this directory can sign, or only says whom it is of.
    pub(crate) fn has_key(&self, which: AgencyKey) -> bool {
        self.key_path(which).exists()
    }

    /// The key to sign with. It must be the one that the public half belongs to, lest a signature be made that nobody
    /// accepts.
    pub(crate) fn key(&self, which: AgencyKey) -> Outcome<SigningKey> {
        let path = self.key_path(which);
        let key = read_key(&path).map_err(Failure::Usage)?;
        if *key.public() == self.public_key(which)? {
            return Ok(key);
        }
        let name = which.file();
        Err(Failure::usage(format!("{} does not belong to {name}.pem beside it", path.display())))
    }

    fn key_path(&self, which: AgencyKey) -> PathBuf {
        self.dir.join(format!("{}.key", which.file()))
    }
}

impl AgencyFile {
    pub(crate) fn to_toml(&self) -> anyhow::Result<String> {
        // JSON strings and lists of them are TOML's, apart from characters that names refuse.
        let json = |value: &str| serde_json::to_string(value);
        let rights = serde_json::to_string(&self.rights)?;
        let (id, ko, en) = (json(&self.id)?, json(&self.name_ko)?, json(&self.name_en)?);
        Ok(format!("id = {id}\nname_ko = {ko}\nname_en = {en}\nrights = {rights}\n"))
    }
}

/// Signs an entry for those of the agencies whose keys are here.
pub(crate) fn sign(unsigned: &UnsignedEntry, agencies: &[Agency]) -> Outcome<Vec<(AgencyId, Signature)>> {
    let sign = |agency: &Agency| {
        let key = agency.key(AgencyKey::Entries)?;
        Ok((agency.id.clone(), key.sign(&unsigned.to_be_signed(&agency.id))?))
    };
    agencies.iter().map(sign).collect()
}

/// Opens the directories of several agencies, none twice.
pub(crate) fn open_all(dirs: &[PathBuf]) -> Outcome<Vec<Agency>> {
    let mut agencies: Vec<Agency> = Vec::new();
    for dir in dirs {
        let agency = Agency::open(dir)?;
        if agencies.iter().any(|known| known.id == agency.id) {
            return Err(Failure::usage(format!("agency {} is given twice", agency.id.as_str())));
        }
        agencies.push(agency);
    }
    Ok(agencies)
}
