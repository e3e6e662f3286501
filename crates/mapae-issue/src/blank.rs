//! A document before it belongs to a device, and its copies before they are signed.

use mapae_crypto::{Algorithm, PublicKey, Signature};
use mapae_document::{CopyValidity, Facts};
use mapae_jose::Jwk;
use mapae_mdoc::{Copy, MdocError, Template, UnsignedMdoc, ValidityInfo};
use mapae_sd_jwt::{Claims, Issuance, UnsignedSdJwt};
use mapae_types::{Entropy, StatusReference, Timestamp};

use crate::{Format, claims};

/// At most this many decoy digests on each level of an SD-JWT.
const DECOYS: u8 = 4;

/// A person's document in one format, with everything that all copies share.
pub struct Blank {
    valid_until: Timestamp,
    body: Body,
}

enum Body {
    Mdoc { template: Template, validity: ValidityInfo, x5chain: Vec<Vec<u8>> },
    SdJwt(Box<SdJwtBody>),
}

struct SdJwtBody {
    claims: Claims,
    vct: String,
    issuer: String,
    valid_from: Timestamp,
    valid_until: Timestamp,
    x5c: Vec<Vec<u8>>,
}

/// A copy that waits for the issuer's signature (design D5).
pub struct UnsignedCopy(Unsigned);

enum Unsigned {
    Mdoc(UnsignedMdoc),
    SdJwt(UnsignedSdJwt),
}

/// A document that its format cannot hold: the catalogue or the register is at fault.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// As an mdoc.
    #[error("the mdoc: {0}")]
    Mdoc(#[from] MdocError),
    /// As an SD-JWT VC.
    #[error("the SD-JWT VC: {0}")]
    SdJwt(#[from] mapae_sd_jwt::IssueError),
}

impl Blank {
    /// An mdoc. `x5chain` is the signer's certificate and links below the root, in DER.
    ///
    /// `signed` is `validFrom`: the second of the signature would betray which copies belong together (design D7).
    pub fn mdoc(facts: &Facts<'_>, validity: CopyValidity, x5chain: Vec<Vec<u8>>) -> Result<Self, IssueError> {
        let CopyValidity { valid_from, valid_until, .. } = validity;
        let template = Template::new(facts.document().doctype(), &claims::name_spaces(facts));
        let validity = ValidityInfo::new(valid_from, valid_from, valid_until)?;
        Ok(Self { valid_until, body: Body::Mdoc { template, validity, x5chain } })
    }

    /// An SD-JWT VC of the issuer `issuer` (`iss`).
    pub fn sd_jwt(
        facts: &Facts<'_>,
        validity: CopyValidity,
        x5c: Vec<Vec<u8>>,
        issuer: &str,
    ) -> Result<Self, IssueError> {
        let CopyValidity { valid_from, valid_until, .. } = validity;
        let body = SdJwtBody {
            claims: claims::selective(facts.sd_jwt_claims())?,
            vct: facts.document().vct().to_owned(),
            issuer: issuer.to_owned(),
            valid_from,
            valid_until,
            x5c,
        };
        Ok(Self { valid_until, body: Body::SdJwt(Box::new(body)) })
    }

    /// Its format.
    pub const fn format(&self) -> Format {
        match self.body {
            Body::Mdoc { .. } => Format::Mdoc,
            Body::SdJwt(_) => Format::SdJwt,
        }
    }

    /// When its copies end.
    pub const fn valid_until(&self) -> Timestamp {
        self.valid_until
    }

    /// A copy for the device with that key, whose status stands there. The same entropy makes the same copy.
    pub fn copy(
        &self,
        device_key: &PublicKey,
        status: &StatusReference,
        entropy: &mut dyn Entropy,
    ) -> Result<UnsignedCopy, IssueError> {
        Ok(UnsignedCopy(match &self.body {
            Body::Mdoc { template, validity, x5chain } => {
                let x5chain: Vec<&[u8]> = x5chain.iter().map(Vec::as_slice).collect();
                let copy = Copy { device_key, validity: *validity, status: Some(status.clone()), x5chain: &x5chain };
                Unsigned::Mdoc(template.issue(&copy, entropy)?)
            }
            Body::SdJwt(body) => Unsigned::SdJwt(body.copy(device_key, status, entropy)?),
        }))
    }
}

impl SdJwtBody {
    fn copy(
        &self,
        device_key: &PublicKey,
        status: &StatusReference,
        entropy: &mut dyn Entropy,
    ) -> Result<UnsignedSdJwt, mapae_sd_jwt::IssueError> {
        let issuance = Issuance {
            algorithm: Algorithm::Es256,
            x5c: &self.x5c,
            vct: &self.vct,
            issuer: Some(&self.issuer),
            issued_at: self.valid_from,
            not_before: Some(self.valid_from),
            expires: Some(self.valid_until),
            holder: &Jwk::from(device_key.clone()),
            status: Some(status),
            decoys: DECOYS,
        };
        issuance.prepare(&self.claims, entropy)
    }
}

impl UnsignedCopy {
    /// Its format.
    pub const fn format(&self) -> Format {
        match self.0 {
            Unsigned::Mdoc(_) => Format::Mdoc,
            Unsigned::SdJwt(_) => Format::SdJwt,
        }
    }

    /// What the issuer signs with ES256.
    pub fn to_be_signed(&self) -> &[u8] {
        match &self.0 {
            Unsigned::Mdoc(unsigned) => unsigned.to_be_signed(),
            Unsigned::SdJwt(unsigned) => unsigned.to_be_signed(),
        }
    }

    /// The finished copy: `IssuerSigned` in CBOR, or an SD-JWT's text.
    pub fn attach(self, signature: &Signature) -> Vec<u8> {
        match self.0 {
            Unsigned::Mdoc(unsigned) => unsigned.attach(signature),
            Unsigned::SdJwt(unsigned) => unsigned.attach(signature).into_bytes(),
        }
    }
}
