//! Copies of a person's document, each with a key, salts and a status entry of its own (design D7).

use std::iter;

use mapae_crypto::{SeededEntropy, SigningKey};
use mapae_document::{CopyValidity, DocumentType, Facts};
use mapae_issue::{Blank, Format, UnsignedCopy};
use mapae_types::{StatusReference, Timestamp};

use crate::{
    authority::{Authority, Signer, SignerName},
    failure::Outcome,
};

/// The keys that sign, and whose they are.
pub(super) struct Signers {
    pub(super) mdoc: Signer,
    pub(super) sd_jwt: Signer,
    /// `iss` of an SD-JWT.
    pub(super) issuer: String,
}

/// A copy that waits for its signature, and the key of its holder.
pub(super) struct Prepared {
    pub(super) copy: u16,
    pub(super) key: SigningKey,
    pub(super) status: StatusReference,
    pub(super) valid_until: Timestamp,
    pub(super) unsigned: UnsignedCopy,
}

impl Signers {
    pub(super) fn of(authority: &Authority, document: &DocumentType, at: Timestamp) -> Outcome<Self> {
        Ok(Self {
            mdoc: authority.issuing_signer(SignerName::for_doctype(document.doctype()), at)?,
            sd_jwt: authority.issuing_signer(SignerName::SdJwt, at)?,
            issuer: authority.profile().base_url.clone(),
        })
    }

    /// A copy in either format for each pair of status entries; the mdocs come first.
    pub(super) fn copies(
        &self,
        facts: &Facts<'_>,
        (mdoc, sd_jwt): (CopyValidity, CopyValidity),
        entries: &[StatusReference],
        entropy: &mut SeededEntropy,
    ) -> anyhow::Result<Vec<Prepared>> {
        let blanks = [
            Blank::mdoc(facts, mdoc, chain(&self.mdoc))?,
            Blank::sd_jwt(facts, sd_jwt, chain(&self.sd_jwt), &self.issuer)?,
        ];
        let mut prepared = Vec::with_capacity(entries.len());
        for (blank, entries) in iter::zip(&blanks, entries.chunks_exact(entries.len() / 2)) {
            for (copy, status) in (1..).zip(entries) {
                prepared.push(prepare(blank, copy, status, entropy)?);
            }
        }
        Ok(prepared)
    }

    /// Signs; the finished copy.
    pub(super) fn sign(&self, unsigned: UnsignedCopy) -> anyhow::Result<Vec<u8>> {
        let signer = match unsigned.format() {
            Format::Mdoc => &self.mdoc,
            Format::SdJwt => &self.sd_jwt,
        };
        let signature = signer.key.sign(unsigned.to_be_signed())?;
        Ok(unsigned.attach(&signature))
    }
}

fn chain(signer: &Signer) -> Vec<Vec<u8>> {
    signer.chain().into_iter().map(<[u8]>::to_vec).collect()
}

fn prepare(
    blank: &Blank,
    copy: u16,
    status: &StatusReference,
    entropy: &mut SeededEntropy,
) -> anyhow::Result<Prepared> {
    let key = SigningKey::generate(entropy)?;
    let unsigned = blank.copy(key.public(), status, entropy)?;
    Ok(Prepared { copy, key, status: status.clone(), valid_until: blank.valid_until(), unsigned })
}
