//! Copies of a person's document, each with a key, salts and a status entry of its own (design D7).

use mapae_cose::cbor::Value as CborValue;
use mapae_crypto::{Algorithm, SigningKey};
use mapae_document::{CopyValidity, DocumentType, Facts};
use mapae_jose::{Jwk, Object, Value};
use mapae_mdoc::{Copy, NameSpace, Template, UnsignedMdoc, ValidityInfo};
use mapae_sd_jwt::{Claim, Claims, Content, Issuance, UnsignedSdJwt};
use mapae_types::{StatusReference, Timestamp};

use super::entropy::BatchEntropy;
use crate::{
    authority::{Authority, Signer, SignerName},
    failure::Outcome,
    issued::CopyFormat,
};

/// At most this many decoy digests on each level of an SD-JWT.
const DECOYS: u8 = 4;

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
    pub(super) unsigned: Unsigned,
}

/// What the issuer signs, in either format.
pub(super) enum Unsigned {
    Mdoc(UnsignedMdoc),
    SdJwt(UnsignedSdJwt),
}

impl Signers {
    pub(super) fn of(authority: &Authority, document: &DocumentType, at: Timestamp) -> Outcome<Self> {
        Ok(Self {
            mdoc: authority.issuing_signer(SignerName::for_doctype(document.doctype()), at)?,
            sd_jwt: authority.issuing_signer(SignerName::SdJwt, at)?,
            issuer: authority.profile().base_url.clone(),
        })
    }

    /// A copy for each status entry.
    pub(super) fn mdocs(
        &self,
        facts: &Facts<'_>,
        validity: CopyValidity,
        entries: &[StatusReference],
        entropy: &mut BatchEntropy,
    ) -> anyhow::Result<Vec<Prepared>> {
        let CopyValidity { valid_from, valid_until, .. } = validity;
        let validity = ValidityInfo::new(valid_from, valid_from, valid_until)?;
        let template = Template::new(facts.document().doctype(), &name_spaces(facts));
        let x5chain = self.mdoc.chain();
        let mut mdoc = |(copy, status): (u16, &StatusReference)| {
            let key = SigningKey::generate(entropy)?;
            let particulars =
                Copy { device_key: key.public(), validity, status: Some(status.clone()), x5chain: &x5chain };
            let unsigned = Unsigned::Mdoc(template.issue(&particulars, entropy)?);
            Ok(Prepared { copy, key, status: status.clone(), valid_until, unsigned })
        };
        (1..).zip(entries).map(&mut mdoc).collect()
    }

    /// A copy for each status entry.
    pub(super) fn sd_jwts(
        &self,
        facts: &Facts<'_>,
        validity: CopyValidity,
        entries: &[StatusReference],
        entropy: &mut BatchEntropy,
    ) -> anyhow::Result<Vec<Prepared>> {
        let CopyValidity { valid_from, valid_until, .. } = validity;
        let claims = selective_claims(facts.sd_jwt_claims())?;
        let x5c: Vec<Vec<u8>> = self.sd_jwt.chain().into_iter().map(<[u8]>::to_vec).collect();
        let mut sd_jwt = |(copy, status): (u16, &StatusReference)| {
            let key = SigningKey::generate(entropy)?;
            let issuance = Issuance {
                algorithm: Algorithm::Es256,
                x5c: &x5c,
                vct: facts.document().vct(),
                issuer: Some(&self.issuer),
                issued_at: valid_from,
                not_before: Some(valid_from),
                expires: Some(valid_until),
                holder: &Jwk::from(key.public().clone()),
                status: Some(status),
                decoys: DECOYS,
            };
            let unsigned = Unsigned::SdJwt(issuance.prepare(&claims, entropy)?);
            Ok(Prepared { copy, key, status: status.clone(), valid_until, unsigned })
        };
        (1..).zip(entries).map(&mut sd_jwt).collect()
    }

    /// Signs; the finished copy.
    pub(super) fn sign(&self, unsigned: Unsigned) -> anyhow::Result<Vec<u8>> {
        Ok(match unsigned {
            Unsigned::Mdoc(unsigned) => {
                let signature = self.mdoc.key.sign(unsigned.to_be_signed())?;
                unsigned.attach(&signature)
            }
            Unsigned::SdJwt(unsigned) => {
                let signature = self.sd_jwt.key.sign(unsigned.to_be_signed())?;
                unsigned.attach(&signature).into_bytes()
            }
        })
    }
}

impl Unsigned {
    pub(super) const fn format(&self) -> CopyFormat {
        match self {
            Self::Mdoc(_) => CopyFormat::Mdoc,
            Self::SdJwt(_) => CopyFormat::SdJwt,
        }
    }

    pub(super) fn to_be_signed(&self) -> &[u8] {
        match self {
            Self::Mdoc(unsigned) => unsigned.to_be_signed(),
            Self::SdJwt(unsigned) => unsigned.to_be_signed(),
        }
    }
}

/// The elements, grouped by namespace in the catalogue's order.
fn name_spaces(facts: &Facts<'_>) -> Vec<NameSpace> {
    let mut spaces: Vec<(&str, Vec<(String, CborValue)>)> = Vec::new();
    for (namespace, element, value) in facts.mdoc_elements() {
        match spaces.last_mut() {
            Some((name, elements)) if *name == namespace => elements.push((element.to_owned(), value)),
            _ => spaces.push((namespace, vec![(element.to_owned(), value)])),
        }
    }
    spaces.into_iter().map(|(name, elements)| NameSpace::new(name, elements)).collect()
}

/// Every claim at the holder's choice; of a claim with members, such as an address or the ages, each member.
fn selective_claims(object: Object) -> anyhow::Result<Claims> {
    let mut claims = Claims::new();
    for (name, value) in object {
        let claim = match value {
            Value::Object(members) => Claim::always(Content::Object(selective_claims(members)?)),
            value => Claim::selective(value),
        };
        claims = claims.with(name, claim)?;
    }
    Ok(claims)
}
