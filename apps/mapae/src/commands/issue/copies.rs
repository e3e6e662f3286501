//! Copies of a person's document, each with a key, salts and a status entry of its own (design D7).

use mapae_cose::cbor::Value as CborValue;
use mapae_crypto::{Algorithm, SigningKey};
use mapae_document::{CopyValidity, Facts};
use mapae_jose::{Jwk, Object, Value};
use mapae_mdoc::{Copy, NameSpace, Template, UnsignedMdoc, ValidityInfo};
use mapae_sd_jwt::{Claim, Claims, Content, Issuance, UnsignedSdJwt};
use mapae_status_list::IndexAllocator;
use mapae_types::{StatusReference, Timestamp};

use crate::{
    authority::{Authority, Signer},
    environment::SystemEntropy,
    issued::CopyFormat,
};

/// At most this many decoy digests on each level of an SD-JWT.
const DECOYS: u8 = 4;
/// Copy numbers are reserved in pieces of this many, one write to the disk for each piece.
const RESERVED_AT_ONCE: u64 = 4096;

/// Makes copies, and gives each its status entry.
pub(super) struct Copies<'a> {
    authority: &'a Authority,
    numbers: CopyNumbers,
}

/// Copy numbers, and the status entries that they stand for.
struct CopyNumbers {
    allocator: IndexAllocator,
    next: u64,
    end: u64,
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

impl<'a> Copies<'a> {
    pub(super) fn new(authority: &'a Authority) -> anyhow::Result<Self> {
        let allocator = IndexAllocator::new(authority.status_index_key()?);
        Ok(Self { authority, numbers: CopyNumbers { allocator, next: 0, end: 0 } })
    }

    pub(super) fn mdocs(
        &mut self,
        facts: &Facts<'_>,
        validity: CopyValidity,
        signer: &Signer,
        copies: u16,
    ) -> anyhow::Result<Vec<Prepared>> {
        let CopyValidity { valid_from, valid_until, .. } = validity;
        let validity = ValidityInfo::new(valid_from, valid_from, valid_until)?;
        let template = Template::new(facts.document().doctype(), &name_spaces(facts));
        let mut mdoc = |copy| {
            let key = SigningKey::generate(&mut SystemEntropy)?;
            let status = self.numbers.take(self.authority)?;
            let x5chain = [signer.certificate.der()];
            let particulars =
                Copy { device_key: key.public(), validity, status: Some(status.clone()), x5chain: &x5chain };
            let unsigned = Unsigned::Mdoc(template.issue(&particulars, &mut SystemEntropy)?);
            Ok(Prepared { copy, key, status, valid_until, unsigned })
        };
        (1..=copies).map(&mut mdoc).collect()
    }

    pub(super) fn sd_jwts(
        &mut self,
        facts: &Facts<'_>,
        validity: CopyValidity,
        signer: &Signer,
        copies: u16,
    ) -> anyhow::Result<Vec<Prepared>> {
        let CopyValidity { valid_from, valid_until, .. } = validity;
        let claims = selective_claims(facts.sd_jwt_claims())?;
        let x5c = [signer.certificate.der().to_vec()];
        let mut sd_jwt = |copy| {
            let key = SigningKey::generate(&mut SystemEntropy)?;
            let status = self.numbers.take(self.authority)?;
            let issuance = Issuance {
                algorithm: Algorithm::Es256,
                x5c: &x5c,
                vct: facts.document().vct(),
                issuer: Some(&self.authority.profile().base_url),
                issued_at: valid_from,
                not_before: Some(valid_from),
                expires: Some(valid_until),
                holder: &Jwk::from(key.public().clone()),
                status: Some(&status),
                decoys: DECOYS,
            };
            let unsigned = Unsigned::SdJwt(issuance.prepare(&claims, &mut SystemEntropy)?);
            Ok(Prepared { copy, key, status, valid_until, unsigned })
        };
        (1..=copies).map(&mut sd_jwt).collect()
    }
}

impl CopyNumbers {
    fn take(&mut self, authority: &Authority) -> anyhow::Result<StatusReference> {
        if self.next == self.end {
            self.next = authority.reserve_copy_numbers(RESERVED_AT_ONCE)?;
            self.end = self.next + RESERVED_AT_ONCE;
        }
        let allocation = self.allocator.allocate(self.next);
        self.next += 1;
        Ok(StatusReference { uri: authority.status_uri(allocation.list), idx: allocation.index.into() })
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
