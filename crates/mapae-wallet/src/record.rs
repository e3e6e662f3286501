//! Changing a card: in memory at once, and durably before the errand goes on.

use mapae_types::{Entropy as _, hex};

use crate::{
    Batch, Card, CardId, Change, HeldCopy, HeldKey, RecordName, State, Stopped, Wallet,
    error::Halt,
    store::{CARD, INSTANCE},
    task::Outside,
};

/// A card's change that is not written down yet.
pub(crate) struct Changed {
    before: Box<Card>,
    changes: Vec<Change>,
}

impl Wallet {
    /// Puts a new card in. Its id is random: it tells nothing of a person or an offer (hole 20 of the peers).
    pub(crate) async fn put_card(&self, outside: &mut Outside, card: Card) -> Result<CardId, Halt> {
        let mut random = [0; 16];
        outside.entropy.fill(&mut random)?;
        let id = CardId::new(hex::encode(&random));
        outside.write(vec![put(&id, &card)]).await?;
        self.lock().cards.insert(id.clone(), card);
        Ok(id)
    }

    /// Changes a card in memory; [`Self::keep_change`] comes next.
    pub(crate) fn change_card(
        &self,
        id: &CardId,
        change: impl FnOnce(&mut Card) -> Vec<Change>,
    ) -> Result<Changed, Halt> {
        let mut inner = self.lock();
        let card = inner.cards.get_mut(id.as_str()).ok_or(Stopped::CardUnknown)?;
        let before = Box::new(card.clone());
        let mut changes = change(card);
        changes.insert(0, put(id, card));
        Ok(Changed { before, changes })
    }

    /// Writes a card's change down. What another errand changes meanwhile stays.
    pub(crate) async fn keep_change(&self, outside: &Outside, id: &CardId, changed: Changed) -> Result<(), Halt> {
        let written = outside.write(changed.changes).await;
        if written.is_err() {
            // What is not kept is not there. A card that is gone by now stays away.
            if let Some(card) = self.lock().cards.get_mut(id.as_str()) {
                *card = *changed.before;
            }
        }
        written
    }

    /// Removes a card with its keys.
    pub(crate) async fn remove_card(&self, outside: &Outside, id: &CardId) -> Result<(), Halt> {
        let changes = {
            let inner = self.lock();
            let card = inner.cards.get(id.as_str()).ok_or(Stopped::CardUnknown)?;
            let mut changes = vec![Change::Remove(name(id))];
            changes.extend(forget(card.keys()));
            changes
        };
        outside.write(changes).await?;
        self.lock().cards.remove(id.as_str());
        Ok(())
    }

    /// The key by which the wallet provider knows this wallet, made when it is first needed.
    pub(crate) async fn instance(&self, outside: &Outside) -> Result<HeldKey, Halt> {
        let known = self.lock().instance.clone();
        if let Some(key) = known {
            return Ok(key);
        }
        let key = outside.make_key().await?;
        outside.write(vec![Change::Put(INSTANCE.to_owned(), json(&key))]).await?;
        self.lock().instance = Some(key.clone());
        Ok(key)
    }
}

/// The copies that are here, each with its key.
pub(crate) fn copies(card: &Card) -> impl Iterator<Item = (&HeldKey, &HeldCopy)> {
    let held = card.batches.iter().filter_map(|batch| Some((&batch.keys, batch.held()?)));
    held.flat_map(|(keys, held)| held.copies.iter().filter_map(|copy| Some((keys.get(copy.key)?, copy))))
}

/// The same, to note something of them.
pub(crate) fn copies_mut(card: &mut Card) -> impl Iterator<Item = (&HeldKey, &mut HeldCopy)> {
    card.batches.iter_mut().flat_map(|batch| {
        let Batch { keys, state, .. } = batch;
        let copies = match state {
            State::Held(held) => held.copies.as_mut_slice(),
            _ => &mut [],
        };
        copies.iter_mut().filter_map(|copy| Some((keys.get(copy.key)?, copy)))
    })
}

/// Keys that are never used again.
pub(crate) fn forget<'k>(keys: impl Iterator<Item = &'k HeldKey>) -> Vec<Change> {
    keys.map(|key| Change::ForgetKey(key.handle.clone())).collect()
}

pub(crate) fn put(id: &CardId, card: &Card) -> Change {
    Change::Put(name(id), json(card))
}

fn name(id: &CardId) -> RecordName {
    format!("{CARD}{}", id.as_str())
}

/// Records are structures of texts and numbers, which JSON holds always.
fn json(record: &impl serde::Serialize) -> Vec<u8> {
    mapae_jose::json::to_vec(record)
}
