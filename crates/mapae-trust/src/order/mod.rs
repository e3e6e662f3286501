//! Continuity orders (design D14): in a disaster, enough agencies stretch the ages of evidence for named classes of use
//! and some days.
//!
//! An order is a file that proves itself to whoever has a bundle, whose ledger named the signers: nothing needs to run.
//! It stretches ages and does nothing else: it adds no key, and it carries all signers that were known as compromised
//! when it was signed, so that an old bundle under a new order trusts no thief.
//!
//! [`NewOrder`] → [`UnsignedOrder`] → [`Order`], signed by one or more, [`Order::merge`]d → [`ContinuityOrder`], which
//! only [`Order::verify`] makes.

mod error;
mod format;
mod signers;

use mapae_cose::{Headers, Sign, UnsignedSign};
use mapae_crypto::{Algorithm, Curve, Signature};
use mapae_ledger::Origin;
use mapae_types::{AgencyId, Duration, OrderId, Timestamp, UseClass};

use crate::{Names, TrustStore};

pub use error::OrderError;
pub use signers::{OrderSigners, OrderSignersError};

/// `typ` (RFC 9596) of an order, lest a signature over something else be taken for one over an order.
const TYP: &str = "application/mapae-order+cbor";

/// The longest an order is in force. After that it is decided anew.
pub const LONGEST_ORDER: Duration = Duration::days(35);

/// The greatest age to which an order can stretch: status lists end then (design D6: 35 days and the longest order).
pub const GREATEST_AGE: Duration = Duration::days(70);

/// What an order says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// By which verdicts name it.
    pub id: OrderId,
    /// Why.
    pub reason: Names,
    /// The ledger whose bundles it is about.
    pub origin: Origin,
    /// When it was decided.
    pub issued_at: Timestamp,
    /// The first moment at which verdicts may rest on it.
    pub from: Timestamp,
    /// The last.
    pub until: Timestamp,
    /// The classes of use, and how old evidence may be for each.
    pub classes: Vec<(UseClass, Duration)>,
    /// Every signer that is known as compromised, by the SHA-256 of its certificate.
    pub compromised: Vec<[u8; 32]>,
}

/// An order that waits for signatures.
#[derive(Debug, Clone)]
pub struct UnsignedOrder(UnsignedSign);

/// An order as received: its signatures are not checked.
#[derive(Debug, Clone)]
pub struct Order {
    file: Vec<u8>,
    claimed: NewOrder,
}

/// An order that enough agencies signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContinuityOrder {
    order: NewOrder,
    signed_by: Vec<AgencyId>,
}

impl NewOrder {
    /// Checks the terms and encodes them; classes and signers are put in order.
    pub fn prepare(mut self) -> Result<UnsignedOrder, OrderError> {
        self.classes.sort();
        self.compromised.sort_unstable();
        self.compromised.dedup();
        self.check()?;
        Ok(UnsignedOrder(UnsignedSign::new(&Headers::default().with_typ(TYP), &self.write())))
    }

    /// What no signature can mend.
    fn check(&self) -> Result<(), OrderError> {
        let term = self.from.age_at(self.until);
        if term < Duration::default() || term > LONGEST_ORDER {
            return Err(OrderError::Term { from: self.from, until: self.until });
        }
        if self.classes.is_empty() || self.classes.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
            return Err(OrderError::Classes);
        }
        let age = |(_, age): &&(UseClass, Duration)| *age > GREATEST_AGE || *age < Duration::default();
        match self.classes.iter().find(age) {
            Some((class, age)) => Err(OrderError::Age { class: class.clone(), age: *age }),
            None => Ok(()),
        }
    }
}

impl UnsignedOrder {
    /// What an agency's order key signs.
    pub fn to_be_signed(&self, agency: &AgencyId) -> Vec<u8> {
        self.0.to_be_signed(Algorithm::Es256, agency.as_str().as_bytes())
    }

    /// The file, signed by those.
    pub fn attach(&self, signatures: Vec<(AgencyId, Signature)>) -> Vec<u8> {
        let signature = |(agency, signature): (AgencyId, Signature)| {
            (agency.as_str().as_bytes().to_vec(), Algorithm::Es256, signature)
        };
        self.0.attach(signatures.into_iter().map(signature).collect())
    }
}

impl Order {
    /// Reads a file without trusting it.
    pub fn parse(file: impl Into<Vec<u8>>) -> Result<Self, OrderError> {
        let file = file.into();
        let sign = Sign::parse(&file)?;
        if sign.protected().typ != Some(TYP) {
            return Err(OrderError::VersionUnsupported);
        }
        let claimed = NewOrder::read(sign.unverified_payload())?;
        claimed.check()?;
        Ok(Self { file, claimed })
    }

    /// What it says, before any check.
    pub const fn unverified(&self) -> &NewOrder {
        &self.claimed
    }

    /// The file.
    pub fn as_bytes(&self) -> &[u8] {
        &self.file
    }

    /// The same terms to be signed by another agency.
    pub fn unsigned(&self) -> UnsignedOrder {
        UnsignedOrder(UnsignedSign::new(&Headers::default().with_typ(TYP), &self.claimed.write()))
    }

    /// Who claims to have signed.
    pub fn signed_by(&self) -> Result<Vec<AgencyId>, OrderError> {
        Ok(self.signatures()?.into_iter().map(|(agency, _)| agency).collect())
    }

    /// One order with the signatures of all; each must have the very same terms.
    pub fn merge(orders: &[Self]) -> Result<Self, OrderError> {
        let first = orders.first().ok_or(OrderError::Nothing)?;
        let mut signatures: Vec<(AgencyId, Signature)> = Vec::new();
        for order in orders {
            if order.claimed != first.claimed {
                return Err(OrderError::OtherTerms { id: order.claimed.id.clone() });
            }
            for (agency, signature) in order.signatures()? {
                if !signatures.iter().any(|(known, _)| *known == agency) {
                    signatures.push((agency, signature));
                }
            }
        }
        Self::parse(first.unsigned().attach(signatures))
    }

    fn signatures(&self) -> Result<Vec<(AgencyId, Signature)>, OrderError> {
        let sign = Sign::parse(&self.file)?;
        let read = |signer: &mapae_cose::SignerInfo<'_>| {
            let signature = Signature::from_bytes(Curve::P256, signer.signature());
            Ok((agency(signer)?, signature.map_err(|_| OrderError::VersionUnsupported)?))
        };
        sign.signatures().iter().map(read).collect()
    }

    /// Checks that enough of the agencies signed that a bundle of that ledger names. A signature of one of them that does
    /// not verify refuses the whole; others count for nothing.
    pub fn verify(&self, signers: &OrderSigners, ledger: &Origin) -> Result<ContinuityOrder, OrderError> {
        if self.claimed.origin != *ledger {
            return Err(OrderError::OtherLedger { origin: self.claimed.origin.clone() });
        }
        let sign = Sign::parse(&self.file)?;
        let mut signed_by = Vec::new();
        for (index, signer) in sign.signatures().iter().enumerate() {
            let agency = agency(signer)?;
            let Some(key) = signers.key(&agency) else { continue };
            if sign.verify_by(index, key).is_err() {
                return Err(OrderError::SignatureInvalid { agency });
            }
            signed_by.push(agency);
        }
        if signed_by.len() < signers.threshold() {
            return Err(OrderError::TooFewSigners { signed: signed_by.len(), needed: signers.threshold() });
        }
        Ok(ContinuityOrder { order: self.claimed.clone(), signed_by })
    }
}

impl TrustStore {
    /// The order of a file, if enough of those signed it whom the bundle names, and it is about the bundle's ledger.
    pub fn verify_order(&self, order: &Order) -> Result<ContinuityOrder, OrderError> {
        let signers = self.order_signers().ok_or(OrderError::NobodyMaySign)?;
        order.verify(signers, self.sealed_by().log().ok_or(OrderError::NobodyMaySign)?)
    }
}

fn agency(signer: &mapae_cose::SignerInfo<'_>) -> Result<AgencyId, OrderError> {
    let name = core::str::from_utf8(signer.key_id()).ok().and_then(|name| name.parse().ok());
    name.ok_or(OrderError::VersionUnsupported)
}

impl ContinuityOrder {
    /// By which verdicts name it.
    pub const fn id(&self) -> &OrderId {
        &self.order.id
    }

    /// What it says.
    pub const fn terms(&self) -> &NewOrder {
        &self.order
    }

    /// The agencies whose signatures were verified.
    pub fn signed_by(&self) -> &[AgencyId] {
        &self.signed_by
    }

    /// Every signer that it knows as compromised.
    pub fn compromised(&self) -> &[[u8; 32]] {
        &self.order.compromised
    }

    /// How old evidence may be for a class at that time; nothing if the order does not speak of that class or that time.
    pub fn usable_for(&self, class: &UseClass, now: Timestamp) -> Option<Duration> {
        let in_force = self.order.from <= now && now <= self.order.until;
        let found = self.order.classes.iter().find(|(named, _)| named == class);
        found.filter(|_| in_force).map(|(_, age)| *age)
    }
}
