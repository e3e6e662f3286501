//! `mapae serve verifier` as a process: one relying party of a country, with the country's bundle.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::country::Country;
use super::process::Process;
use super::{folder, free_url};
use crate::presenter::{Told, page};

/// By which the relying party's own program asks.
const TOKEN: &str = "of-256-random-bits-were-this-no-test";

/// A verifier that answers. It ends with this process, or when it is dropped.
pub struct Verifier {
    folder: PathBuf,
    url: String,
    _process: Process,
}

impl Verifier {
    /// That of a registered relying party, with no settings beyond what it cannot do without.
    pub fn start(country: &Country, relying_party: &str) -> Result<Self> {
        Self::start_with(country, relying_party, |_, _| Ok(String::new()))
    }

    /// The same with more sections of its settings, which are told the folder of the file and where the service answers.
    pub fn start_with(
        country: &Country,
        relying_party: &str,
        sections: impl FnOnce(&Path, &str) -> Result<String>,
    ) -> Result<Self> {
        let (folder, url) = (folder()?, free_url());
        let config = folder.join("verifier.toml");
        fs::write(folder.join("verifier.secret"), "07".repeat(32))?;
        fs::write(&config, settings(country, relying_party, &url) + &sections(&folder, &url)?)?;
        let listen = url.trim_start_matches("http://");
        let complaints = folder.join("complaints");
        let arguments: [&dyn AsRef<std::ffi::OsStr>; 6] =
            [&"serve", &"verifier", &"--config", &config, &"--listen", &listen];
        let (process, _) = Process::start(&arguments, &complaints)?;
        Ok(Self { folder, url, _process: process })
    }

    /// What its addresses begin with.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What opens its REST half.
    pub fn token(&self) -> &'static str {
        TOKEN
    }

    /// A session.
    pub fn begin(&self, wish: &Value) -> Result<Value> {
        let told = page(&format!("{}/sessions", self.url), Some(wish), Some(TOKEN))?;
        ensure!(told.status == 201, "no session: {told:?}");
        Ok(told.answer)
    }

    /// Where a session stands, told to the relying party's program, with the code of a browser that came back.
    pub fn look(&self, session: &Value, code: Option<&str>) -> Result<Told> {
        let id = session["id"].as_str().context("no id")?;
        let code = code.map(|code| format!("?response_code={code}")).unwrap_or_default();
        page(&format!("{}/sessions/{id}{code}", self.url), None, Some(TOKEN))
    }

    /// The result of a session that is over.
    pub fn result(&self, session: &Value) -> Result<Value> {
        let mut told = self.look(session, None)?.answer;
        ensure!(told["state"] == "done", "not over: {told}");
        Ok(told["result"].take())
    }

    /// What it wrote on its standard error.
    pub fn complaints(&self) -> String {
        fs::read_to_string(self.folder.join("complaints")).unwrap_or_default()
    }
}

/// Rates as no test reaches them, and a use of its own beside the built-in ones.
fn settings(country: &Country, relying_party: &str, url: &str) -> String {
    let of_country = |name: &str| json!(country.file(name));
    let hash = format!("{:x}", Sha256::digest(TOKEN));
    format!(
        r#"base_url = "{url}"
relying_party = {}
rate = "100000/s burst 100000"

[bundle]
source = {}
policy = {}

[[api_keys]]
name = "program"
sha256 = "{hash}"

[[uses]]
name = "card"
documents = ["resident"]
attributes = ["family_name_hangul", "given_name_hangul", "age_over_14"]

"#,
        of_country(relying_party),
        of_country("trust.bundle"),
        of_country("policy.txt"),
    )
}
