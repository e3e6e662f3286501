//! What follows: revocations and renewals.

use std::sync::Arc;

use mapae_document::{LifeEvent, LifeState};
use mapae_types::PersonId;

use super::{EventKind, Follower, RegisterHost, error::RegisterError, follow::Reading};
use crate::store::{Application, Applied, Changed, Channel, DocumentRecord, IssuerStore};

impl Follower {
    /// Revokes what the person has of this document, or is about to get.
    pub(super) async fn revoke<H: RegisterHost>(
        &self,
        reading: &mut Reading<'_, H>,
        person: &PersonId,
        kind: EventKind,
        rule: &str,
    ) -> Result<(), RegisterError> {
        let (store, reason) = (reading.host.store(), format!("register: {rule}"));
        for document in self.documents_of(&**reading.host, person).await? {
            if document.state.slot().is_none() {
                continue;
            }
            let now = reading.host.now()?;
            if let Changed::Done(_) = store.change(document.id, LifeEvent::Revoke, Some(&reason), now).await? {
                self.followed(reading, kind)?;
            }
        }
        Ok(())
    }

    async fn documents_of<H: RegisterHost>(
        &self,
        host: &H,
        person: &PersonId,
    ) -> Result<Vec<DocumentRecord>, RegisterError> {
        let mut documents = host.store().documents_of(person).await?;
        documents.retain(|document| document.name == *self.document.name());
        Ok(documents)
    }

    /// A renewal of who has the document: it waits for its offer from now on, whatever happens to us.
    pub(super) async fn mark<H: RegisterHost>(
        &self,
        host: &Arc<H>,
        person: &PersonId,
    ) -> Result<Option<DocumentRecord>, RegisterError> {
        let documents = self.documents_of(&**host, person).await?;
        if !documents.iter().any(|document| document.state == LifeState::Active) {
            return Ok(None);
        }
        let now = host.now()?;
        let Ok(id) = host.new_document(now) else { return Err(RegisterError::TaskDied) };
        let application = Application {
            id,
            person: person.clone(),
            name: self.document.name().clone(),
            channel: Channel::Office,
            urgency: 0,
            // Whoever has the document was identified for it.
            identified: true,
            held: false,
            at: now,
        };
        match host.store().apply(&application).await? {
            Applied::Done(record) | Applied::Pending(record) => Ok(Some(record)),
        }
    }

    /// Offers renewals, and those for which it failed before. What fails again is tried at the next reading.
    pub(super) async fn offer<H: RegisterHost>(
        &mut self,
        reading: &mut Reading<'_, H>,
        renewals: Vec<DocumentRecord>,
    ) -> Result<(), RegisterError> {
        let waiting: Vec<DocumentRecord> = self.unoffered.drain(..).chain(renewals).collect();
        for record in waiting {
            match reading.host.renew(&record).await {
                Ok(()) => self.followed(reading, EventKind::Renewal)?,
                Err(fault) => {
                    tracing::warn!(document = %record.id, code = fault.problem().code(), "a renewal was not offered");
                    self.unoffered.push(record);
                }
            }
        }
        Ok(())
    }

    fn followed<H: RegisterHost>(&self, reading: &mut Reading<'_, H>, kind: EventKind) -> Result<(), RegisterError> {
        let took = reading.since.age_at(reading.host.now()?);
        if !self.measures.followed(kind, took, self.rules.targets.of(kind)) {
            reading.round.late += 1;
            tracing::warn!(kind = kind.name(), seconds = took.as_seconds(), "a register was followed too late");
        }
        reading.round.events.push(kind);
        Ok(())
    }
}
