//! People who are no longer in the register. One may leave, and so may a hundred in a year; if a large part is gone at
//! once, the register was cut off, and nothing follows but an alarm.

use mapae_types::PersonId;

use super::{EventKind, Follower, RegisterHost, error::RegisterError, follow::Reading};
use crate::store::IssuerStore;

/// People of a page.
const PAGE: u32 = 1000;

/// So many may always go: of a small register they would be a large part.
const FEW: u64 = 10;

/// The reason that stands with the document.
const RULE: &str = "left_register";

impl Follower {
    pub(super) async fn vanished<H: RegisterHost>(&self, reading: &mut Reading<'_, H>) -> Result<(), RegisterError> {
        // Somebody whose id could not be read would count as gone.
        if reading.round.incomplete {
            return Ok(());
        }
        let (known, vanished) = self.count(reading).await?;
        let allowed = (known.saturating_mul(self.rules.vanished_percent.into()) / 100).max(FEW);
        if vanished > allowed && self.rules.vanished_percent < 100 {
            return Err(RegisterError::Vanished { vanished, known });
        }
        if vanished > 0 { self.remove(reading).await } else { Ok(()) }
    }

    async fn count<H: RegisterHost>(&self, reading: &Reading<'_, H>) -> Result<(u64, u64), RegisterError> {
        let (mut known, mut vanished, mut after) = (0, 0, None);
        loop {
            let page = self.people(reading, after.as_ref()).await?;
            known += page.len() as u64;
            vanished += page.iter().filter(|person| self.is_gone(reading, person)).count() as u64;
            let Some(last) = page.into_iter().next_back() else { return Ok((known, vanished)) };
            after = Some(last);
        }
    }

    async fn remove<H: RegisterHost>(&self, reading: &mut Reading<'_, H>) -> Result<(), RegisterError> {
        let mut after = None;
        loop {
            let page = self.people(reading, after.as_ref()).await?;
            let Some(last) = page.last().cloned() else { return Ok(()) };
            let gone: Vec<PersonId> = page.into_iter().filter(|person| self.is_gone(reading, person)).collect();
            for person in &gone {
                self.revoke(reading, person, EventKind::LeftRegister, RULE).await?;
            }
            if !gone.is_empty() {
                let now = reading.host.now()?;
                reading.round.removed += reading.host.store().remove(self.document.name(), &gone, now).await?;
            }
            after = Some(last);
        }
    }

    async fn people<H: RegisterHost>(
        &self,
        reading: &Reading<'_, H>,
        after: Option<&PersonId>,
    ) -> Result<Vec<PersonId>, RegisterError> {
        Ok(reading.host.store().people(self.document.name(), after, PAGE).await?)
    }

    fn is_gone<H>(&self, reading: &Reading<'_, H>, person: &PersonId) -> bool {
        !reading.seen.contains(&self.key(person))
    }
}
