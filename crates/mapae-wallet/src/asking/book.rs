//! What the wallet writes down of an answer, in memory and as changes of its records.
//!
//! Memory comes first: of two answers on their way at once, the second sees what the first uses up. What was not written
//! is taken back.

use std::sync::Arc;

use mapae_oid4vp::Presentation;
use mapae_types::Timestamp;

use super::{error::AnswerError, kept::KeptAnswer, proposal::Proposal};
use crate::{
    CardId, Change, HeldCopy, HistoryLine, KeyHandle, Outcome,
    choosing::{Part, state_of},
    record,
    wallet::Inner,
};

/// An answer that is made and not yet written down.
pub(super) struct Made {
    pub(super) line: HistoryLine,
    /// The copies that it shows.
    pub(super) shown: Vec<(CardId, KeyHandle)>,
    pub(super) presentations: Vec<(Arc<Part>, Presentation)>,
}

impl Inner {
    /// The copy of a part, if it is still what the holder was told.
    pub(super) fn copy_of(&self, part: &Part, them: &str) -> Result<HeldCopy, AnswerError> {
        let holding = &part.holding;
        let card = self.cards.get(holding.card.as_str()).ok_or(AnswerError::CardGone)?;
        let copy = record::copies(card).find(|(key, _)| key.handle == holding.key.handle).map(|(_, copy)| copy);
        match copy {
            None => Err(AnswerError::CardGone),
            Some(copy) if state_of(copy, them) != holding.copy_use.state => Err(AnswerError::ProposalOld),
            Some(copy) => Ok(copy.clone()),
        }
    }

    /// Enters an answer in memory, and says what is to be written.
    pub(super) fn enter(
        &mut self,
        proposal: &Proposal,
        made: &Made,
        kept: Option<KeptAnswer>,
        now: Timestamp,
    ) -> Vec<Change> {
        let (occasion, id) = (&proposal.occasion, &made.line.id);
        let mut changes = self.drop_overdue(now);
        self.answered.note(occasion.client_id(), occasion.nonce(), occasion.expires_at(), now);
        changes.extend([self.answered.put(), made.line.put()]);
        self.history.insert(id.clone(), made.line.clone());
        if let Some(kept) = kept {
            changes.push(kept.put(id));
            self.prepared.insert(id.clone(), kept);
        }
        let them = proposal.view.who.mark();
        self.mark(made, |marks| marks.push(them.to_owned()));
        // Sorted: copies of one card stand together.
        let mut cards: Vec<&CardId> = made.shown.iter().map(|(card, _)| card).collect();
        cards.dedup();
        changes.extend(cards.into_iter().filter_map(|id| Some(record::put(id, self.cards.get(id.as_str())?))));
        changes
    }

    /// What was not written did not happen.
    pub(super) fn undo(&mut self, proposal: &Proposal, made: &Made) {
        self.answered.forget(proposal.occasion.client_id(), proposal.occasion.nonce());
        self.history.remove(&made.line.id);
        self.prepared.remove(&made.line.id);
        self.mark(made, |marks| drop(marks.pop()));
    }

    fn mark(&mut self, made: &Made, change: impl Fn(&mut Vec<String>)) {
        for (card, key) in &made.shown {
            let card = self.cards.get_mut(card.as_str()).into_iter();
            for (_, copy) in card.flat_map(record::copies_mut).filter(|(held, _)| held.handle == *key) {
                change(&mut copy.shown_to);
            }
        }
    }

    /// Answers that nobody takes any more.
    fn drop_overdue(&mut self, now: Timestamp) -> Vec<Change> {
        let over: Vec<String> =
            self.prepared.iter().filter(|(_, kept)| kept.is_over(now)).map(|(id, _)| id.clone()).collect();
        self.prepared.retain(|id, _| !over.contains(id));
        over.iter().map(|id| KeptAnswer::remove(id)).collect()
    }

    pub(super) fn outcome(&mut self, id: &str, outcome: Outcome) -> Vec<Change> {
        let line = self.history.get_mut(id);
        line.map(|line| {
            line.outcome = outcome;
            line.put()
        })
        .into_iter()
        .collect()
    }

    pub(super) fn settle(&mut self, id: &str, outcome: Outcome, is_final: bool) -> Vec<Change> {
        let mut changes = self.outcome(id, outcome);
        if is_final && self.prepared.remove(id).is_some() {
            changes.push(KeptAnswer::remove(id));
        }
        changes
    }
}
