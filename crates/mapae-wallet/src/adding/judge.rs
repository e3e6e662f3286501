//! What the wallet makes of its own copies: it shows each to itself, whole, and judges it as any reader would.

use mapae_crypto::{Algorithm, Signature};
use mapae_mdoc::{HeldMdoc, SessionTranscript, UnsignedResponse};
use mapae_sd_jwt::{KeyBinding, PathElement, SdJwt, UnsignedKeyBinding};
use mapae_trust::TrustStore;
use mapae_types::Timestamp;
use mapae_verify::{Binding, NotVerified, Policy, Refusal, verify};

use crate::{Batch, Format, HeldCopy, ToSign, Verdict, error::Halt, task::Outside};

const AUDIENCE: &str = "this wallet";
const NONCE: &str = "its own look";
/// For a copy that cannot even be shown.
const UNREADABLE: &str = "unreadable";

/// A copy that is shown to nobody else.
enum Shown {
    Mdoc(Box<UnsignedResponse>),
    SdJwt(Box<UnsignedKeyBinding>),
}

/// Judges all copies of a batch: the worst verdict is the batch's.
pub(super) async fn judge(trust: &TrustStore, batch: &Batch, outside: &Outside) -> Result<Verdict, Halt> {
    let now = outside.now();
    let copies = batch.held().map(|held| held.copies.as_slice()).unwrap_or_default();
    let shown: Option<Vec<(Shown, ToSign)>> = copies.iter().map(|copy| show(batch, copy, now)).collect();
    let Some(shown) = shown else { return Ok(Verdict::Refused(UNREADABLE.to_owned())) };
    let (shown, messages): (Vec<Shown>, Vec<ToSign>) = shown.into_iter().unzip();
    let signatures = outside.sign(messages).await?;
    let verdicts = shown.into_iter().zip(&signatures).map(|(shown, signature)| shown.judge(signature, trust, now));
    Ok(verdicts.max_by_key(rank).unwrap_or(Verdict::Held))
}

const fn rank(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Held => 0,
        Verdict::Undecided(_) => 1,
        Verdict::Refused(_) => 2,
    }
}

fn show(batch: &Batch, copy: &HeldCopy, now: Timestamp) -> Option<(Shown, ToSign)> {
    let key = batch.keys.get(copy.key)?.handle.clone();
    let shown = match copy.format {
        Format::Mdoc => Shown::Mdoc(Box::new(show_mdoc(&copy.bytes())?)),
        Format::SdJwt => Shown::SdJwt(Box::new(show_sd_jwt(&copy.credential, now)?)),
    };
    let message = shown.message().to_vec();
    Some((shown, ToSign { key, message }))
}

fn show_mdoc(copy: &[u8]) -> Option<UnsignedResponse> {
    let held = HeldMdoc::parse(copy).ok()?;
    let all: Vec<(&str, &str)> = held.elements().map(|element| (element.namespace, element.identifier())).collect();
    held.present(&all, &transcript()).ok()
}

fn show_sd_jwt(copy: &str, now: Timestamp) -> Option<UnsignedKeyBinding> {
    let held = SdJwt::parse(copy).ok()?;
    let all: Vec<[PathElement<'_>; 1]> = held.claims().keys().map(|name| [PathElement::Name(name)]).collect();
    let all: Vec<&[PathElement<'_>]> = all.iter().map(<[_; 1]>::as_slice).collect();
    let binding = KeyBinding { audience: AUDIENCE, nonce: NONCE, issued_at: now };
    Some(held.select(&all).ok()?.bind(Algorithm::Es256, &binding))
}

fn transcript() -> SessionTranscript {
    SessionTranscript::openid4vp(AUDIENCE, NONCE, None, AUDIENCE)
}

impl Shown {
    fn message(&self) -> &[u8] {
        match self {
            Self::Mdoc(unsigned) => unsigned.to_be_signed(),
            Self::SdJwt(unsigned) => unsigned.to_be_signed(),
        }
    }

    fn judge(self, signature: &Signature, trust: &TrustStore, now: Timestamp) -> Verdict {
        let shown = match self {
            Self::Mdoc(unsigned) => unsigned.attach(signature),
            Self::SdJwt(unsigned) => unsigned.attach(signature).into_bytes(),
        };
        let binding = Binding::new(transcript(), AUDIENCE, NONCE);
        let verified = verify(&shown, &binding, trust, now, &Policy::default());
        verified.map_or_else(|reason| verdict(&reason), |_| Verdict::Held)
    }
}

/// Old evidence is no fault of the copy's.
fn verdict(reason: &NotVerified) -> Verdict {
    let code = reason.code().to_owned();
    match reason {
        NotVerified::Refused(Refusal::EvidenceTooOld { .. }) | NotVerified::Undecided(_) => Verdict::Undecided(code),
        NotVerified::Refused(_) => Verdict::Refused(code),
    }
}
