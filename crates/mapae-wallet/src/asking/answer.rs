//! The holder's answer: made of copies that were chosen by design D7, written down, and then sent.
//!
//! What is written before anything leaves: that these copies were shown and to whom, the line of the history, the mark
//! against a second answer, and the answer itself until it has arrived. Where an answer may have been lost, the same bytes
//! are sent again: nothing new is disclosed, and no other copy is used up.

use std::{collections::BTreeMap, sync::Arc};

use mapae_dcql::QueryId;
use mapae_oid4vp::{AnswerFault, Answered as Arrived, OAuthError, Presentation, TransactionData};
use mapae_types::{Timestamp, http::HttpRequest};

use super::{
    Handed, Prepared, Shared,
    book::Made,
    error::AnswerError,
    kept::KeptAnswer,
    occasion::{Source, is_over},
    present::Unsigned,
    proposal::{Consent, Proposal, ProposalView, VerifiedBy},
    standing::Standing,
};
use crate::{
    CardId, HistoryLine, KeyHandle, Outcome, SharedDocument, Stamp, ToSign, Wallet, Words, choosing::Part, error::Halt,
    history::new_id, task::Outside,
};

impl Wallet {
    /// Makes, writes down and sends an answer.
    pub(super) async fn share(
        &self,
        outside: &mut Outside,
        proposal: &Proposal,
        consent: &Consent,
    ) -> Result<Shared, Halt> {
        let id = self.keep(outside, proposal, consent, Outcome::Unanswered).await?;
        self.deliver(outside, id).await
    }

    /// Makes an answer and writes it down, to be sent later.
    pub(super) async fn put_by(
        &self,
        outside: &mut Outside,
        proposal: &Proposal,
        consent: &Consent,
    ) -> Result<Prepared, Halt> {
        let id = self.keep(outside, proposal, consent, Outcome::Prepared).await?;
        Ok(Prepared { id })
    }

    /// Makes an answer and writes down that it was given, for whoever hands it over.
    pub(super) async fn hand_over(
        &self,
        outside: &mut Outside,
        proposal: &Proposal,
        consent: &Consent,
    ) -> Result<Handed, Halt> {
        let made = self.signed(outside, proposal, consent, Outcome::Shared).await?;
        let presentations = made.presentations.iter().map(|(part, one)| (part.query.clone(), bytes(one))).collect();
        let for_page = match &proposal.occasion.source {
            Source::Paged(request) => {
                let answers = by_query(proposal, &made.presentations);
                Some(request.answer(answers, &mut outside.entropy).map_err(AnswerError::from)?)
            }
            _ => None,
        };
        let history = made.line.id.clone();
        self.book(outside, proposal, made, None).await?;
        Ok(Handed { history, presentations, for_page })
    }

    async fn keep(
        &self,
        outside: &mut Outside,
        proposal: &Proposal,
        consent: &Consent,
        outcome: Outcome,
    ) -> Result<String, Halt> {
        let Source::Posted(request) = &proposal.occasion.source else { return Err(AnswerError::HandedOnly.into()) };
        let made = self.signed(outside, proposal, consent, outcome).await?;
        let answers = by_query(proposal, &made.presentations);
        let answer = request.answer(answers, &mut outside.entropy).map_err(AnswerError::from)?;
        let (id, kept) = (made.line.id.clone(), KeptAnswer::new(&answer, request.expires()));
        self.book(outside, proposal, made, Some(kept)).await?;
        Ok(id)
    }

    /// Signs what the holder chose. Nothing is written yet, and nothing leaves.
    async fn signed(
        &self,
        outside: &mut Outside,
        proposal: &Proposal,
        consent: &Consent,
        outcome: Outcome,
    ) -> Result<Made, Halt> {
        let parts = chosen(proposal, consent)?;
        if proposal.view.needs_express_consent && !consent.express {
            return Err(AnswerError::NotExpress.into());
        }
        self.check_open(proposal, outside.now())?;
        let (mut unsigned, mut messages) = (Vec::new(), Vec::new());
        for (part, authorised) in parts.iter().zip(authorised(proposal, &parts)?) {
            let copy = self.lock().copy_of(part, proposal.view.who.mark())?;
            let one = Unsigned::new(&copy, &part.paths, (&proposal.occasion, &authorised), outside.now())?;
            messages.push(ToSign { key: part.holding.key.handle.clone(), message: one.to_be_signed().to_vec() });
            unsigned.push(one);
        }
        let signatures = outside.sign(messages).await?;
        let signed = unsigned.into_iter().zip(&signatures).map(|(one, signature)| one.attach(signature));
        let line = line(new_id(outside)?, outside.now(), proposal, &parts, outcome);
        let shown = shown(&parts);
        Ok(Made { line, shown, presentations: parts.into_iter().zip(signed).collect() })
    }

    /// What was so when the holder was asked: reading may have taken a minute, and signing another.
    fn check_open(&self, proposal: &Proposal, now: Timestamp) -> Result<(), AnswerError> {
        let occasion = &proposal.occasion;
        let trust = self.lock().trust.clone();
        if let Some(trust) = trust.filter(|_| proposal.is_strict) {
            let judged = Standing::judge(occasion, &trust, now);
            judged.map_err(|refusal| AnswerError::Refused { code: refusal.code() })?;
        }
        if is_over(occasion.expires_at(), now) {
            return Err(AnswerError::Expired);
        }
        let is_answered = self.lock().answered.has(occasion.client_id(), occasion.nonce());
        if is_answered { Err(AnswerError::Replayed) } else { Ok(()) }
    }

    async fn book(
        &self,
        outside: &Outside,
        proposal: &Proposal,
        made: Made,
        kept: Option<KeptAnswer>,
    ) -> Result<(), Halt> {
        self.check_open(proposal, outside.now())?;
        // Another answer may have used a copy up while this one was signed.
        let them = proposal.view.who.mark();
        made.presentations.iter().try_for_each(|(part, _)| self.lock().copy_of(part, them).map(drop))?;
        let changes = self.lock().enter(proposal, &made, kept, outside.now());
        let written = outside.write(changes).await;
        if written.is_err() {
            self.lock().undo(proposal, &made);
        }
        written
    }

    /// Sends an answer that is written down.
    pub(super) async fn send_again(&self, outside: &Outside, id: String) -> Result<Shared, Halt> {
        let over = self.lock().prepared.get(&id).ok_or(AnswerError::NotPrepared)?.is_over(outside.now());
        if over {
            return Err(AnswerError::Expired.into());
        }
        let line = self.lock().outcome(&id, Outcome::Unanswered);
        outside.write(line).await?;
        self.deliver(outside, id).await
    }

    async fn deliver(&self, outside: &Outside, id: String) -> Result<Shared, Halt> {
        let request = self.lock().prepared.get(&id).ok_or(AnswerError::NotPrepared)?.request();
        let url = request.url.clone();
        // No answer: they may have it. The line says so, and the answer is kept to be sent again.
        let response = outside.send(request).await?;
        let arrived = Arrived::receive(&response);
        let is_final = arrived.is_ok() || response.status < 500;
        let outcome = if arrived.is_ok() { Outcome::Shared } else { Outcome::Failed { status: response.status } };
        let changes = self.lock().settle(&id, outcome, is_final);
        // They have it, whether or not that is written: the line of before says that they may.
        let _ = outside.write(changes).await;
        match arrived {
            Ok(arrived) => Ok(Shared { history: id, redirect_uri: arrived.redirect_uri().map(str::to_owned) }),
            Err(AnswerFault::Refused { status }) => Err(AnswerError::NotTaken { host: host(&url), status }.into()),
            Err(fault) => Err(AnswerError::from(fault).into()),
        }
    }

    /// Notes that the holder said no, and tells a relying party that is registered.
    pub(super) async fn refuse(&self, outside: &mut Outside, proposal: &Proposal) -> Result<Shared, Halt> {
        let least = chosen(proposal, &proposal.least()).unwrap_or_default();
        let line = line(new_id(outside)?, outside.now(), proposal, &least, Outcome::Declined);
        let history = line.id.clone();
        outside.write(vec![line.put()]).await?;
        self.lock().history.insert(history.clone(), line);
        let Some(request) = no(outside, proposal)? else { return Ok(Shared { history, redirect_uri: None }) };
        // Whether they hear it changes nothing.
        let answer = outside.send(request).await.ok().and_then(|response| Arrived::receive(&response).ok());
        let redirect_uri = answer.and_then(|answer| answer.redirect_uri().map(str::to_owned));
        Ok(Shared { history, redirect_uri })
    }
}

/// What tells a relying party that the holder said no. A stranger is told nothing.
fn no(outside: &mut Outside, proposal: &Proposal) -> Result<Option<HttpRequest>, AnswerError> {
    let is_known = proposal.view.who.verified_by == VerifiedBy::Registration;
    match &proposal.occasion.source {
        Source::Posted(request) if is_known => {
            Ok(Some(request.refuse(OAuthError::AccessDenied, &mut outside.entropy)?))
        }
        _ => Ok(None),
    }
}

/// The parts that the holder chose, one for each credential query.
fn chosen(proposal: &Proposal, consent: &Consent) -> Result<Vec<Arc<Part>>, AnswerError> {
    let asks = &proposal.choices.asks;
    if consent.chosen.len() != asks.len() {
        return Err(AnswerError::ConsentForeign);
    }
    let mut parts: Vec<Arc<Part>> = Vec::new();
    for (ask, choice) in asks.iter().zip(&consent.chosen) {
        let way = match choice {
            Some(place) => ask.ways.get(*place).ok_or(AnswerError::ConsentForeign)?,
            None if ask.required => return Err(AnswerError::ConsentForeign),
            None => continue,
        };
        let new = way.iter().filter(|part| !parts.iter().any(|other| other.query == part.query)).cloned();
        let new: Vec<Arc<Part>> = new.collect();
        parts.extend(new);
    }
    if parts.is_empty() { Err(AnswerError::ConsentForeign) } else { Ok(parts) }
}

/// What each part authorises. §5.1: one credential authorises a transaction, and no more than one.
fn authorised<'p>(proposal: &'p Proposal, parts: &[Arc<Part>]) -> Result<Vec<Vec<&'p TransactionData>>, AnswerError> {
    let mut all = vec![Vec::new(); parts.len()];
    for one in proposal.occasion.transactions() {
        let by = parts.iter().position(|part| part.authorises(one)).ok_or(AnswerError::ConsentForeign)?;
        all[by].push(one);
    }
    Ok(all)
}

fn by_query(proposal: &Proposal, presentations: &[(Arc<Part>, Presentation)]) -> BTreeMap<QueryId, Vec<Presentation>> {
    let mut answers: BTreeMap<QueryId, Vec<Presentation>> = BTreeMap::new();
    for (part, one) in presentations {
        if let Some(query) = proposal.occasion.query().credential(&part.query) {
            answers.entry(query.id().clone()).or_default().push(one.clone());
        }
    }
    answers
}

/// Two queries may be answered by one copy: it is shown once.
fn shown(parts: &[Arc<Part>]) -> Vec<(CardId, KeyHandle)> {
    let mut shown: Vec<(CardId, KeyHandle)> =
        parts.iter().map(|part| (part.holding.card.clone(), part.holding.key.handle.clone())).collect();
    shown.sort_unstable();
    shown.dedup();
    shown
}

fn line(id: String, now: Timestamp, proposal: &Proposal, parts: &[Arc<Part>], outcome: Outcome) -> HistoryLine {
    let document = |part: &Arc<Part>| SharedDocument {
        document: part.holding.title.clone(),
        elements: distinct(part.elements.iter().map(|element| element.label.clone())),
    };
    let ProposalView { who, purposes, transactions, .. } = proposal.view.clone();
    let documents = parts.iter().map(document).collect();
    HistoryLine { id, at: Stamp(now), who, purposes, documents, transactions, outcome }
}

fn distinct(words: impl Iterator<Item = Words>) -> Vec<Words> {
    words.fold(Vec::new(), |mut all, one| {
        if !all.contains(&one) {
            all.push(one);
        }
        all
    })
}

fn bytes(presentation: &Presentation) -> Vec<u8> {
    match presentation {
        Presentation::DeviceResponse(bytes) => bytes.clone(),
        Presentation::SdJwt(text) => text.clone().into_bytes(),
        _ => Vec::new(),
    }
}

fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned()
}
