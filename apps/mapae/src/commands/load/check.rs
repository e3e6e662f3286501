//! What phones got, looked at afterwards: bound to the right keys, and no status entry given twice. The store is asked
//! through the office, since what counts is what the issuer knows.

use std::collections::HashSet;

use anyhow::{Context as _, ensure};
use mapae_crypto::PublicKey;
use mapae_jose::{Value as Json, base64url};
use mapae_mdoc::HeldMdoc;
use mapae_sd_jwt::SdJwt;

use super::run::{Run, Tally};
use crate::{commands::office::Office, failure::Outcome};

/// People about whom the office is asked; of more, every so-manieth.
const ASKED: usize = 2_000;

/// What was looked at.
pub(super) struct Checked {
    pub(super) copies: usize,
    pub(super) people: usize,
}

/// Whose key a copy is for, and where its status stands.
type Bound = (PublicKey, (String, u64));

/// Looks at the copies that were kept, and at what the issuer knows.
pub(super) async fn all(run: &Run, tally: &Tally, office: &Office) -> Outcome<Checked> {
    let copies = copies(run, tally)?;
    let step = run.offers.len().div_ceil(ASKED).max(1);
    let mut people = 0;
    for offer in run.offers.iter().step_by(step) {
        let documents = office.get(&format!("/office/documents?person={}", offer.person)).await?;
        let documents = documents["documents"].as_array().context("the office's answer")?;
        let active = documents.iter().filter(|document| document["state"] == "active").count();
        let failed = format!("{active} active documents of one person in the store, and not 1");
        ensure_one(active, failed)?;
        people += 1;
    }
    Ok(Checked { copies, people })
}

fn ensure_one(active: usize, failed: String) -> anyhow::Result<()> {
    ensure!(active == 1, failed);
    Ok(())
}

fn copies(run: &Run, tally: &Tally) -> anyhow::Result<usize> {
    let mut statuses = HashSet::new();
    let mut copies = 0;
    for (phone, credentials) in &tally.kept {
        let keys = run.keys.copies(*phone, 0, u32::try_from(credentials.len())?)?;
        for (credential, key) in credentials.iter().zip(&keys) {
            let (holder, status) = bound(credential)?;
            ensure!(holder == *key.public(), "a copy for another key than was proven");
            ensure!(statuses.insert(status), "one status entry for two copies");
            copies += 1;
        }
    }
    Ok(copies)
}

fn bound(credential: &str) -> anyhow::Result<Bound> {
    if credential.contains('~') { sd_jwt(credential) } else { mdoc(credential) }
}

fn mdoc(credential: &str) -> anyhow::Result<Bound> {
    let bytes = base64url::decode(credential)?;
    let held = HeldMdoc::parse(&bytes)?;
    let status = held.status().context("a copy without a status")?;
    Ok((held.device_key().clone(), (status.uri.clone(), status.idx)))
}

fn sd_jwt(credential: &str) -> anyhow::Result<Bound> {
    let held = SdJwt::parse(credential)?;
    let member = |value: &Json, name: &str| value.as_object().and_then(|object| object.get(name)).cloned();
    let list = held.claims().get("status").and_then(|status| member(status, "status_list"));
    let list = list.context("a copy without a status")?;
    let uri =
        member(&list, "uri").and_then(|uri| uri.as_str().map(str::to_owned)).context("a status without a list")?;
    let idx = member(&list, "idx").and_then(|idx| idx.as_u64()).context("a status without an index")?;
    Ok((held.holder().public_key().clone(), (uri, idx)))
}
