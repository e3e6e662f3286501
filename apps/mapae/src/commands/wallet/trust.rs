//! What the wallet makes of its own copies: it shows each to itself, whole, and judges it as any reader would.

use std::path::PathBuf;

use clap::Args;
use mapae_crypto::{Algorithm, SigningKey};
use mapae_mdoc::{HeldMdoc, SessionTranscript};
use mapae_sd_jwt::{KeyBinding, PathElement, SdJwt};
use mapae_trust::{Bundle, TrustStore};
use mapae_types::Timestamp;
use mapae_verify::{Binding, NotVerified, Policy, Refusal, verify};

use super::card::{Batch, Format, HeldCopy, Verdict};
use crate::{
    commands::bundle::anchor,
    failure::{Failure, OrUsage as _, Outcome},
    files,
    pinned::AnchorArgs,
};

const AUDIENCE: &str = "this wallet";
const NONCE: &str = "its own look";

/// By what copies are judged.
#[derive(Args)]
pub(crate) struct TrustArgs {
    /// The trust bundle by which to judge what the issuer sends; without it nothing is judged
    #[arg(long, env = "MAPAE_BUNDLE")]
    bundle: Option<PathBuf>,
    #[command(flatten)]
    anchor: AnchorArgs,
}

impl TrustArgs {
    /// Reads the bundle, which must prove itself before anything is asked for.
    pub(super) fn read(&self) -> Outcome<Option<TrustStore>> {
        let Some(path) = &self.bundle else { return Ok(None) };
        let unusable = || format!("{} is not a bundle to rely on", path.display());
        let bundle = Bundle::parse(files::read(path).map_err(Failure::Usage)?).or_usage(unusable)?;
        let (pinned, claimed) = (self.anchor.pinned()?, bundle.sealed_by().clone());
        Ok(Some(bundle.verify(anchor(pinned.as_ref(), &claimed)?).or_usage(unusable)?))
    }
}

/// Judges all copies of a batch: the worst verdict is the batch's.
pub(super) fn judge(store: &TrustStore, batch: &Batch, now: Timestamp) -> anyhow::Result<Verdict> {
    let mut worst = Verdict::Held;
    for copy in batch.held().map(|held| held.copies.as_slice()).unwrap_or_default() {
        match judge_copy(store, copy, &batch.keys[copy.key].0, now)? {
            Verdict::Held => {}
            refused @ Verdict::Refused(_) => return Ok(refused),
            undecided @ Verdict::Undecided(_) => worst = undecided,
        }
    }
    Ok(worst)
}

fn judge_copy(store: &TrustStore, copy: &HeldCopy, key: &SigningKey, now: Timestamp) -> anyhow::Result<Verdict> {
    let transcript = || SessionTranscript::openid4vp(AUDIENCE, NONCE, None, AUDIENCE);
    let shown = match copy.format {
        Format::Mdoc => show_mdoc(&copy.bytes()?, key, &transcript())?,
        Format::SdJwt => show_sd_jwt(&copy.credential, key, now)?,
    };
    let binding = Binding::new(transcript(), AUDIENCE, NONCE);
    Ok(verify(&shown, &binding, store, now, &Policy::default())
        .map_or_else(|reason| verdict(&reason), |_| Verdict::Held))
}

/// Old evidence is no fault of the copy's.
fn verdict(reason: &NotVerified) -> Verdict {
    let code = reason.code().to_owned();
    match reason {
        NotVerified::Refused(Refusal::EvidenceTooOld { .. }) | NotVerified::Undecided(_) => Verdict::Undecided(code),
        NotVerified::Refused(_) => Verdict::Refused(code),
    }
}

fn show_mdoc(copy: &[u8], key: &SigningKey, transcript: &SessionTranscript) -> anyhow::Result<Vec<u8>> {
    let held = HeldMdoc::parse(copy)?;
    let all: Vec<(&str, &str)> = held.elements().map(|element| (element.namespace, element.identifier())).collect();
    let unsigned = held.present(&all, transcript)?;
    let signature = key.sign(unsigned.to_be_signed())?;
    Ok(unsigned.attach(&signature))
}

fn show_sd_jwt(copy: &str, key: &SigningKey, now: Timestamp) -> anyhow::Result<Vec<u8>> {
    let held = SdJwt::parse(copy)?;
    let all: Vec<[PathElement<'_>; 1]> = held.claims().keys().map(|name| [PathElement::Name(name)]).collect();
    let all: Vec<&[PathElement<'_>]> = all.iter().map(<[_; 1]>::as_slice).collect();
    let binding = KeyBinding { audience: AUDIENCE, nonce: NONCE, issued_at: now };
    let unsigned = held.select(&all)?.bind(Algorithm::Es256, &binding);
    let signature = key.sign(unsigned.to_be_signed())?;
    Ok(unsigned.attach(&signature).into_bytes())
}
