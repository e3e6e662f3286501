//! The rules between entries, kind by kind: each function says whether a statement may stand next, and what it changes.

mod agencies;
mod issuers;
mod parties;
mod publication;
mod releases;

use mapae_types::{AgencyId, Timestamp};
use mapae_x509::{Certificate, Role, TrustAnchor, VerifiedSigner, X509Error, verify_chain};

use super::{Change, CheckedEntry, Fingerprint, Kind, LedgerState, Right, RuleError, Statement};

/// What an entry changes, once it is entered into the very state that judged it.
pub(super) type Effect = Box<dyn FnOnce(&mut LedgerState) + Send + Sync>;

/// The answer of a rule.
type Ruling = Result<Effect, RuleError>;

/// A statement before a rule: when it was made, by whom, and until when times are accepted.
struct Hearing<'c> {
    at: Timestamp,
    latest: Timestamp,
    /// The one agency that signed what is stated alone; the first of several elsewhere.
    by: &'c AgencyId,
}

/// Judges a statement whose signers may state it.
pub(super) fn judge(state: &LedgerState, checked: &CheckedEntry<'_>, latest: Timestamp) -> Ruling {
    let Some(by) = checked.signers().next() else { return Err(RuleError::TooFewSigners { signed: 0, needed: 1 }) };
    let hearing = Hearing { at: checked.entry().at(), latest, by };
    match checked.entry().statement() {
        Statement::Founding(founding) => Ok(agencies::found(founding)),
        Statement::Agency(Change::Enter(agency)) => agencies::enter(state, agency),
        Statement::Agency(Change::Withdraw(id)) => agencies::withdraw(state, id),
        Statement::Policy(policy) => agencies::policy(state, policy),
        Statement::OrderSigners(signers) => agencies::order_signers(state, signers),
        Statement::Issuer(Change::Enter(issuer)) => issuers::enter(state, issuer, &hearing),
        Statement::Issuer(Change::Withdraw(root)) => issuers::withdraw(state, *root, &hearing),
        Statement::Signer(signer) => issuers::signer(state, signer, &hearing),
        Statement::Distrust(distrusted) => issuers::distrust(state, distrusted, &hearing),
        Statement::Journal(journal) => issuers::journal(state, journal, &hearing),
        Statement::Status(Change::Enter(location)) => issuers::status(state, location),
        Statement::Status(Change::Withdraw(prefix)) => issuers::withdraw_status(state, prefix),
        Statement::Registrar(Change::Enter(root)) => parties::registrar(state, root),
        Statement::Registrar(Change::Withdraw(root)) => parties::withdraw_registrar(state, *root, &hearing),
        Statement::RelyingParty(Change::Enter(registration)) => parties::register(state, registration, &hearing),
        Statement::RelyingParty(Change::Withdraw(id)) => parties::withdraw(state, id, &hearing),
        Statement::Reader(Change::Enter(reader)) => parties::reader(state, reader, &hearing),
        Statement::Reader(Change::Withdraw(certificate)) => parties::withdraw_reader(state, *certificate),
        Statement::WalletProvider(Change::Enter(provider)) => parties::wallet_provider(state, provider),
        Statement::WalletProvider(Change::Withdraw(id)) => parties::withdraw_wallet_provider(state, id),
        Statement::Release(Change::Enter(release)) => releases::enter(state, release, &hearing),
        Statement::Release(Change::Withdraw(sha256)) => releases::withdraw(state, *sha256, &hearing),
        Statement::Catalogue(catalogue) => publication::catalogue(state, catalogue),
        Statement::Freshness(classes) => Ok(publication::freshness(classes)),
        Statement::Bundle(bundle) => publication::bundle(state, bundle, &hearing),
        Statement::Order(order) => publication::order(state, order),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the answer of a rule")]
fn effect(change: impl FnOnce(&mut LedgerState) + Send + Sync + 'static) -> Ruling {
    Ok(Box::new(change))
}

fn not_entered(kind: Kind, key: &(impl ToString + ?Sized)) -> RuleError {
    RuleError::NotEntered { kind, key: key.to_string() }
}

fn entered_before(kind: Kind, key: &(impl ToString + ?Sized)) -> RuleError {
    RuleError::EnteredBefore { kind, key: key.to_string() }
}

/// Something that is there, to be withdrawn or referred to.
fn must_be<T>(found: Option<T>, kind: Kind, key: &(impl ToString + ?Sized)) -> Result<T, RuleError> {
    found.ok_or_else(|| not_entered(kind, key))
}

/// What an agency entered, no other changes, unless that agency has left or may enter none any more.
fn check_owner(state: &LedgerState, owner: &AgencyId, right: Right, hearing: &Hearing<'_>) -> Result<(), RuleError> {
    let acts = state.agencies.get(owner).is_some_and(|agency| agency.may(right));
    if acts && owner != hearing.by {
        return Err(RuleError::NotOwner { agency: hearing.by.clone(), owner: owner.clone() });
    }
    Ok(())
}

/// The root below which a certificate of that role is. It is checked for the time at which it is entered, or for the
/// beginning of its validity: signers are entered before they are needed.
fn below<'r>(
    roots: impl Iterator<Item = &'r TrustAnchor>,
    certificate: &Certificate,
    role: Role,
    at: Timestamp,
) -> Result<VerifiedSigner, X509Error> {
    let roots: Vec<TrustAnchor> = roots.cloned().collect();
    verify_chain(core::slice::from_ref(certificate), &roots, role, at.max(certificate.not_before()))
}

fn root_of(signer: &VerifiedSigner) -> Fingerprint {
    signer.anchor().certificate().into()
}
