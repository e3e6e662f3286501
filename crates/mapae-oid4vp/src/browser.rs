//! The wallet's half of the Digital Credentials API (OpenID4VP 1.0 Appendix A).
//!
//! A browser or an operating system calls the wallet with a request, and says at which origin the page stands that made it. The
//! answer is bound to that origin and goes back the way that the request came. Left out: how a wallet is called, which each
//! platform has of its own; a page cannot be a wallet there.

use core::fmt;
use std::collections::BTreeMap;

use mapae_dcql::{DcqlQuery, QueryId};
use mapae_jose::{Object, Value, json};
use mapae_mdoc::SessionTranscript;
use mapae_types::{Entropy, Timestamp};
use mapae_x509::{Certificate, TrustAnchor};

use crate::{
    AnswerFault, ClientId, OAuthError, Presentation, RequestFault, RequestObject, ResponseKey, TransactionData, answer,
    members,
    members::MAX_ID,
    metadata,
    object::MAX_LEN,
    request::{self, MAX_PURPOSE},
    transaction, uri,
};

/// Signatures of one request at most.
const MAX_SIGNATURES: usize = 8;

/// A request as a browser hands it over, and where the page stands that made it. Nothing of it is checked.
#[derive(Clone)]
pub struct BrowserCall {
    protocol: &'static str,
    origin: String,
    form: Form,
}

/// §A.1, §A.3.
#[derive(Clone)]
enum Form {
    Unsigned(Object),
    /// One compact JWS for each identity, with what its header says of the identity if there are several.
    Signed(Vec<(String, Object)>),
}

/// A request by way of a browser, as far as an answer depends on it.
#[derive(Clone)]
pub struct BrowserRequest {
    protocol: &'static str,
    audience: String,
    client_id: Option<ClientId>,
    nonce: String,
    key: Option<ResponseKey>,
    query: DcqlQuery,
    purpose: Option<String>,
    expires: Option<Timestamp>,
    transactions: Vec<TransactionData>,
}

impl BrowserCall {
    /// Reads one of the `requests` of a page, `{protocol, data}`, and the origin as the browser says it.
    pub fn parse(request: &str, origin: &str) -> Result<Self, RequestFault> {
        if !uri::is_origin(origin) {
            return Err(RequestFault::Malformed { parameter: "origin" });
        }
        if request.len() > MAX_LEN {
            return Err(RequestFault::TooLong { len: request.len(), limit: MAX_LEN });
        }
        let request = json::parse_object(request.as_bytes())?;
        let data = members::inner(&request, "data")?.ok_or(RequestFault::Missing { parameter: "data" })?;
        let (protocol, form) = match members::required(&request, "protocol", MAX_ID)? {
            "openid4vp-v1-unsigned" => ("openid4vp-v1-unsigned", Form::Unsigned(data.clone())),
            "openid4vp-v1-signed" => ("openid4vp-v1-signed", Form::Signed(vec![compact(data)?])),
            "openid4vp-v1-multisigned" => ("openid4vp-v1-multisigned", Form::Signed(of_several(data)?)),
            _ => return Err(RequestFault::NotACall),
        };
        Ok(Self { protocol, origin: origin.to_owned(), form })
    }

    /// Whether somebody claims to have signed it.
    pub const fn is_signed(&self) -> bool {
        matches!(self.form, Form::Signed(_))
    }

    /// Checks who asks, as [`RequestObject::authenticate_knowing`] does, and that they ask from a page of theirs. Of several
    /// identities the first counts for which a registrar vouches.
    pub fn authenticate(
        &self,
        registrars: &[TrustAnchor],
        now: Timestamp,
        transaction_types: &[&str],
    ) -> Result<(BrowserRequest, Certificate), RequestFault> {
        let Form::Signed(signed) = &self.form else { return Err(RequestFault::Unsigned) };
        let mut fault = RequestFault::Unsigned;
        for (jws, identity) in signed {
            let object = RequestObject::signed(jws, None, None);
            let (certificate, client_id, claims) = match object.vouched_for(identity, registrars, now) {
                Ok(found) => found,
                Err(RequestFault::Certificate(why)) => {
                    fault = RequestFault::Certificate(why);
                    continue;
                }
                // §A.3.2.2 lets a wallet ignore signatures of others; one that claims to be of ours has to hold.
                Err(why) => return Err(why),
            };
            self.check_origin(&claims)?;
            return Ok((self.read(&claims, Some(client_id), now, transaction_types)?, certificate));
        }
        Err(fault)
    }

    /// Reads a request that nobody signed: the origin is all that is known of who asks.
    pub fn unauthenticated(&self, now: Timestamp) -> Result<BrowserRequest, RequestFault> {
        let Form::Unsigned(parameters) = &self.form else { return Err(RequestFault::SignedUnderRedirectUri) };
        // §A.2: a `client_id` is ignored in an unsigned request.
        self.read(parameters, None, now, &[])
    }

    /// §A.2: pages of whom the request is for. It keeps others from passing on a request that somebody signed.
    fn check_origin(&self, claims: &Object) -> Result<(), RequestFault> {
        let missing = RequestFault::Missing { parameter: "expected_origins" };
        let expected = members::list(claims, "expected_origins", MAX_ID)?.ok_or(missing)?;
        let is_theirs = expected.iter().any(|origin| *origin == self.origin[..]);
        if is_theirs { Ok(()) } else { Err(RequestFault::OriginForeign) }
    }

    fn read(
        &self,
        claims: &Object,
        client_id: Option<ClientId>,
        now: Timestamp,
        kinds: &[&str],
    ) -> Result<BrowserRequest, RequestFault> {
        let (_, expires) = request::check_times(claims, now)?;
        request::check_kind(claims)?;
        let nonce = members::url_safe(claims, "nonce")?.ok_or(RequestFault::Missing { parameter: "nonce" })?;
        let query = request::query(claims)?;
        let about = members::inner(claims, "client_metadata")?;
        let key = match members::required(claims, "response_mode", 64)? {
            "dc_api" => None,
            "dc_api.jwt" => Some(ResponseKey::choose(about)?),
            _ => return Err(RequestFault::ResponseMode),
        };
        metadata::check_formats(&query, about)?;
        Ok(BrowserRequest {
            protocol: self.protocol,
            audience: format!("origin:{}", self.origin),
            client_id,
            nonce: nonce.to_owned(),
            key,
            purpose: members::optional(claims, "purpose", MAX_PURPOSE)?.map(str::to_owned),
            expires,
            transactions: transaction::read(claims, &query, kinds)?,
            query,
        })
    }
}

fn compact(data: &Object) -> Result<(String, Object), RequestFault> {
    Ok((members::required(data, "request", MAX_LEN)?.to_owned(), Object::new()))
}

/// RFC 7515 §7.2.1 as one compact JWS for each signature; §A.3.2.2: each header says what its identity is.
fn of_several(data: &Object) -> Result<Vec<(String, Object)>, RequestFault> {
    let malformed = || RequestFault::Malformed { parameter: "request" };
    let payload = members::required(data, "payload", MAX_LEN)?;
    let signatures = members::list(data, "signatures", MAX_SIGNATURES)?.ok_or_else(malformed)?;
    let one = |signature: &Value| {
        let (protected, made) = (signature.get("protected")?.as_str()?, signature.get("signature")?.as_str()?);
        let header = json::parse_object(&mapae_jose::base64url::decode(protected).ok()?).ok()?;
        let client_id = header.get("client_id")?.clone();
        Some((format!("{protected}.{payload}.{made}"), json::object([("client_id", client_id)])))
    };
    signatures.iter().map(|signature| one(signature).ok_or_else(malformed)).collect()
}

impl BrowserRequest {
    /// Whom an SD-JWT's key binding names, signed or not (§A.4): `origin:` and the origin.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// Who signed it, if somebody did.
    pub const fn client_id(&self) -> Option<&ClientId> {
        self.client_id.as_ref()
    }

    /// Fresh for each request.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// What is asked for.
    pub const fn query(&self) -> &DcqlQuery {
        &self.query
    }

    /// Why, if it says so.
    pub fn purpose(&self) -> Option<&str> {
        self.purpose.as_deref()
    }

    /// Until when it is answered; `None` if it says nothing of time.
    pub const fn expires(&self) -> Option<Timestamp> {
        self.expires
    }

    /// What is to be authorised by the answer (§8.4).
    pub fn transactions(&self) -> &[TransactionData] {
        &self.transactions
    }

    /// Whether nobody but the page can read the answer.
    pub const fn is_encrypted(&self) -> bool {
        self.key.is_some()
    }

    /// What an mdoc is bound to (Annex B.2.6.2).
    pub fn transcript(&self) -> SessionTranscript {
        let origin = self.audience.strip_prefix("origin:").unwrap_or_default();
        let thumbprint = self.key.as_ref().map(|key| key.jwk().thumbprint());
        SessionTranscript::openid4vp_dc_api(origin, &self.nonce, thumbprint.as_ref())
    }

    /// The answer for the browser to hand over, `{protocol, data}`, as [`Request::answer`](crate::Request::answer) has it.
    pub fn answer(
        &self,
        presentations: BTreeMap<QueryId, Vec<Presentation>>,
        entropy: &mut dyn Entropy,
    ) -> Result<Value, AnswerFault> {
        let parameters = json::object([("vp_token", answer::token(&self.query, presentations)?)]);
        let data = match &self.key {
            None => parameters,
            Some(key) => json::object([("response", answer::encrypted(key, &parameters, entropy)?.into())]),
        };
        Ok(self.handed(data))
    }

    /// The answer that nothing is shown (§A.4): an object of its own, which is not encrypted.
    pub fn refuse(&self, error: OAuthError) -> Value {
        self.handed(json::object([("error", error.as_str().into())]))
    }

    fn handed(&self, data: Object) -> Value {
        json::object([("data", data.into()), ("protocol", self.protocol.into())]).into()
    }
}

impl fmt::Debug for BrowserCall {
    /// What is asked is between a person and a verifier.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrowserCall").field("protocol", &self.protocol).finish_non_exhaustive()
    }
}

impl fmt::Debug for BrowserRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrowserRequest").field("audience", &self.audience).finish_non_exhaustive()
    }
}
