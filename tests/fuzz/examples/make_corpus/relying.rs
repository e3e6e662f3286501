//! Seeds of what foreign readers and relying parties bring.

use std::error::Error;

use mapae_cose::Sign1;
use mapae_fuzz::parties::{PROVIDER, now, parties};
use mapae_trust::{NewVical, NewVicalEntry};
use mapae_types::Duration;

use crate::{Seed, entries};

pub(crate) fn seeds() -> Result<Vec<Seed>, Box<dyn Error>> {
    let list = NewVical {
        provider: PROVIDER.to_owned(),
        date: now() - Duration::hours(1),
        issue_id: 7,
        next_update: now() + Duration::days(30),
        entries: vec![NewVicalEntry {
            root: parties().root.clone(),
            doc_types: vec!["org.iso.18013.5.1.mDL".to_owned()],
        }],
    };
    let signer = &parties().vical_signer;
    let unsigned = list.prepare(&signer.certificate, &[])?;
    let signature = signer.key.sign(unsigned.to_be_signed())?;
    let file = unsigned.attach(&signature);
    let payload = Sign1::parse(&file)?.unverified_payload().ok_or("nothing here is detached")?.to_vec();
    Ok(vec![
        ("vical", "one-issuer", file),
        ("vical_payload", "one-issuer", payload),
        ("registration", "shop", entries::registration()?.to_bytes()),
    ])
}
