//! Rules of relying parties, those who register them, and wallet providers.

use std::collections::BTreeMap;

use mapae_types::{RelyingPartyId, Timestamp};
use mapae_x509::{Certificate, Role, TrustAnchor, X509Error};

use super::{Hearing, Ruling, below, effect, entered_before, must_be, root_of};
use crate::{
    Registration, Withdrawn,
    ledger::{
        EnteredReader, EnteredRelyingParty, Fingerprint, Kind, LedgerState, LeftParty, ReaderDevice, RuleError,
        WalletProvider, WalletProviderId,
    },
};

pub(super) fn registrar(state: &LedgerState, root: &TrustAnchor) -> Ruling {
    let fingerprint = Fingerprint::from(root.certificate());
    if state.registrars.contains_key(&fingerprint) {
        return Err(entered_before(Kind::Registrar, &fingerprint));
    }
    let root = root.clone();
    effect(move |state| {
        state.registrars.insert(fingerprint, root);
    })
}

/// What hangs below the root goes with it: no wallet would accept it any more.
pub(super) fn withdraw_registrar(state: &LedgerState, root: Fingerprint, hearing: &Hearing<'_>) -> Ruling {
    must_be(state.registrars.get(&root), Kind::Registrar, &root)?;
    let since = hearing.at;
    effect(move |state| {
        state.registrars.remove(&root);
        let gone = state.relying_parties.extract_if(.., |_, party| party.registrar == root);
        state.withdrawn.extend(gone.map(|(_, party)| left(&party.registration, since)));
        state.relying_parties.values_mut().for_each(|party| party.readers.retain(|_, reader| reader.registrar != root));
        forget_certificates(state);
    })
}

/// A relying party registers, or its registration changes; its readers stay.
pub(super) fn register(state: &LedgerState, registration: &Registration, hearing: &Hearing<'_>) -> Ruling {
    let registrar = below_a_registrar(state, registration.certificate(), hearing.at)?;
    let certificate = Fingerprint::from(registration.certificate());
    let known = state.relying_parties.get(registration.id());
    let own = known.is_some_and(|known| Fingerprint::from(known.registration.certificate()) == certificate);
    if !own {
        check_free(state, certificate)?;
    }
    let (registration, since) = (registration.clone(), hearing.at);
    effect(move |state| {
        let id = registration.id().clone();
        let mut readers = BTreeMap::new();
        if let Some(known) = state.relying_parties.remove(&id) {
            // That of before, if it is another, is nobody's from now on; if it is the same, the line below says so.
            state.withdrawn.extend([left(&known.registration, since)]);
            readers = known.readers;
        }
        state.relying_parties.insert(id.clone(), EnteredRelyingParty { registration, registrar, readers });
        stands_for(state, certificate, id);
        forget_certificates(state);
    })
}

/// Its readers go with it.
pub(super) fn withdraw(state: &LedgerState, id: &RelyingPartyId, hearing: &Hearing<'_>) -> Ruling {
    must_be(state.relying_parties.get(id), Kind::RelyingParty, id)?;
    let (id, since) = (id.clone(), hearing.at);
    effect(move |state| {
        let gone = state.relying_parties.remove(&id);
        state.withdrawn.extend(gone.map(|party| left(&party.registration, since)));
        forget_certificates(state);
    })
}

pub(super) fn reader(state: &LedgerState, stated: &ReaderDevice, hearing: &Hearing<'_>) -> Ruling {
    let id = &stated.relying_party;
    must_be(state.relying_parties.get(id), Kind::RelyingParty, id)?;
    let registrar = below_a_registrar(state, &stated.certificate, hearing.at)?;
    let fingerprint = Fingerprint::from(&stated.certificate);
    check_free(state, fingerprint)?;
    let ReaderDevice { relying_party, certificate } = stated.clone();
    effect(move |state| {
        if let Some(party) = state.relying_parties.get_mut(&relying_party) {
            party.readers.insert(fingerprint, EnteredReader { certificate, registrar });
            stands_for(state, fingerprint, relying_party);
        }
    })
}

pub(super) fn withdraw_reader(state: &LedgerState, certificate: Fingerprint) -> Ruling {
    let party = state.certificates.get(&certificate).and_then(|id| state.relying_parties.get(id));
    must_be(party.filter(|party| party.readers.contains_key(&certificate)), Kind::Reader, &certificate)?;
    effect(move |state| {
        if let Some(party) = state.certificates.remove(&certificate).and_then(|id| state.relying_parties.get_mut(&id)) {
            party.readers.remove(&certificate);
        }
    })
}

/// A provider comes, or changes: another root takes the old one's place at once.
pub(super) fn wallet_provider(state: &LedgerState, provider: &WalletProvider) -> Ruling {
    let others = state.wallet_providers.values().filter(|known| known.id != provider.id);
    if let Some(known) = others.into_iter().find(|known| same_key(known, provider)) {
        return Err(RuleError::RootTaken { wallet_provider: known.id.clone() });
    }
    let provider = provider.clone();
    effect(move |state| {
        state.wallet_providers.insert(provider.id.clone(), provider);
    })
}

/// By its name and key a root is chosen, whatever else its certificate says.
fn same_key(one: &WalletProvider, other: &WalletProvider) -> bool {
    one.root.certificate().public_key() == other.root.certificate().public_key()
}

pub(super) fn withdraw_wallet_provider(state: &LedgerState, id: &WalletProviderId) -> Ruling {
    must_be(state.wallet_providers.get(id), Kind::WalletProvider, id)?;
    let id = id.clone();
    effect(move |state| {
        state.wallet_providers.remove(&id);
    })
}

/// Access certificates keep the reader's profile of ISO/IEC 18013-5 Annex B.1.7.
fn below_a_registrar(state: &LedgerState, certificate: &Certificate, at: Timestamp) -> Result<Fingerprint, X509Error> {
    below(state.registrars.values(), certificate, Role::MdocReader, at).map(|verified| root_of(&verified))
}

/// A wallet tells by the certificate who asks.
fn check_free(state: &LedgerState, certificate: Fingerprint) -> Result<(), RuleError> {
    match state.certificates.get(&certificate) {
        Some(relying_party) => Err(RuleError::CertificateTaken { relying_party: relying_party.clone() }),
        None => Ok(()),
    }
}

/// A certificate stands for somebody, again if it did before.
fn stands_for(state: &mut LedgerState, certificate: Fingerprint, id: RelyingPartyId) {
    state.withdrawn.remove(&certificate);
    state.certificates.insert(certificate, id);
}

/// What is remembered of a registration whose access certificate stands for nobody any more.
fn left(registration: &Registration, since: Timestamp) -> (Fingerprint, LeftParty) {
    let certificate = Fingerprint::from(registration.certificate());
    let withdrawn = Withdrawn { relying_party: registration.id().clone(), certificate: certificate.0, since };
    (certificate, LeftParty { withdrawn, until: registration.certificate().not_after() })
}

/// Drops from the index what no relying party has any more.
fn forget_certificates(state: &mut LedgerState) {
    let LedgerState { certificates, relying_parties, .. } = state;
    certificates.retain(|certificate, id| {
        relying_parties.get(id).is_some_and(|party| {
            party.readers.contains_key(certificate)
                || Fingerprint::from(party.registration.certificate()) == *certificate
        })
    });
}
