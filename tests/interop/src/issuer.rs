//! npm `@openid4vc/openid4vci` as the issuer at which a wallet of ours takes an offer (`node/issuer.mjs`).

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::document::{Document, MDL_NAMESPACE};
use crate::mapae::{Ran, folder, mapae, succeed};
use crate::peer::node;
use crate::pki::{Root, SignerProfile};

/// What it calls licences as SD-JWT VC, as Mapae's catalogue does.
pub const LICENCE_VCT: &str = "urn:mapae:kr:licence:1";

/// An offer of a driving licence in both formats, at an issuer of its own.
pub struct Offered {
    /// The link.
    pub link: String,
    /// The code that goes another way.
    pub tx_code: String,
    at: String,
}

/// What came to the issuer.
#[derive(Clone, Debug)]
pub struct Came(Value);

/// A wallet of ours in a folder, which judges by a bundle what it gets.
pub struct Holder {
    folder: PathBuf,
    bundle: PathBuf,
}

impl Offered {
    /// Licences by signers below the root, that many copies at once; with `deferred`, not at the first request.
    pub fn licence(root: &Root, copies: usize, deferred: bool) -> Result<Self> {
        let (mdoc, sd_jwt) = (SignerProfile::default(), SignerProfile { usage: None, ..SignerProfile::default() });
        let (mdoc, sd_jwt) = (root.signer(&mdoc)?, root.signer(&sd_jwt)?);
        let answer = answer(&json!({
            "job": "offer",
            "mdocSigner": { "key": mdoc.key.private_jwk(), "certificate": mdoc.pem()? },
            "sdJwtSigner": { "key": sd_jwt.key.private_jwk(), "x5c": [sd_jwt.x5c()?] },
            "document": "licence",
            "docType": Document::Licence.doc_type(),
            "nameSpaces": { MDL_NAMESPACE: Document::Licence.elements("KR")[MDL_NAMESPACE] },
            "vct": LICENCE_VCT,
            "claims": { "family_name": "Hong", "given_name": "Gildong", "birthdate": "1990-03-01" },
            "copies": copies,
            "deferred": deferred,
        }))?;
        let text = |name: &str| answer[name].as_str().map(str::to_owned).with_context(|| format!("no {name}"));
        Ok(Self { link: text("link")?, tx_code: text("txCode")?, at: text("at")? })
    }

    /// What came so far.
    pub fn came(&self) -> Result<Came> {
        answer(&json!({ "job": "told", "at": self.at })).map(Came)
    }
}

impl Came {
    /// How often this was exchanged: `POST /token 200`.
    pub fn count(&self, exchange: &str) -> usize {
        self.0["exchanges"].as_array().into_iter().flatten().filter(|one| *one == exchange).count()
    }

    /// For how many keys the wallet proved possession, by configuration.
    pub fn proofs(&self) -> &Value {
        &self.0["proofs"]
    }

    /// What the wallet notified.
    pub fn events(&self) -> &Value {
        &self.0["events"]
    }
}

impl Holder {
    /// An empty one.
    pub fn new(bundle: PathBuf) -> Result<Self> {
        Ok(Self { folder: folder()?, bundle })
    }

    /// `mapae wallet add`, whatever comes of it.
    pub fn add(&self, offered: &Offered, tx_code: &str) -> Result<Ran> {
        mapae(&self.with(&[&"add", &offered.link, &"--tx-code", &tx_code]))
    }

    /// `mapae wallet present` of a licence into a file, for a request in one.
    pub fn present(&self, request: &Path, format: &str) -> Result<Vec<u8>> {
        let out = folder()?.join("presentation");
        let document = Document::Licence.name();
        succeed(&self.with(&[
            &"present",
            &"--request",
            &request,
            &"--document",
            &document,
            &"--format",
            &format,
            &"--out",
            &out,
        ]))?;
        Ok(std::fs::read(out)?)
    }

    fn with<'a>(&'a self, arguments: &[&'a dyn AsRef<OsStr>]) -> Vec<&'a dyn AsRef<OsStr>> {
        let mut all: Vec<&dyn AsRef<OsStr>> = vec![&"wallet"];
        all.extend(arguments);
        all.extend([&"--dir" as &dyn AsRef<OsStr>, &self.folder, &"--bundle", &self.bundle]);
        all
    }
}

fn answer(job: &Value) -> Result<Value> {
    let answer = node("issuer.mjs", job)?;
    ensure!(answer["ok"] == true, "the issuer could not {}: {}", job["job"], answer["error"]);
    Ok(answer)
}
