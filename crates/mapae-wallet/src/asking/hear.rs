//! From a link to a request that is authentic, and from there to what the holder is asked.

use std::sync::Arc;

use mapae_oid4vp::{Begun, BrowserCall, Call, RequestFault, RequestObject};
use mapae_trust::TrustStore;
use mapae_types::Timestamp;
use mapae_x509::TrustAnchor;

use super::{
    Asked, licence,
    occasion::{Occasion, Source},
    proposal::{CopyState, Proposal, ProposalView, ProposalWarning},
    refusal::{Refusal, RefusalReason},
    standing::Standing,
    transaction::{TRANSACTION_TYPES, TransactionView},
};
use crate::{
    Stamp, Wallet,
    choosing::{Choices, Place, Shelf},
    error::Halt,
    task::Outside,
};

/// Whose requests are heard.
pub(super) enum Rule {
    /// Those of the registered, and of others as far as D15 allows.
    Registered,
    /// Anybody's, if these roots or the bundle's vouch for who signed it, or nobody has signed it.
    Anybody(Vec<TrustAnchor>),
}

/// Why no request was heard.
pub(super) enum Unheard {
    Refused(Refusal),
    Stopped(Halt),
}

impl From<Halt> for Unheard {
    fn from(stopped: Halt) -> Self {
        Self::Stopped(stopped)
    }
}

impl From<RequestFault> for Unheard {
    /// Who asks is not certain before the request is authentic: nobody is named.
    fn from(fault: RequestFault) -> Self {
        Self::Refused(Refusal::of(None, RefusalReason::Request(fault)))
    }
}

impl Wallet {
    /// Fetches and judges a request.
    pub(super) async fn hear(&self, outside: &mut Outside, text: &str, rule: &Rule) -> Result<Asked, Unheard> {
        let trust = self.lock().trust.clone();
        if trust.is_none() && matches!(rule, Rule::Registered) {
            // Before anything is fetched: even that would tell somebody that a wallet is here.
            return Err(Unheard::Refused(Refusal::of(None, RefusalReason::TrustMissing)));
        }
        let object = fetch(outside, Call::parse(text)?).await?;
        let occasion = authenticate(&object, trust.as_deref(), rule, outside.now())?;
        Ok(self.consider(occasion, rule, outside.now()))
    }

    /// Judges a request that a browser handed over.
    pub(super) fn hear_browser(&self, call: &BrowserCall, rule: &Rule, now: Timestamp) -> Asked {
        let trust = self.lock().trust.clone();
        if trust.is_none() && matches!(rule, Rule::Registered) {
            return Asked::Refusal(Refusal::of(None, RefusalReason::TrustMissing));
        }
        match authenticate_page(call, trust.as_deref(), rule, now) {
            Ok(occasion) => self.consider(occasion, rule, now),
            Err(fault) => Asked::Refusal(Refusal::of(None, RefusalReason::Request(fault))),
        }
    }

    /// What the holder is asked, or why not.
    pub(super) fn consider(&self, occasion: Occasion, rule: &Rule, now: Timestamp) -> Asked {
        let catalogue = self.lock().catalogue.clone();
        match self.propose(occasion, rule, now) {
            Ok(proposal) => Asked::Proposal(Box::new(proposal)),
            Err(refusal) => Asked::Refusal(refusal.in_words_of(catalogue.as_deref())),
        }
    }

    fn propose(&self, occasion: Occasion, rule: &Rule, now: Timestamp) -> Result<Proposal, Refusal> {
        let inner = self.lock();
        let trust = inner.trust.as_deref();
        let standing = match (rule, trust) {
            (Rule::Registered, None) => return Err(Refusal::of(None, RefusalReason::TrustMissing)),
            (Rule::Registered, Some(trust)) => Standing::judge(&occasion, trust, now)?,
            (Rule::Anybody(_), trust) => Standing::of_anybody(&occasion, trust, now),
        };
        let refused = |reason| Refusal::of(Some(standing.who.clone()), reason);
        if inner.answered.has(occasion.client_id(), occasion.nonce()) {
            return Err(refused(RefusalReason::Replayed));
        }
        let unreadable = || refused(RefusalReason::Request(RequestFault::TransactionData));
        let transactions = TransactionView::all(occasion.transactions()).ok_or_else(unreadable)?;
        let held = Shelf { cards: &inner.cards, trust, catalogue: inner.catalogue.as_ref() };
        let asked = (occasion.query(), occasion.transactions());
        let choices = Choices::find(&held, asked, standing.who.mark(), now);
        let choices = choices.map_err(|nothing| refused(reason(nothing.place)))?;
        let view = view(standing, &occasion, &choices, transactions);
        let is_strict = matches!(rule, Rule::Registered);
        Ok(Proposal { occasion: Arc::new(occasion), choices: Arc::new(choices), is_strict, view })
    }
}

async fn fetch(outside: &mut Outside, call: Call) -> Result<RequestObject, Unheard> {
    match call.begin(&mut outside.entropy).map_err(Halt::from)? {
        Begun::Here(object) => Ok(object),
        Begun::Fetch(awaiting) => {
            let response = outside.send(awaiting.request().clone()).await?;
            Ok(awaiting.receive(&response)?)
        }
        _ => Err(RequestFault::NotACall.into()),
    }
}

fn authenticate(
    object: &RequestObject,
    trust: Option<&TrustStore>,
    rule: &Rule,
    now: Timestamp,
) -> Result<Occasion, RequestFault> {
    if !object.is_signed() {
        let source = Source::Posted(Box::new(object.unauthenticated(now)?));
        return Ok(Occasion { source, certificate: None });
    }
    let roots = roots(trust, rule);
    match object.authenticate_knowing(&roots, now, &TRANSACTION_TYPES) {
        Ok(authentic) => {
            let certificate = Some(authentic.certificate().clone());
            Ok(Occasion { source: Source::Posted(Box::new(authentic.into_request())), certificate })
        }
        Err(fault @ RequestFault::Certificate(_)) => stranger(object, now).ok_or(fault),
        Err(fault) => Err(fault),
    }
}

fn authenticate_page(
    call: &BrowserCall,
    trust: Option<&TrustStore>,
    rule: &Rule,
    now: Timestamp,
) -> Result<Occasion, RequestFault> {
    let (request, certificate) = if call.is_signed() {
        let (request, certificate) = call.authenticate(&roots(trust, rule), now, &TRANSACTION_TYPES)?;
        (request, Some(certificate))
    } else {
        (call.unauthenticated(now)?, None)
    };
    Ok(Occasion { source: Source::Paged(Box::new(request)), certificate })
}

/// Who may vouch for those who ask.
fn roots(trust: Option<&TrustStore>, rule: &Rule) -> Vec<TrustAnchor> {
    let mut roots = trust.map(|trust| trust.registrars().to_vec()).unwrap_or_default();
    if let Rule::Anybody(others) = rule {
        roots.extend(others.iter().cloned());
    }
    roots
}

/// Design D15: a reader of driving licences that another country certified is a stranger, as one that signs nothing is. What
/// its certificate calls it is not said on.
fn stranger(object: &RequestObject, now: Timestamp) -> Option<Occasion> {
    let request = object.by_stranger(now).ok().filter(|request| licence::asks_for_mandatory_alone(request.query()))?;
    Some(Occasion { source: Source::Posted(Box::new(request)), certificate: None })
}

const fn reason(place: Place) -> RefusalReason {
    match place {
        Place::Nowhere => RefusalReason::NothingFits,
        Place::Expired => RefusalReason::DocumentExpired,
        Place::Revoked => RefusalReason::DocumentRevoked,
    }
}

fn view(
    standing: Standing,
    occasion: &Occasion,
    choices: &Choices,
    transactions: Vec<TransactionView>,
) -> ProposalView {
    let mut warnings = standing.warnings;
    warnings.extend(occasion.is_open().then_some(ProposalWarning::NotEncrypted));
    let least = choices.asks.iter().filter(|ask| ask.required).filter_map(|ask| ask.ways.first()).flatten();
    let is_seen = least.into_iter().any(|part| part.holding.copy_use.state == CopyState::SeenByOthers);
    warnings.extend(is_seen.then_some(ProposalWarning::CopyReused));
    ProposalView {
        who: standing.who,
        purposes: standing.purposes,
        purpose_stated: standing.purpose_stated,
        legal_basis: standing.legal_basis,
        asks: choices.view(),
        transactions,
        number: occasion.number(),
        warnings,
        needs_express_consent: standing.needs_express_consent,
        trust_as_of: standing.trust_as_of,
        expires_at: occasion.expires_at().map(Stamp),
    }
}
