//! Userinfo (OpenID Connect Core §5.3) and the token that opens it (RFC 6750 §2).

use core::fmt;

use mapae_jose::{Object, json};
use mapae_types::Timestamp;
use zeroize::Zeroizing;

use crate::{
    LoginId, RecordFault, Secret, UserinfoFault,
    form::Form,
    login::Grant,
    record::{self, Record},
};

const KIND: &str = "access";
/// Characters of a token at most.
const MAX_TOKEN: usize = 512;

/// An access token as it was presented; what it opens decides a store.
#[derive(Debug)]
pub struct BearerToken(Secret);

/// What an access token opens.
#[derive(Clone)]
pub struct AccessGrant {
    client_id: String,
    subject: String,
    login: LoginId,
    expires: Timestamp,
    claims: Object,
}

impl BearerToken {
    /// Reads the header `Authorization`, or the body of a POST that is a form: one of them (RFC 6750 §2.1, §2.2). A token in
    /// an address is not looked for (RFC 9700 §4.3.2).
    pub fn read(authorization: Option<&str>, form: Option<&[u8]>) -> Result<Self, UserinfoFault> {
        let form = form.map(Form::parse).transpose()?;
        let in_form = form.as_ref().map(|form| form.optional("access_token", MAX_TOKEN)).transpose()?.flatten();
        let text = match (authorization, in_form) {
            (Some(_), Some(_)) => return Err(UserinfoFault::TokenTwice),
            (Some(header), None) => in_header(header).ok_or(UserinfoFault::TokenMalformed)?,
            (None, Some(text)) => text,
            (None, None) => return Err(UserinfoFault::TokenMissing),
        };
        Ok(Self(text.to_owned().into()))
    }

    /// By what the grant is found.
    pub fn hash(&self) -> [u8; 32] {
        self.0.sha256()
    }
}

fn in_header(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim_start_matches(' ');
    // token68 (RFC 9110 §11.2).
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b);
    let fits = scheme.eq_ignore_ascii_case("Bearer") && (1..=MAX_TOKEN).contains(&token.len());
    (fits && token.bytes().all(allowed)).then_some(token)
}

impl AccessGrant {
    pub(crate) fn new(grant: Grant, expires: Timestamp) -> Self {
        let Grant { client_id, subject, login, userinfo, .. } = grant;
        Self { client_id, subject, login, expires, claims: userinfo }
    }

    /// The sign-in that it came of: with which it is withdrawn.
    pub const fn login(&self) -> LoginId {
        self.login
    }

    /// Whose it is.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Until when it is good.
    pub const fn expires(&self) -> Timestamp {
        self.expires
    }

    /// The answer: `application/json`, never to be cached. `sub` is always in it (§5.3.2).
    pub fn userinfo(&self, now: Timestamp) -> Result<Zeroizing<Vec<u8>>, UserinfoFault> {
        if now >= self.expires {
            return Err(UserinfoFault::TokenUnknown);
        }
        let mut claims = self.claims.clone();
        claims.insert("sub".to_owned(), self.subject.as_str().into());
        Ok(Zeroizing::new(json::to_vec(&claims)))
    }

    /// What a store keeps, sealed.
    pub fn to_record(&self) -> Zeroizing<Vec<u8>> {
        let members = [
            ("claims", Some(self.claims.clone().into())),
            ("client_id", Some(self.client_id.as_str().into())),
            ("expires", Some(self.expires.unix().into())),
            ("login", Some(self.login.to_string().into())),
            ("sub", Some(self.subject.as_str().into())),
        ];
        record::write(KIND, members)
    }

    /// Reads what [`AccessGrant::to_record`] wrote.
    pub fn from_record(record: &[u8]) -> Result<Self, RecordFault> {
        let mut record = Record::read(record, KIND)?;
        Ok(Self {
            claims: record.object("claims")?,
            client_id: record.text("client_id")?,
            subject: record.text("sub")?,
            login: record.text("login")?.parse()?,
            expires: record.time("expires")?,
        })
    }
}

impl fmt::Debug for AccessGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessGrant").field("login", &self.login).finish_non_exhaustive()
    }
}
