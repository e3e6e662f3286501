//! Asking by the Digital Credentials API (OpenID4VP 1.0 Appendix A): what a page hands to its browser, and what comes back.
//!
//! The browser tells the wallet where the page stands, and the wallet binds its answer to that origin instead of the client
//! identifier, so that a request that somebody relays to a page of their own is answered for that page (§A.4). The wallet's
//! half is [`BrowserCall`](crate::BrowserCall).

use mapae_dcql::DcqlQuery;
use mapae_types::{Duration, Entropy, Timestamp};
use mapae_x509::Certificate;

use super::{DraftFault, Naming, asked::Asked, signer::Signer};
use crate::uri;

mod pending;

pub use pending::PendingBrowserPresentation;

/// Identities of one request at most.
const MAX_SIGNERS: usize = 8;

/// A request by way of a browser, without what is fresh in each.
#[derive(Debug, Clone)]
pub struct BrowserDraft<'a> {
    /// Where the pages stand that ask: `https://library.example`, as browsers write an origin.
    pub origins: &'a [&'a str],
    /// Who signs it.
    pub signing: BrowserSigning<'a>,
    /// Whether the answer is encrypted, which HAIP 1.0 §5.2 wants.
    pub encrypted: bool,
    /// What is asked for.
    pub query: &'a DcqlQuery,
    /// Why, in the registered words.
    pub purpose: Option<&'a str>,
    /// How long the request holds.
    pub lifetime: Duration,
}

/// Who signs a request (§A.3).
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum BrowserSigning<'a> {
    /// Nobody: the origin is all that a wallet knows.
    Unsigned,
    /// One identity, in the compact form.
    Signed(Identity<'a>),
    /// Several, for wallets of several trust frameworks, in the JSON form.
    Multisigned(&'a [Identity<'a>]),
}

/// A name, and what proves it.
#[derive(Debug, Clone, Copy)]
pub struct Identity<'a> {
    /// The access certificate and what leads to the registrar's root, which is left out.
    pub chain: &'a [Certificate],
    /// How the verifier is named.
    pub naming: Naming<'a>,
}

/// How a request is signed, and hence its protocol (§A.1).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Unsigned,
    Signed,
    Multisigned,
}

impl Form {
    pub(super) const ALL: [Self; 3] = [Self::Unsigned, Self::Signed, Self::Multisigned];

    pub(super) const fn protocol(self) -> &'static str {
        match self {
            Self::Unsigned => "openid4vp-v1-unsigned",
            Self::Signed => "openid4vp-v1-signed",
            Self::Multisigned => "openid4vp-v1-multisigned",
        }
    }
}

impl BrowserDraft<'_> {
    /// Draws nonce and key for this one answer (HAIP 1.0 §5), and begins to wait.
    pub fn begin(&self, now: Timestamp, entropy: &mut dyn Entropy) -> Result<PendingBrowserPresentation, DraftFault> {
        let (form, signers) = self.signing.signers()?;
        if self.origins.is_empty() || !self.origins.iter().all(|origin| uri::is_origin(origin)) {
            return Err(DraftFault::OriginMalformed);
        }
        let origins = self.origins.iter().map(|&origin| origin.to_owned()).collect();
        let mut asked = Asked::new(self.query, self.encrypted, (now, now + self.lifetime), entropy)?;
        asked.purpose = self.purpose.map(str::to_owned);
        Ok(PendingBrowserPresentation { asked, form, signers, origins })
    }
}

impl BrowserSigning<'_> {
    fn signers(&self) -> Result<(Form, Vec<Signer>), DraftFault> {
        let (form, identities) = match self {
            Self::Unsigned => return Ok((Form::Unsigned, Vec::new())),
            Self::Signed(identity) => (Form::Signed, core::slice::from_ref(identity)),
            Self::Multisigned(identities) => (Form::Multisigned, *identities),
        };
        if identities.is_empty() {
            return Err(DraftFault::CertificateMissing);
        }
        if identities.len() > MAX_SIGNERS {
            return Err(DraftFault::TooManySigners { limit: MAX_SIGNERS });
        }
        let signers = identities.iter().map(|identity| identity.naming.signer(identity.chain));
        Ok((form, signers.collect::<Result<_, _>>()?))
    }
}
