//! A sign-in between the browser's arrival and the wallet's answer.

use core::{fmt, str::FromStr};
use std::collections::BTreeSet;

use mapae_crypto::{constant_time_eq, sha256};
use mapae_dcql::{DcqlQuery, Wanted};
use mapae_jose::Object;
use mapae_types::{Entropy, EntropyError, Timestamp, hex};
use mapae_verify::{Format, Verified, VerifiedCredential};
use zeroize::Zeroizing;

use crate::{
    Acr, AuthorizationAnswer, AuthorizationRequest, BrowserDiffers, Client, ErrorCode, Login, LoginFault, Person,
    Provider, RecordFault, Secret,
    login::Grant,
    record::{self, Record},
    subject,
};

const KIND: &str = "pending";

/// A sign-in, by a random id: `sid` in its `id_token`, and the name of everything that comes of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LoginId([u8; 16]);

/// A sign-in that waits for a wallet.
///
/// ```compile_fail
/// # fn twice(pending: mapae_oidc::PendingLogin, presented: &mapae_oidc::Presented<'_>, entropy: &mut dyn mapae_types::Entropy) {
/// let now = mapae_types::Timestamp::from_unix(0).unwrap();
/// let once = pending.complete(presented, entropy, now);
/// let twice = pending.complete(presented, entropy, now);
/// # }
/// ```
#[derive(Debug)]
pub struct PendingLogin {
    pub(crate) request: AuthorizationRequest,
    pub(crate) id: LoginId,
    pub(crate) browser: Browser,
    pub(crate) expires: Timestamp,
}

/// A sign-in that has begun.
#[derive(Debug)]
pub struct Begun {
    /// What waits.
    pub pending: PendingLogin,
    /// For a cookie (`Secure`, `HttpOnly`, `SameSite=Lax`) of the browser that began: the code goes to no other
    /// (RFC 9700 §4.7, hole 10 of the peers).
    pub cookie: Secret,
}

/// What a wallet presented.
pub struct Presented<'a> {
    /// The verified presentation: claims come out of this and of nothing else.
    pub verified: &'a Verified,
    /// A credential's claims by their names in OpenID Connect.
    pub shape: &'a dyn Fn(&VerifiedCredential) -> Object,
    /// Who it is, for clients that know people again.
    pub person: Option<Person<'a>>,
}

/// Why a sign-in ends without a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoginRefusal {
    /// The person, or the wallet, declined.
    Declined,
    /// Nothing came in time.
    TimedOut,
    /// What was presented does not hold.
    NotVerified,
    /// Somebody else than the one asked for.
    AnotherPerson,
    /// This provider cannot judge now; later it may.
    Unavailable,
    /// Something broke here.
    Internal,
}

/// A sign-in whose presentation was no answer to it.
#[derive(Debug, thiserror::Error)]
#[error("{fault}")]
pub struct FailedLogin {
    /// The sign-in, which can still be refused to its browser.
    pub pending: Box<PendingLogin>,
    /// Why.
    pub fault: LoginFault,
}

/// Why a request is not begun again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AgainFault {
    /// Another browser wants it.
    #[error(transparent)]
    Browser(#[from] BrowserDiffers),
    /// Without randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// The browser that began, by the hash of its cookie.
#[derive(Clone, Copy)]
pub(crate) struct Browser([u8; 32]);

impl AuthorizationRequest {
    /// Begins the sign-in of one browser.
    pub fn begin(self, provider: &Provider, entropy: &mut dyn Entropy, now: Timestamp) -> Result<Begun, EntropyError> {
        let mut id = [0; 16];
        entropy.fill(&mut id)?;
        let cookie = Secret::from(subject::random(entropy)?);
        let expires = now + provider.lifetimes().login;
        let browser = Browser(cookie.sha256());
        Ok(Begun { pending: PendingLogin { request: self, id: LoginId(id), browser, expires }, cookie })
    }
}

impl Provider {
    /// Reads what [`PendingLogin::to_record`] wrote. A client or an address that was removed since then is refused.
    pub fn pending_login(&self, record: &[u8]) -> Result<PendingLogin, RecordFault> {
        let record = Record::read(record, KIND)?;
        let request = self.read_kept(&record.text("form")?).map_err(|_| RecordFault::NoLongerAllowed)?;
        Ok(PendingLogin {
            request,
            id: record.text("id")?.parse()?,
            browser: Browser::read(&record)?,
            expires: record.time("expires")?,
        })
    }
}

impl PendingLogin {
    /// What a store keeps, sealed.
    pub fn to_record(&self) -> Zeroizing<Vec<u8>> {
        record::write(
            KIND,
            [
                ("browser", Some(self.browser.to_text().into())),
                ("expires", Some(self.expires.unix().into())),
                ("form", Some(self.request.form.as_str().into())),
                ("id", Some(self.id.to_string().into())),
            ],
        )
    }

    /// Its id.
    pub const fn id(&self) -> LoginId {
        self.id
    }

    /// Who asks.
    pub fn client(&self) -> &Client {
        &self.request.client
    }

    /// What the wallet is asked for.
    pub const fn query(&self) -> &DcqlQuery {
        &self.request.query
    }

    /// The level to be reached, and with it the class of use under which the presentation is judged.
    pub fn acr(&self) -> &Acr {
        &self.request.acr
    }

    /// The languages that the person prefers, as the client says.
    pub fn ui_locales(&self) -> &[String] {
        self.request.ui_locales()
    }

    /// Until when a wallet may answer.
    pub const fn expires(&self) -> Timestamp {
        self.expires
    }

    /// Whether this is the browser that began: no other is shown what the wallet is asked for (RFC 9700 §4.7).
    pub fn check_browser(&self, cookie: &str) -> Result<(), BrowserDiffers> {
        self.browser.check(cookie)
    }

    /// Takes what the wallet presented, which was judged under [`PendingLogin::acr`].
    pub fn complete(
        self,
        presented: &Presented<'_>,
        entropy: &mut dyn Entropy,
        now: Timestamp,
    ) -> Result<Login, FailedLogin> {
        match self.judge(presented, entropy, now) {
            Ok(grant) => Ok(Login::new(&self, grant)),
            Err(fault) => Err(FailedLogin { pending: Box::new(self), fault }),
        }
    }

    /// The way back without a code, for the browser that began.
    pub fn refuse(self, cookie: &str, why: LoginRefusal) -> Result<AuthorizationAnswer, BrowserDiffers> {
        self.browser.check(cookie)?;
        Ok(self.request.back.error(why.code(), Some(why.description().to_owned())))
    }

    /// The same request once more, for the browser that began: another sign-in, with time and cookie of its own.
    pub fn again(
        self,
        provider: &Provider,
        cookie: &str,
        entropy: &mut dyn Entropy,
        now: Timestamp,
    ) -> Result<Begun, AgainFault> {
        self.browser.check(cookie)?;
        Ok(self.request.begin(provider, entropy, now)?)
    }

    fn judge(&self, presented: &Presented<'_>, entropy: &mut dyn Entropy, now: Timestamp) -> Result<Grant, LoginFault> {
        if now >= self.expires {
            return Err(LoginFault::Expired);
        }
        // A sign-in is one document: two might be two persons' (hole 18 of the peers).
        let [credential] = presented.verified.credentials() else {
            return Err(LoginFault::NotOneCredential { count: presented.verified.credentials().len() });
        };
        self.check_kind(credential)?;
        let claims = (presented.shape)(credential);
        if let Some(claim) = self.client().baseline.iter().find(|name| !claims.contains_key(*name)) {
            return Err(LoginFault::ClaimMissing { claim: claim.clone() });
        }
        let subject = self.client().subject.subject(presented.person, entropy)?;
        self.check_subject(&subject)?;
        Ok(self.grant(subject, &claims, now))
    }

    fn check_kind(&self, credential: &VerifiedCredential) -> Result<(), LoginFault> {
        let kind = credential.document_type();
        let wanted = |wanted: &Wanted| match (wanted, credential.format()) {
            (Wanted::Mdoc { doctype }, Format::Mdoc) => doctype == kind,
            (Wanted::SdJwtVc { vct_values }, Format::SdJwt) => vct_values.iter().any(|vct| vct == kind),
            _ => false,
        };
        let asked = self.query().credentials().iter().any(|query| wanted(query.wanted()));
        if asked { Ok(()) } else { Err(LoginFault::DocumentNotAsked) }
    }

    fn check_subject(&self, subject: &str) -> Result<(), LoginFault> {
        match &self.request.subject {
            Some(expected) if !constant_time_eq(expected.as_bytes(), subject.as_bytes()) => {
                Err(LoginFault::AnotherPerson)
            }
            _ => Ok(()),
        }
    }

    /// Of the claims, those that were asked for, each where it was asked for.
    fn grant(&self, subject: String, claims: &Object, now: Timestamp) -> Grant {
        let asked = &self.request.asked;
        let only = |names: &BTreeSet<String>| -> Object {
            let wanted = claims.iter().filter(|(name, _)| names.contains(*name));
            wanted.map(|(name, value)| (name.clone(), value.clone())).collect()
        };
        Grant {
            client_id: self.client().id.clone(),
            redirect_uri: self.request.back.redirect_uri.clone(),
            challenge: self.request.challenge,
            nonce: self.request.nonce.clone(),
            scope: asked.scopes.join(" "),
            subject,
            acr: self.request.acr.value.clone(),
            login: self.id,
            authenticated_at: now,
            id_token: only(&asked.id_token),
            userinfo: only(&asked.userinfo),
        }
    }
}

impl Browser {
    /// Whether this is the browser that began.
    pub(crate) fn check(self, cookie: &str) -> Result<(), BrowserDiffers> {
        if constant_time_eq(&self.0, &sha256(cookie.as_bytes())) { Ok(()) } else { Err(BrowserDiffers) }
    }

    pub(crate) fn to_text(self) -> String {
        hex::encode(&self.0)
    }

    pub(crate) fn read(record: &Record) -> Result<Self, RecordFault> {
        record.hash("browser").map(Self)
    }
}

impl LoginRefusal {
    /// What the client is told.
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Declined | Self::TimedOut | Self::NotVerified => ErrorCode::AccessDenied,
            Self::AnotherPerson => ErrorCode::LoginRequired,
            Self::Unavailable => ErrorCode::TemporarilyUnavailable,
            Self::Internal => ErrorCode::ServerError,
        }
    }

    /// What whoever runs the client reads (RFC 6749 §4.1.2.1). Of the document nothing is in it: what it lacks is its holder's
    /// to know.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Declined => "no document was presented",
            Self::TimedOut => "no document was presented in time",
            Self::NotVerified => "what was presented was not accepted",
            Self::AnotherPerson => "somebody else than the person asked for came",
            Self::Unavailable => "presentations cannot be judged now",
            Self::Internal => "the provider failed",
        }
    }
}

impl From<&LoginFault> for LoginRefusal {
    fn from(fault: &LoginFault) -> Self {
        match fault {
            LoginFault::Expired => Self::TimedOut,
            LoginFault::NotOneCredential { .. } | LoginFault::DocumentNotAsked => Self::NotVerified,
            LoginFault::AnotherPerson => Self::AnotherPerson,
            LoginFault::ClaimMissing { .. } | LoginFault::PersonMissing | LoginFault::Entropy(_) => Self::Internal,
        }
    }
}

impl LoginId {
    /// Its bytes, by which a store finds it.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }
}

impl FromStr for LoginId {
    type Err = RecordFault;

    fn from_str(text: &str) -> Result<Self, RecordFault> {
        let bytes = hex::decode(text).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(RecordFault::Unreadable)
    }
}

impl fmt::Display for LoginId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for LoginId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LoginId({self})")
    }
}

impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Browser([redacted])")
    }
}

impl fmt::Debug for Presented<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presented").field("verified", self.verified).finish_non_exhaustive()
    }
}
