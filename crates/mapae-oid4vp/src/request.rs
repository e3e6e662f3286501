//! What a verifier asks, read and checked (OpenID4VP 1.0 §5).

use mapae_dcql::DcqlQuery;
use mapae_jose::Object;
use mapae_mdoc::SessionTranscript;
use mapae_types::{Duration, Entropy, Timestamp, http::HttpRequest};

use crate::{
    ClientId, ClientIdPrefix, OAuthError, RequestFault, ResponseKey, TransactionData, VerifierInfo, answer, members,
    metadata, transaction, uri, uri::MAX_URL,
};

/// How far the clocks of two parties may disagree.
pub(crate) const SKEW: Duration = Duration::seconds(60);
/// How long a request that says when it was made, but not until when it holds, is answered.
const MAX_AGE: Duration = Duration::seconds(600);
/// Bytes of a purpose at most.
pub(crate) const MAX_PURPOSE: usize = 4096;

/// A request, as far as an answer depends on it.
#[derive(Clone)]
pub struct Request {
    client_id: ClientId,
    nonce: String,
    target: Target,
    query: DcqlQuery,
    purpose: Option<String>,
    issued_at: Option<Timestamp>,
    expires: Option<Timestamp>,
    verifier_info: Vec<VerifierInfo>,
    transactions: Vec<TransactionData>,
}

/// Where an answer goes, and how.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) response_uri: String,
    pub(crate) state: Option<String>,
    /// The key, if the answer is encrypted.
    pub(crate) key: Option<ResponseKey>,
}

/// How an answer travels (§8.2, §8.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponseMode {
    /// `direct_post`: as it is, within TLS.
    DirectPost,
    /// `direct_post.jwt`: encrypted. HAIP 1.0 §5.1 wants this one.
    DirectPostJwt,
}

impl ResponseMode {
    /// The mode on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DirectPost => "direct_post",
            Self::DirectPostJwt => "direct_post.jwt",
        }
    }
}

impl Request {
    /// Reads a request for a wallet that shows and signs transactions of these kinds.
    pub(crate) fn read(
        claims: &Object,
        client_id: ClientId,
        now: Timestamp,
        kinds: &[&str],
    ) -> Result<Self, RequestFault> {
        let (issued_at, expires) = check_times(claims, now)?;
        check_kind(claims)?;
        let nonce = members::url_safe(claims, "nonce")?.ok_or(RequestFault::Missing { parameter: "nonce" })?;
        let query = query(claims)?;
        let target = Target::read(claims, &client_id)?;
        check_state(&query, target.state.as_deref())?;
        metadata::check_formats(&query, members::inner(claims, "client_metadata")?)?;
        Ok(Self {
            nonce: nonce.to_owned(),
            target,
            purpose: members::optional(claims, "purpose", MAX_PURPOSE)?.map(str::to_owned),
            issued_at,
            expires,
            transactions: transaction::read(claims, &query, kinds)?,
            verifier_info: VerifierInfo::all(claims, &query)?,
            query,
            client_id,
        })
    }

    /// Who asks.
    pub const fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// Whom an SD-JWT's key binding names as its audience: the client identifier with its prefix (§14.8, B.3.6).
    pub fn audience(&self) -> &str {
        self.client_id.as_str()
    }

    /// Fresh for each request; whoever answers the same one twice can know it by this and the client.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// What the answer repeats, if the request says it (§5.3).
    pub fn state(&self) -> Option<&str> {
        self.target.state.as_deref()
    }

    /// What is asked for.
    pub const fn query(&self) -> &DcqlQuery {
        &self.query
    }

    /// Why, in the words that the citizen reads, if it says so.
    pub fn purpose(&self) -> Option<&str> {
        self.purpose.as_deref()
    }

    /// When it was made, if it says so.
    pub const fn issued_at(&self) -> Option<Timestamp> {
        self.issued_at
    }

    /// Until when it is answered; `None` if it says nothing of time.
    pub const fn expires(&self) -> Option<Timestamp> {
        self.expires
    }

    /// What others say about who asks; nothing of it is checked.
    pub fn verifier_info(&self) -> &[VerifierInfo] {
        &self.verifier_info
    }

    /// What is to be authorised by the answer (§8.4): of the kinds that the wallet said it shows and signs, so none unless
    /// [`RequestObject::authenticate_knowing`](crate::RequestObject::authenticate_knowing) read it.
    pub fn transactions(&self) -> &[TransactionData] {
        &self.transactions
    }

    /// Where the answer goes.
    pub fn response_uri(&self) -> &str {
        &self.target.response_uri
    }

    /// The host of that place, for people to read.
    pub fn response_host(&self) -> &str {
        uri::host(&self.target.response_uri).unwrap_or_default()
    }

    /// How the answer travels.
    pub const fn response_mode(&self) -> ResponseMode {
        match self.target.key {
            None => ResponseMode::DirectPost,
            Some(_) => ResponseMode::DirectPostJwt,
        }
    }

    /// The key to which the answer is encrypted, if it is.
    pub const fn response_key(&self) -> Option<&ResponseKey> {
        self.target.key.as_ref()
    }

    pub(crate) const fn target(&self) -> &Target {
        &self.target
    }

    /// What an mdoc is bound to (Annex B.2.6.1).
    pub fn transcript(&self) -> SessionTranscript {
        let thumbprint = self.target.key.as_ref().map(|key| key.jwk().thumbprint());
        SessionTranscript::openid4vp(self.audience(), &self.nonce, thumbprint.as_ref(), &self.target.response_uri)
    }
}

impl core::fmt::Debug for Request {
    /// Leaves out nonce, state and what is asked: they are between a person and a verifier.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Request").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

impl Target {
    fn read(claims: &Object, client_id: &ClientId) -> Result<Self, RequestFault> {
        let encrypted = match members::required(claims, "response_mode", 64)? {
            "direct_post" => false,
            "direct_post.jwt" => true,
            _ => return Err(RequestFault::ResponseMode),
        };
        let metadata = members::inner(claims, "client_metadata")?;
        let key = encrypted.then(|| ResponseKey::choose(metadata)).transpose()?;
        let state = members::url_safe(claims, "state")?.map(str::to_owned);
        Ok(Self { response_uri: response_uri(claims, client_id)?, state, key })
    }
}

/// §8.2: never beside a `redirect_uri`. §5.9.3: a client that is known by its address may leave it out.
fn response_uri(claims: &Object, client_id: &ClientId) -> Result<String, RequestFault> {
    if claims.contains_key("redirect_uri") {
        return Err(RequestFault::Both { parameter: "response_uri", other: "redirect_uri" });
    }
    let own = (client_id.prefix() == ClientIdPrefix::RedirectUri).then(|| client_id.name());
    let uri = match members::optional(claims, "response_uri", MAX_URL)? {
        Some(uri) if own.is_some_and(|own| own != uri) => return Err(RequestFault::ResponseUriForeign),
        Some(uri) => uri,
        None => own.ok_or(RequestFault::Missing { parameter: "response_uri" })?,
    };
    if uri::is_endpoint(uri) { Ok(uri.to_owned()) } else { Err(RequestFault::Insecure { parameter: "response_uri" }) }
}

/// Both times, of which the second says until when the request is answered.
pub(crate) fn check_times(
    claims: &Object,
    now: Timestamp,
) -> Result<(Option<Timestamp>, Option<Timestamp>), RequestFault> {
    let (issued_at, not_before) = (members::time(claims, "iat")?, members::time(claims, "nbf")?);
    if let Some(at) = [issued_at, not_before].into_iter().flatten().find(|at| *at > now + SKEW) {
        return Err(RequestFault::FromFuture { at });
    }
    let expires = members::time(claims, "exp")?.or(issued_at.map(|at| at + MAX_AGE));
    match expires {
        Some(at) if now - SKEW >= at => Err(RequestFault::Expired { at }),
        expires => Ok((issued_at, expires)),
    }
}

/// Only what this wallet answers.
pub(crate) fn check_kind(claims: &Object) -> Result<(), RequestFault> {
    // RFC 9101 §4: a request object holds no request object.
    if let Some(parameter) = ["request", "request_uri"].into_iter().find(|name| claims.contains_key(*name)) {
        return Err(RequestFault::Malformed { parameter });
    }
    if members::required(claims, "response_type", 64)? != "vp_token" {
        return Err(RequestFault::ResponseType);
    }
    // A verifier that still sends these means something by them that DCQL might not say.
    if ["presentation_definition", "presentation_definition_uri"].iter().any(|name| claims.contains_key(*name)) {
        return Err(RequestFault::PresentationDefinition);
    }
    Ok(())
}

/// §5.1: a query or a scope that stands for one, never both; no scope stands for one here (§5.5).
pub(crate) fn query(claims: &Object) -> Result<DcqlQuery, RequestFault> {
    match (claims.get("dcql_query"), claims.contains_key("scope")) {
        (Some(_), true) => Err(RequestFault::Both { parameter: "dcql_query", other: "scope" }),
        (None, true) => Err(RequestFault::Scope),
        (None, false) => Err(RequestFault::Missing { parameter: "dcql_query" }),
        (Some(query), false) => Ok(DcqlQuery::from_json(query)?),
    }
}

/// §5.3: without holder binding nothing but `state` binds an answer to its request.
fn check_state(query: &DcqlQuery, state: Option<&str>) -> Result<(), RequestFault> {
    let unbound = query.credentials().iter().any(|credential| !credential.requires_holder_binding());
    if unbound && state.is_none() { Err(RequestFault::StateMissing) } else { Ok(()) }
}

/// An error for a verifier whose request cannot be answered: as far as the request says where and how.
pub(crate) fn refusal(
    claims: &Object,
    client_id: &ClientId,
    now: Timestamp,
    error: OAuthError,
    entropy: &mut dyn Entropy,
) -> Option<HttpRequest> {
    check_times(claims, now).ok()?;
    let response_uri = response_uri(claims, client_id).ok()?;
    let state = members::url_safe(claims, "state").ok()?.map(str::to_owned);
    let target = Target::read(claims, client_id).unwrap_or(Target { response_uri, state, key: None });
    answer::error(&target, error, entropy).ok()
}
