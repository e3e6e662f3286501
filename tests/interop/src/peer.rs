//! The parties, ourselves among them, and how to ask them something.

use std::path::Path;

use anyhow::{Result, anyhow, bail};
use serde_json::{Value, json};

use crate::document::Document;
use crate::{install, isomdl_peer, mapae, worker};

/// A party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// The binary of this repository.
    Mapae,
    /// npm `@auth0/mdl`: ISO mdoc.
    Auth0Mdl,
    /// crate `isomdl`: ISO mdoc, driving licences only.
    Isomdl,
    /// npm `@sd-jwt/sd-jwt-vc`: SD-JWT VC.
    SdJwtVc,
    /// `PyPI` `sd-jwt`: SD-JWT.
    PythonSdJwt,
}

/// What a verifier said.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It holds, and these are the claims.
    Accepted(Value),
    /// It does not, for this reason in the peer's words.
    Refused(String),
    /// Something is missing to judge it, named by Mapae's code.
    Undecided(String),
}

impl Peer {
    /// Those that speak mdoc.
    pub const MDOC: [Self; 3] = [Self::Mapae, Self::Auth0Mdl, Self::Isomdl];

    /// Those that speak SD-JWT.
    pub const SD_JWT: [Self; 3] = [Self::Mapae, Self::SdJwtVc, Self::PythonSdJwt];

    /// Package and version, as a reader would look it up.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mapae => "`mapae`",
            Self::Auth0Mdl => "npm `@auth0/mdl` 3.0.1",
            Self::Isomdl => "crate `isomdl` 0.2.0",
            Self::SdJwtVc => "npm `@sd-jwt/sd-jwt-vc` 0.20.0",
            Self::PythonSdJwt => "PyPI `sd-jwt` 0.10.4",
        }
    }

    /// Whether it reads such an mdoc. Issuing and presenting, `isomdl` takes any type.
    pub fn reads(self, document: Document) -> bool {
        self != Self::Isomdl || document == Document::Licence
    }

    /// The answer to a job; its fields are described at the head of the script that does it.
    pub fn ask(self, name: &str, mut job: Value) -> Result<Value> {
        job["job"] = json!(name);
        let answer = match self {
            Self::Auth0Mdl => node("mdoc.mjs", &job)?,
            Self::SdJwtVc => node("sd-jwt.mjs", &job)?,
            Self::PythonSdJwt => python("sd_jwt_peer.py", &job)?,
            Self::Isomdl => isomdl_peer::answer(&job)?,
            Self::Mapae => mapae::peer::answer(&job)?,
        };
        match answer["ok"].as_bool() {
            Some(true) => Ok(answer),
            _ => bail!("{} could not {name}: {}", self.name(), answer["error"]),
        }
    }

    /// One text field of the answer to a job.
    pub fn make(self, name: &str, job: Value, field: &str) -> Result<String> {
        let answer = self.ask(name, job)?;
        answer[field].as_str().map(str::to_owned).ok_or_else(|| anyhow!("{} answered without {field}", self.name()))
    }

    /// The verdict on a presentation.
    pub fn verify(self, job: Value) -> Result<Verdict> {
        let answer = self.ask("verify", job)?;
        let reason = || answer["reason"].as_str().unwrap_or_default().to_owned();
        match answer["verdict"].as_str() {
            Some("accepted") => Ok(Verdict::Accepted(answer["claims"].clone())),
            Some("refused") => Ok(Verdict::Refused(reason())),
            Some("undecided") => Ok(Verdict::Undecided(reason())),
            _ => bail!("{} gave no verdict: {answer}", self.name()),
        }
    }
}

impl Verdict {
    /// Whether it holds.
    pub fn accepted(&self) -> bool {
        matches!(self, Self::Accepted(_))
    }

    /// The claims, or an error with the reason why there are none.
    pub fn claims(self) -> Result<Value> {
        match self {
            Self::Accepted(claims) => Ok(claims),
            Self::Refused(reason) => bail!("refused: {reason}"),
            Self::Undecided(reason) => bail!("undecided: {reason}"),
        }
    }
}

/// One job for a script of ours beside the npm packages.
pub(crate) fn node(script: &str, job: &Value) -> Result<Value> {
    worker::ask(Path::new("node"), install::node()?.join(script), job)
}

/// One job for a script of ours or a peer's, by the interpreter that has the `PyPI` packages.
pub(crate) fn python(script: &str, job: &Value) -> Result<Value> {
    worker::ask(&install::python()?, install::source("python").join(script), job)
}
