//! The credential request and its answers, at once or later (OpenID4VCI §8, §9, §10).
//!
//! What is asked for with the same token, configuration and keys is answered alike however often, so a request whose
//! answer was lost is simply sent again (design D10).

use std::sync::Arc;

use mapae_crypto::{PublicKey, SigningKey, aead::AeadAlgorithm};
use mapae_jose::{Jwe, JweEncrypter, Jwk};
use mapae_types::{Duration, Timestamp};

use super::{
    Answer, Context, Endpoint, Exchange, Grant, HttpRequest, HttpResponse, Issuer, IssuerFault, KeyProofs, OurFault,
    ReceivedCopy, WalletError,
    call::{Call, Plan, malformed},
    check::check_all,
    proof::check_bound,
};
use crate::{
    CredentialFormat, CredentialRequest, CredentialResponse, DeferredRequest, MessageFault, RequestEncryption,
    ResponseEncryption, Secret,
};

/// In the order in which we like them.
const ENCRYPTIONS: [AeadAlgorithm; 2] = [AeadAlgorithm::A256Gcm, AeadAlgorithm::A128Gcm];

/// Whether messages are encrypted where the issuer leaves the choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wanted {
    /// Whenever the issuer can: no proxy between sees a copy.
    #[default]
    Encrypted,
    /// Only if the issuer demands it.
    Plain,
}

/// What an answer brought.
#[derive(Debug)]
pub enum Outcome {
    /// The copies.
    Issued(Issued),
    /// They are not ready yet.
    Deferred(Deferred),
    /// The nonce of the proofs was not current (`invalid_nonce`): fetch another and ask again with the same keys.
    NonceStale,
}

/// Copies, each checked for its type and bound to a key of ours.
#[derive(Debug)]
pub struct Issued {
    /// The copies.
    pub copies: Vec<ReceivedCopy>,
    /// By which the issuer wants to hear what became of them.
    pub notification_id: Option<String>,
}

/// Copies that come later. It is data, which the wallet keeps with the keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deferred {
    /// `transaction_id`.
    pub transaction_id: Secret,
    /// When to ask, and not earlier.
    pub not_before: Timestamp,
}

/// Copies are on their way.
#[derive(Clone)]
pub struct AwaitingCredentials {
    call: Call,
    format: CredentialFormat,
    keys: Vec<PublicKey>,
    /// With which an encrypted answer is opened.
    opener: Option<Arc<SigningKey>>,
    transaction: Option<Secret>,
}

impl Issuer {
    /// Asks for copies of a configuration, one for each key of the proofs.
    pub fn request(
        &self,
        grant: &Grant,
        configuration: &str,
        proofs: KeyProofs<'_>,
        wanted: Wanted,
        context: &mut Context<'_>,
    ) -> Result<AwaitingCredentials, WalletError> {
        let announced = self.configuration(configuration)?;
        check_bound(configuration, announced)?;
        let keys = proofs.keys();
        if keys.is_empty() || keys.len() > self.batch_size() {
            return Err(OurFault::BatchSize { keys: keys.len(), limit: self.batch_size() }.into());
        }
        let (by, proofs) = (grant.names(configuration)?, proofs.sign(self, grant, context)?);
        let plan = Plan::post(Endpoint::Credential, &self.metadata().credential_endpoint);
        let body = |encryption| CredentialRequest { by, proofs, encryption }.to_json();
        self.ask(plan, body, grant, announced.format.clone(), keys, wanted, context)
    }

    /// Asks again for copies that were not ready, with the keys of the first request.
    pub fn poll(
        &self,
        grant: &Grant,
        configuration: &str,
        deferred: &Deferred,
        keys: Vec<PublicKey>,
        wanted: Wanted,
        context: &mut Context<'_>,
    ) -> Result<AwaitingCredentials, WalletError> {
        let format = self.configuration(configuration)?.format.clone();
        let url = Self::endpoint(Endpoint::Deferred, self.metadata().deferred_credential_endpoint.as_ref())?;
        let transaction = deferred.transaction_id.clone();
        let transaction_id = transaction.clone();
        let body = |encryption| DeferredRequest { transaction_id, encryption }.to_json();
        let waiting = self.ask(Plan::post(Endpoint::Deferred, url), body, grant, format, keys, wanted, context)?;
        Ok(AwaitingCredentials { transaction: Some(transaction), ..waiting })
    }

    #[expect(clippy::too_many_arguments, reason = "what the two requests have in common; nobody else calls it")]
    fn ask(
        &self,
        plan: Plan,
        body: impl FnOnce(Option<ResponseEncryption>) -> Vec<u8>,
        grant: &Grant,
        format: CredentialFormat,
        keys: Vec<PublicKey>,
        wanted: Wanted,
        context: &mut Context<'_>,
    ) -> Result<AwaitingCredentials, WalletError> {
        let opener = self.response_key(wanted, context)?;
        let encryption =
            opener.as_ref().map(|(key, enc)| ResponseEncryption::new(key.public().clone().into(), None, *enc));
        let body = body(encryption);
        let plan = match self.request_encrypter(opener.is_some(), wanted)? {
            Some(encrypter) => {
                let text = encrypter.encrypt(&body, context.entropy).map_err(|_| IssuerFault::EncryptionUnsupported)?;
                plan.with_body("application/jwt", text.into_bytes())
            }
            None => plan.with_body("application/json", body),
        };
        let call = Call::begin(plan.with_token(grant.access_token()), context)?;
        Ok(AwaitingCredentials { call, format, keys, opener: opener.map(|(key, _)| Arc::new(key)), transaction: None })
    }

    /// A key for this answer alone, if the answer is to be encrypted.
    fn response_key(
        &self,
        wanted: Wanted,
        context: &mut Context<'_>,
    ) -> Result<Option<(SigningKey, AeadAlgorithm)>, WalletError> {
        let Some(offered) = &self.metadata().credential_response_encryption else { return Ok(None) };
        // §8.2: an encrypted answer is asked for in an encrypted request, lest the key be exchanged on the way.
        let possible = self.metadata().credential_request_encryption.is_some();
        if !offered.encryption_required && (wanted == Wanted::Plain || !possible) {
            return Ok(None);
        }
        let by_ecdh = offered.alg_values_supported.iter().any(|alg| alg == "ECDH-ES");
        match common(&offered.enc_values_supported) {
            Some(enc) if by_ecdh && possible => Ok(Some((SigningKey::generate(context.entropy)?, enc))),
            _ if offered.encryption_required => Err(IssuerFault::EncryptionUnsupported.into()),
            _ => Ok(None),
        }
    }

    /// Whoever writes the request unreadable for all but the issuer, if it is to be.
    fn request_encrypter(&self, needed: bool, wanted: Wanted) -> Result<Option<JweEncrypter>, WalletError> {
        let Some(offered) = &self.metadata().credential_request_encryption else { return Ok(None) };
        let needed = needed || offered.encryption_required;
        if !needed && wanted == Wanted::Plain {
            return Ok(None);
        }
        match encrypter(offered) {
            Some(encrypter) => Ok(Some(encrypter)),
            None if needed => Err(IssuerFault::EncryptionUnsupported.into()),
            None => Ok(None),
        }
    }
}

fn common(offered: &[String]) -> Option<AeadAlgorithm> {
    ENCRYPTIONS.into_iter().find(|enc| offered.iter().any(|name| name == enc.jose()))
}

/// §10: any key of the set that we can use; the JWE names it by its `kid`.
fn encrypter(offered: &RequestEncryption) -> Option<JweEncrypter> {
    let enc = common(&offered.enc_values_supported)?;
    let keys = offered.jwks.get("keys")?.as_array()?;
    keys.iter().find_map(|jwk| {
        let kid = jwk.get("kid")?.as_str()?;
        // §10: `alg` must be present and is that of the JWE.
        let fits = jwk.get("alg")?.as_str()? == "ECDH-ES";
        let key = Jwk::from_value(jwk).ok().filter(|_| fits)?;
        JweEncrypter::new(&key, enc).ok().map(|encrypter| encrypter.kid(kid))
    })
}

impl Exchange for AwaitingCredentials {
    type Done = Outcome;

    fn request(&self) -> &HttpRequest {
        self.call.request()
    }

    fn receive(self, response: &HttpResponse, context: &mut Context<'_>) -> Result<Answer<Self, Outcome>, WalletError> {
        let Self { call, format, keys, opener, transaction } = self;
        let at = call.at();
        match call.receive(response, context) {
            Ok(Answer::Again(call)) => Ok(Answer::Again(Self { call, format, keys, opener, transaction })),
            Ok(Answer::Done(_)) => {
                let answer = read(at, response, opener.as_deref())?;
                outcome(at, answer, &format, &keys, transaction.as_ref(), context.now).map(Answer::Done)
            }
            Err(error) if is_stale(&error) => Ok(Answer::Done(Outcome::NonceStale)),
            Err(error) => Err(error),
        }
    }
}

/// §8.3.1.2: the wallet should fetch another nonce.
fn is_stale(error: &WalletError) -> bool {
    matches!(error, WalletError::Issuer(IssuerFault::Refused(refusal)) if refusal.is("invalid_nonce"))
}

fn read(at: Endpoint, response: &HttpResponse, opener: Option<&SigningKey>) -> Result<CredentialResponse, WalletError> {
    let json = match opener {
        None => response.body.clone(),
        // §10: an answer that had to be encrypted and is not should be refused.
        Some(_) if !response.is_of_type("application/jwt") => return Err(IssuerFault::NotEncrypted { at }.into()),
        Some(key) => {
            let text = str::from_utf8(&response.body).unwrap_or_default();
            Jwe::parse(text).and_then(|jwe| jwe.decrypt(key)).map_err(IssuerFault::Undecryptable)?
        }
    };
    CredentialResponse::parse(&json).map_err(|fault| malformed(at, fault))
}

fn outcome(
    at: Endpoint,
    answer: CredentialResponse,
    format: &CredentialFormat,
    keys: &[PublicKey],
    transaction: Option<&Secret>,
    now: Timestamp,
) -> Result<Outcome, WalletError> {
    match answer {
        CredentialResponse::Issued { credentials, notification_id } => {
            Ok(Outcome::Issued(Issued { copies: check_all(&credentials, format, keys)?, notification_id }))
        }
        // §9.2: the value is that of the request.
        CredentialResponse::Deferred { transaction_id, .. }
            if transaction.is_some_and(|asked| asked.expose() != transaction_id) =>
        {
            Err(IssuerFault::OtherTransaction.into())
        }
        CredentialResponse::Deferred { transaction_id, interval } => {
            let wait =
                i64::try_from(interval).map_err(|_| malformed(at, MessageFault::Malformed { name: "interval" }))?;
            let not_before = now + Duration::seconds(wait);
            Ok(Outcome::Deferred(Deferred { transaction_id: transaction_id.into(), not_before }))
        }
    }
}
