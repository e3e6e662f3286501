//! A sign-in whose person is known, until the browser that began comes for its code.

use core::fmt;

use mapae_jose::Object;
use mapae_types::{Entropy, Timestamp};
use zeroize::Zeroizing;

use crate::{
    AuthorizationAnswer, BrowserDiffers, Code, LoginFault, LoginId, PendingLogin, PkceChallenge, Provider, RecordFault,
    Secret,
    answer::WayBack,
    pending::Browser,
    record::{self, Record, members_of},
    subject,
};

const KIND: &str = "login";

/// A sign-in that a verified presentation answered. Only [`PendingLogin::complete`] makes one.
pub struct Login {
    back: WayBack,
    browser: Browser,
    expires: Timestamp,
    grant: Grant,
}

/// A code, on its way to the browser and to a store.
#[derive(Debug)]
pub struct IssuedCode {
    /// For the browser.
    pub answer: AuthorizationAnswer,
    /// SHA-256 of the code's text, by which a token request finds it.
    pub hash: [u8; 32],
    /// What to keep under that hash, and to mark as used when it is: until the tokens have expired.
    pub code: Code,
}

/// Everything that tokens are made of.
#[derive(Clone)]
pub(crate) struct Grant {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: Option<PkceChallenge>,
    pub(crate) nonce: Option<String>,
    pub(crate) scope: String,
    pub(crate) subject: String,
    pub(crate) acr: String,
    pub(crate) login: LoginId,
    pub(crate) authenticated_at: Timestamp,
    pub(crate) id_token: Object,
    pub(crate) userinfo: Object,
}

impl Login {
    pub(crate) fn new(pending: &PendingLogin, grant: Grant) -> Self {
        let (back, browser) = (pending.request.back.clone(), pending.browser);
        Self { back, browser, expires: pending.expires, grant }
    }

    /// Its id.
    pub const fn id(&self) -> LoginId {
        self.grant.login
    }

    /// What a store keeps, sealed.
    pub fn to_record(&self) -> Zeroizing<Vec<u8>> {
        let members = [
            ("browser", Some(self.browser.to_text().into())),
            ("expires", Some(self.expires.unix().into())),
            ("form_post", self.back.form_post.then(|| "yes".into())),
            ("grant", Some(self.grant.to_object().into())),
            ("issuer", Some(self.back.issuer.as_str().into())),
            ("state", self.back.state.as_deref().map(Into::into)),
        ];
        record::write(KIND, members)
    }

    /// Reads what [`Login::to_record`] wrote.
    pub fn from_record(record: &[u8]) -> Result<Self, RecordFault> {
        let mut record = Record::read(record, KIND)?;
        let grant = Grant::read(record.object("grant")?)?;
        let back = WayBack {
            redirect_uri: grant.redirect_uri.clone(),
            state: record.optional("state")?,
            form_post: record.optional("form_post")?.is_some(),
            issuer: record.text("issuer")?,
        };
        Ok(Self { back, browser: Browser::read(&record)?, expires: record.time("expires")?, grant })
    }

    /// The code, for the browser that began and no other (RFC 9700 §4.7). A store notes that this sign-in has its code.
    pub fn issue(
        self,
        provider: &Provider,
        cookie: &str,
        entropy: &mut dyn Entropy,
        now: Timestamp,
    ) -> Result<IssuedCode, IssueFault> {
        self.browser.check(cookie)?;
        if now >= self.expires {
            return Err(LoginFault::Expired.into());
        }
        let code = Secret::from(subject::random(entropy).map_err(LoginFault::from)?);
        let answer = self.back.code(&code);
        let expires = now + provider.lifetimes().code;
        Ok(IssuedCode { answer, hash: code.sha256(), code: Code::new(self.grant, expires) })
    }
}

/// Why a code is not given out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IssueFault {
    /// Another browser came for it.
    #[error(transparent)]
    Browser(#[from] BrowserDiffers),
    /// Too late, or without randomness.
    #[error(transparent)]
    Login(#[from] LoginFault),
}

impl Grant {
    pub(crate) fn to_object(&self) -> Object {
        members_of([
            ("acr", Some(self.acr.as_str().into())),
            ("auth_time", Some(self.authenticated_at.unix().into())),
            ("challenge", self.challenge.map(|challenge| challenge.to_string().into())),
            ("client_id", Some(self.client_id.as_str().into())),
            ("id_token", Some(self.id_token.clone().into())),
            ("login", Some(self.login.to_string().into())),
            ("nonce", self.nonce.as_deref().map(Into::into)),
            ("redirect_uri", Some(self.redirect_uri.as_str().into())),
            ("scope", Some(self.scope.as_str().into())),
            ("sub", Some(self.subject.as_str().into())),
            ("userinfo", Some(self.userinfo.clone().into())),
        ])
    }

    pub(crate) fn read(object: Object) -> Result<Self, RecordFault> {
        let mut record = Record::of(object);
        let challenge = record.optional("challenge")?.map(|text| PkceChallenge::parse(&text)).transpose();
        Ok(Self {
            client_id: record.text("client_id")?,
            redirect_uri: record.text("redirect_uri")?,
            challenge: challenge.map_err(|_| RecordFault::Unreadable)?,
            nonce: record.optional("nonce")?,
            scope: record.text("scope")?,
            subject: record.text("sub")?,
            acr: record.text("acr")?,
            login: record.text("login")?.parse()?,
            authenticated_at: record.time("auth_time")?,
            id_token: record.object("id_token")?,
            userinfo: record.object("userinfo")?,
        })
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("id", &self.grant.login).finish_non_exhaustive()
    }
}
