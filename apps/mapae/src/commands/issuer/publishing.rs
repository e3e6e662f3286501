//! Status lists and the day's count, as the settings say.

use mapae_hsm::Signer;
use mapae_http::Dice;
use mapae_issuer::{
    DocumentSigner,
    publication::{DailyJournal, JournalParts, ListSigner, PublicationConfig, PublicationParts, Publisher},
};
use mapae_trust::ledger::Fingerprint;

use super::{IssuerDir, start::Start};
use crate::{
    agency::{Agency, AgencyKey},
    authority::Authority,
    failure::Outcome,
    pinned::read_policy,
    service,
};

/// Where lists are put.
const LISTS: &str = "lists";

/// Who publishes.
pub(super) fn publisher(
    dir: &IssuerDir,
    authority: &Authority,
    signer: &DocumentSigner,
    start: &Start,
    dice: &Dice,
) -> Outcome<Publisher> {
    let publication = &dir.settings.publication;
    let config = PublicationConfig {
        dir: dir.dir().join(LISTS),
        base_url: dir.settings.base_url.clone(),
        every: publication.every,
        replica: publication.replica.clone(),
    };
    let parts = PublicationParts {
        signer: ListSigner { signer: signer.signer.clone(), chain: signer.chain.clone() },
        status_index_key: authority.status_index_key()?,
        journal: journal(dir, authority)?,
        clock: start.clock.clone(),
        dice: dice.clone(),
        notices: start.notices.clone(),
    };
    Ok(Publisher::new(config, parts)?)
}

/// Who enters the day's count, if a ledger is named.
fn journal(dir: &IssuerDir, authority: &Authority) -> Outcome<Option<DailyJournal>> {
    let ledger = &dir.settings.ledger;
    let (Some(url), Some(policy), Some(agency)) = (&ledger.url, &ledger.policy, &ledger.agency) else {
        return Ok(None);
    };
    let agency = Agency::open(&dir.path(agency))?;
    Ok(Some(DailyJournal::new(JournalParts {
        client: service::ledger(url)?,
        policy: read_policy(&dir.path(policy))?,
        issuer: Fingerprint::from(authority.newest_root()?.anchor().certificate()),
        key: Signer::software(agency.key(AgencyKey::Entries)?),
        agency: agency.id().clone(),
    })))
}
