//! The OpenID provider that signs citizens in: found by discovery, asked once for each code.

use std::{sync::Arc, time::Duration as Time};

use mapae_http::{Answer, Bounds, Client, HeaderMap, HeaderValue, Method, Request, Url};
use mapae_jose::{Value, json};
use mapae_oid4vci::PkceVerifier;
use mapae_types::{Duration, PersonId, Timestamp};
use tokio::sync::Mutex;

use super::{
    config::SignInConfig,
    error::{IdTokenFault, ProviderFault, SignInError},
    id_token::{self, Expected},
    keys::KeySet,
    metadata::{self, ProviderMetadata},
};

/// Bytes of an answer of the provider.
const MAX_ANSWER: usize = 256 << 10;
/// How long what the provider says of itself is believed.
const KEPT: Duration = Duration::hours(1);
/// How often its keys are fetched for a token that none of them signed: a provider may have new ones, and an attacker
/// unlimited tokens.
const KEYS_AGAIN: Duration = Duration::seconds(30);

/// Fields of a form.
pub(super) type Form = Vec<(&'static str, String)>;

/// A provider, and what is known of it.
#[derive(Debug)]
pub struct SignIn {
    config: SignInConfig,
    client: Client,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    metadata: Option<(Timestamp, Arc<ProviderMetadata>)>,
    keys: Option<(Timestamp, Arc<KeySet>)>,
}

/// What one sign-in has of its own.
pub(super) struct Attempt<'a> {
    pub(super) redirect_uri: &'a str,
    pub(super) nonce: &'a str,
    pub(super) verifier: &'a PkceVerifier,
}

impl SignIn {
    /// For that provider, of which nothing is asked yet: it may be away when the issuer starts.
    pub fn new(config: SignInConfig) -> Result<Self, SignInError> {
        if metadata::fit_url(&config.provider).is_none_or(|url| url.query().is_some()) {
            return Err(SignInError::ProviderUrl);
        }
        if !config.scope.split(' ').any(|scope| scope == "openid") {
            return Err(SignInError::ScopeWithoutOpenId);
        }
        let client = Client::new(Bounds { connect: Time::from_secs(3), total: Time::from_secs(8) })?;
        Ok(Self { config, client, known: Mutex::default() })
    }

    /// The provider's identifier.
    pub(super) fn issuer(&self) -> &str {
        &self.config.provider
    }

    /// Where the browser goes (OpenID Connect Core §3.1.2.1), with PKCE (RFC 7636 §4.3).
    pub(super) async fn authorization_url(
        &self,
        attempt: &Attempt<'_>,
        state: &str,
        now: Timestamp,
    ) -> Result<Url, ProviderFault> {
        let mut url = self.metadata(now).await?.authorization_endpoint.clone();
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.config.client_id)
            .append_pair("redirect_uri", attempt.redirect_uri)
            .append_pair("scope", &self.config.scope)
            .append_pair("state", state)
            .append_pair("nonce", attempt.nonce)
            .append_pair("code_challenge", &attempt.verifier.challenge().to_string())
            .append_pair("code_challenge_method", "S256");
        if let Some(acr) = &self.config.acr {
            query.append_pair("acr_values", acr);
        }
        drop(query);
        Ok(url)
    }

    /// Whether an answer may be this provider's (RFC 9207 §2.4): named as another's it never is.
    pub(super) async fn check_named(&self, iss: Option<&str>, now: Timestamp) -> Result<(), ProviderFault> {
        let fault = ProviderFault::Member { what: "the answer", name: "iss" };
        match iss {
            Some(iss) if iss == self.config.provider => Ok(()),
            Some(_) => Err(fault),
            None if self.metadata(now).await?.names_itself => Err(fault),
            None => Ok(()),
        }
    }

    /// Who signed in, for the code that the browser brought.
    pub(super) async fn redeem(
        &self,
        code: &str,
        attempt: &Attempt<'_>,
        random: [u8; 16],
        now: Timestamp,
    ) -> Result<PersonId, ProviderFault> {
        let id_token = self.id_token(code, attempt, random, now).await?;
        let expected = Expected {
            issuer: &self.config.provider,
            client_id: &self.config.client_id,
            nonce: attempt.nonce,
            acr: self.config.acr.as_deref(),
            person_claim: &self.config.person_claim,
            now,
        };
        let keys = self.keys(KEPT, now).await?;
        match id_token::verify(&id_token, &keys, &expected) {
            Err(IdTokenFault::KeyUnknown) => {
                let keys = self.keys(KEYS_AGAIN, now).await?;
                Ok(id_token::verify(&id_token, &keys, &expected)?)
            }
            verified => Ok(verified?),
        }
    }

    /// The token endpoint's answer (OpenID Connect Core §3.1.3).
    async fn id_token(
        &self,
        code: &str,
        attempt: &Attempt<'_>,
        random: [u8; 16],
        now: Timestamp,
    ) -> Result<String, ProviderFault> {
        const WHAT: &str = "the provider's token endpoint";
        let mut fields: Form = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.to_owned()),
            ("redirect_uri", attempt.redirect_uri.to_owned()),
            ("code_verifier", attempt.verifier.expose().to_owned()),
        ];
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("application/x-www-form-urlencoded"));
        self.config.authenticate(&mut fields, &mut headers, random, now).await?;
        let url = self.metadata(now).await?.token_endpoint.to_string();
        let request = Request { method: Method::POST, url, headers, body: form(&fields).into_bytes() };
        let answer = self.client.send(request, MAX_ANSWER).await;
        let answer = answer.map_err(|error| ProviderFault::Unreached { what: WHAT, error })?;
        if is_invalid_grant(&answer) {
            return Err(ProviderFault::CodeRefused);
        }
        let body = succeeded(WHAT, answer)?;
        let object = json::parse_object(&body).map_err(|error| ProviderFault::Json { what: WHAT, error })?;
        let id_token = object.get("id_token").and_then(Value::as_str);
        id_token.map(str::to_owned).ok_or(ProviderFault::Member { what: WHAT, name: "id_token" })
    }

    async fn metadata(&self, now: Timestamp) -> Result<Arc<ProviderMetadata>, ProviderFault> {
        let mut known = self.known.lock().await;
        if let Some((at, metadata)) = &known.metadata
            && is_fresh(*at, KEPT, now)
        {
            return Ok(Arc::clone(metadata));
        }
        let body = self.get("the provider's metadata", &metadata::address(&self.config.provider)).await?;
        let read = ProviderMetadata::parse(&body, &self.config.provider, &self.config.client_auth)?;
        let read = Arc::new(read);
        known.metadata = Some((now, Arc::clone(&read)));
        Ok(read)
    }

    /// Its keys, fetched anew if they are older than that.
    async fn keys(&self, age: Duration, now: Timestamp) -> Result<Arc<KeySet>, ProviderFault> {
        let url = self.metadata(now).await?.jwks_uri.clone();
        let mut known = self.known.lock().await;
        if let Some((at, keys)) = &known.keys
            && is_fresh(*at, age, now)
        {
            return Ok(Arc::clone(keys));
        }
        let keys = Arc::new(KeySet::parse(&self.get("the provider's keys", url.as_str()).await?)?);
        known.keys = Some((now, Arc::clone(&keys)));
        Ok(keys)
    }

    async fn get(&self, what: &'static str, url: &str) -> Result<Vec<u8>, ProviderFault> {
        let answer = self.client.get(url, MAX_ANSWER).await;
        succeeded(what, answer.map_err(|error| ProviderFault::Unreached { what, error })?)
    }
}

fn is_fresh(at: Timestamp, age: Duration, now: Timestamp) -> bool {
    at <= now && now <= at + age
}

fn succeeded(what: &'static str, answer: Answer) -> Result<Vec<u8>, ProviderFault> {
    if answer.status == 200 { Ok(answer.body) } else { Err(ProviderFault::Status { what, status: answer.status }) }
}

/// RFC 6749 §5.2: the code is none, or no more.
fn is_invalid_grant(answer: &Answer) -> bool {
    let error = || json::parse_object(&answer.body).ok()?.get("error")?.as_str().map(str::to_owned);
    answer.status == 400 && error().as_deref() == Some("invalid_grant")
}

/// `application/x-www-form-urlencoded`.
pub(super) fn form(fields: &[(&str, String)]) -> String {
    // A URL's query is written the same way; this one goes nowhere.
    let Ok(mut url) = Url::parse("https://form.invalid") else { return String::new() };
    url.query_pairs_mut().extend_pairs(fields);
    url.query().unwrap_or_default().to_owned()
}
