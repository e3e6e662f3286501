//! Who asks, and whether they may (design D15): the request beside the registration of who signed it.
//!
//! Spec says (ISO 18013-5 §7.4 and OpenID4VP): a wallet decides by its own policy. We do: whoever is not registered, or asks for
//! more than registered, is refused before the holder is asked; but for the mandatory elements of a driving licence, for
//! which ISO 18013-5 forbids a wallet to insist on reader authentication: there the holder is warned and asked expressly.

use mapae_trust::{Age, Registration, TrustStore, WithinRegistration};
use mapae_types::{Timestamp, UseClass};
use mapae_x509::Certificate;

use super::{
    licence,
    occasion::Occasion,
    proposal::{ProposalWarning, VerifiedBy, Who},
    refusal::{Refusal, RefusalReason},
};
use crate::{Stamp, words::Words};

/// What is known of who asks, and what the holder is told of it.
pub(crate) struct Standing {
    pub(crate) who: Who,
    pub(crate) purposes: Vec<Words>,
    pub(crate) purpose_stated: bool,
    pub(crate) legal_basis: Option<Words>,
    pub(crate) warnings: Vec<ProposalWarning>,
    pub(crate) needs_express_consent: bool,
    pub(crate) trust_as_of: Option<Stamp>,
}

impl Standing {
    /// Judges a request by the bundle.
    pub(crate) fn judge(occasion: &Occasion, trust: &TrustStore, now: Timestamp) -> Result<Self, Refusal> {
        let registration = find(occasion, trust);
        let class = registration.as_ref().map(Registration::use_class);
        let who = registration.as_ref().map_or_else(|| stranger(occasion), |found| registered(found, occasion));
        let standing = Self::of(who, registration.as_ref());
        let refused = |reason| Refusal::of(Some(standing.who.clone()), reason);
        let marked = age(trust, class, now).map_err(refused)?;
        let found = registration.as_ref().ok_or_else(|| unregistered(occasion, trust));
        let within = found
            .and_then(|found| found.covers(occasion.query(), occasion.purpose()).map_err(RefusalReason::OverAsking));
        let standing = match within {
            Ok(within) => standing.within(&within),
            Err(reason) => standing.exempt(occasion, reason)?,
        };
        Ok(standing.marked(marked).dated(trust))
    }

    /// The same where nothing has to be registered: what is known is shown, and the rest is warned of.
    pub(crate) fn of_anybody(occasion: &Occasion, trust: Option<&TrustStore>, now: Timestamp) -> Self {
        let judged = trust.map(|trust| Self::judge(occasion, trust, now));
        judged.and_then(Result::ok).unwrap_or_else(|| Self::of(stranger(occasion), None).warned())
    }

    fn of(who: Who, registration: Option<&Registration>) -> Self {
        let purposes = registration.map(Registration::purposes).unwrap_or_default();
        Self {
            who,
            purposes: purposes.iter().map(Words::from).collect(),
            purpose_stated: false,
            legal_basis: registration.and_then(Registration::legal_basis).map(Words::from),
            warnings: Vec::new(),
            needs_express_consent: false,
            trust_as_of: None,
        }
    }

    fn within(mut self, within: &WithinRegistration) -> Self {
        if let Some(purpose) = within.purpose() {
            (self.purposes, self.purpose_stated) = (vec![purpose.into()], true);
        }
        self
    }

    /// D15: the one exception. A withdrawn registration is none of it: of that relying party something is known.
    fn exempt(self, occasion: &Occasion, reason: RefusalReason) -> Result<Self, Refusal> {
        let withdrawn = matches!(reason, RefusalReason::RegistrationRevoked { .. });
        if withdrawn || !licence::asks_for_mandatory_alone(occasion.query()) {
            return Err(Refusal::of(Some(self.who), reason));
        }
        Ok(self.warned())
    }

    fn warned(mut self) -> Self {
        let warning = match self.who.id {
            None => ProposalWarning::Unregistered,
            Some(_) => ProposalWarning::BeyondRegistration,
        };
        self.warnings.push(warning);
        self.needs_express_consent = true;
        self
    }

    fn marked(mut self, warning: Option<ProposalWarning>) -> Self {
        self.warnings.extend(warning);
        self
    }

    fn dated(mut self, trust: &TrustStore) -> Self {
        self.trust_as_of = Some(Stamp(trust.as_of()));
        self
    }
}

/// Design D14: how old the bundle may be, for what the relying party does with the answer.
fn age(trust: &TrustStore, class: Option<&UseClass>, now: Timestamp) -> Result<Option<ProposalWarning>, RefusalReason> {
    let as_of = trust.as_of();
    let freshness = trust.freshness(class, now).ok_or(RefusalReason::UseClassUnknown)?;
    match freshness.judge(as_of, now) {
        Age::Fresh(_) => Ok(None),
        Age::Marked(_) => Ok(Some(ProposalWarning::TrustOld { as_of: Stamp(as_of) })),
        Age::Ordered(_) => Ok(Some(ProposalWarning::TrustByOrder { as_of: Stamp(as_of) })),
        Age::TooOld { greatest, .. } => Err(RefusalReason::TrustTooOld { as_of, greatest }),
        Age::ClockBehind { as_of } => Err(RefusalReason::ClockBehind { as_of }),
    }
}

/// The registration that names the very certificate by which the request was signed: a name in it proves nothing.
fn find(occasion: &Occasion, trust: &TrustStore) -> Option<Registration> {
    let certificate = occasion.certificate.as_ref()?;
    // A bundle whose registrations cannot be read vouches for nobody.
    let all = trust.registrations().unwrap_or_default();
    all.into_iter().find(|registration| registration.certificate() == certificate)
}

/// Why the certificate is no registration's: never, or no longer.
fn unregistered(occasion: &Occasion, trust: &TrustStore) -> RefusalReason {
    let fingerprint = occasion.certificate.as_ref().map(Certificate::fingerprint);
    let withdrawn = trust.withdrawn().iter().find(|one| fingerprint == Some(one.certificate));
    match withdrawn {
        Some(one) => RefusalReason::RegistrationRevoked { since: one.since },
        None => RefusalReason::Unregistered,
    }
}

fn registered(registration: &Registration, occasion: &Occasion) -> Who {
    Who {
        id: Some(registration.id().to_string()),
        name: registration.names().into(),
        use_class: Some(registration.use_class().to_string()),
        client_id: occasion.client_id().to_owned(),
        host: occasion.host().map(str::to_owned),
        verified_by: VerifiedBy::Registration,
    }
}

fn stranger(occasion: &Occasion) -> Who {
    let (client_id, host) = (occasion.client_id().to_owned(), occasion.host().map(str::to_owned));
    let own = |certificate: &Certificate| {
        certificate.subject_organization().or_else(|| certificate.subject_common_name()).map(str::to_owned)
    };
    let name = occasion.certificate.as_ref().and_then(own).or_else(|| host.clone());
    let verified_by = if occasion.certificate.is_some() { VerifiedBy::Certificate } else { VerifiedBy::Nothing };
    let name = Words::same(name.as_deref().unwrap_or(&client_id));
    Who { id: None, name, use_class: None, client_id, host, verified_by }
}
