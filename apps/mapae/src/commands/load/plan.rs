//! What every phone of a run asks for.

use std::{net::SocketAddr, path::Path};

use clap::ValueEnum;
use mapae_types::DocumentName;

use super::proofs::Provider;
use crate::{
    authority::{read_certificate, read_key},
    environment::now,
    failure::{Failure, Outcome},
};

/// The runs that have a target (`docs/benchmarks.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "UPPER")]
pub(crate) enum Profile {
    /// One copy in one format, as under the surge rule
    A,
    /// Ten copies in each format, by one key attestation for each format
    B,
    /// Ten copies in each format, by a proof of each key
    C,
}

impl Profile {
    /// Copies in each format.
    pub(super) const fn copies(self) -> u32 {
        match self {
            Self::A => 1,
            Self::B | Self::C => 10,
        }
    }

    /// The credential configurations, of a document.
    pub(super) fn configurations(self, document: &DocumentName) -> Vec<String> {
        let formats: &[&str] = if self == Self::A { &["mdoc"] } else { &["mdoc", "sd-jwt"] };
        formats.iter().map(|format| format!("{document}-{format}")).collect()
    }

    /// Whether a wallet provider must vouch for the keys.
    pub(super) const fn needs_provider(self) -> bool {
        matches!(self, Self::B)
    }

    /// How its phones prove their keys; with a provider's directory, as `mapae wallet-provider init` makes it.
    pub(super) fn proof(self, provider: Option<&Path>) -> Outcome<Proof> {
        match (self, provider) {
            (Self::A | Self::C, _) => Ok(Proof::Jwt),
            (Self::B, None) => Err(Failure::usage("profile B takes --provider")),
            (Self::B, Some(dir)) => {
                let certificate = read_certificate(&dir.join("signer.pem"))?;
                let provider = Provider::new(read_key(&dir.join("signer.key"))?, &[certificate.der().to_vec()]);
                Ok(Proof::Attestation(Box::new(provider)))
            }
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
        }
    }
}

/// How a phone proves that it has its keys.
pub(super) enum Proof {
    Jwt,
    Attestation(Box<Provider>),
}

/// Everything that phones have in common.
pub(super) struct Plan {
    /// The issuer's identifier, to which its paths are added.
    pub(super) issuer: String,
    /// Where it listens.
    pub(super) address: SocketAddr,
    pub(super) configurations: Vec<String>,
    pub(super) copies: u32,
    pub(super) proof: Proof,
}

impl Plan {
    /// The time, in seconds since 1970.
    #[expect(clippy::unused_self, reason = "whose time it is")]
    pub(super) fn now(&self) -> anyhow::Result<i64> {
        Ok(now(None)?.unix())
    }
}
