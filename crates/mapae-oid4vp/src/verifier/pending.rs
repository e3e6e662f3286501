//! A request that was made, and that one answer answers.

use mapae_crypto::{Algorithm, SigningKey, aead::AeadAlgorithm, constant_time_eq};
use mapae_dcql::DcqlQuery;
use mapae_jose::{Jwe, Jwk, Object, UnsignedJws, Value, json, x5c_value};
use mapae_mdoc::SessionTranscript;
use mapae_types::Timestamp;

use super::{ReceivedPresentations, ResponseFault};
use crate::{
    OAuthError, RequestUriMethod, ResponseMode,
    form::{self, Form, FormWriter},
    metadata::ALG,
};

/// The name of the one key.
const KID: &str = "1";
/// HAIP 1.0 §5: a verifier has both.
const ENC: [AeadAlgorithm; 2] = [AeadAlgorithm::A128Gcm, AeadAlgorithm::A256Gcm];

/// What waits for an answer, and for one.
///
/// ```compile_fail
/// # fn twice(pending: mapae_oid4vp::verifier::PendingPresentation, body: &[u8]) {
/// let once = pending.receive(body);
/// let twice = pending.receive(body);
/// # }
/// ```
pub struct PendingPresentation {
    pub(super) client_id: String,
    pub(super) chain: Vec<Vec<u8>>,
    pub(super) nonce: String,
    pub(super) state: String,
    pub(super) response_uri: String,
    pub(super) query: DcqlQuery,
    pub(super) purpose: Option<String>,
    pub(super) issued_at: Timestamp,
    pub(super) expires: Timestamp,
    pub(super) key: Option<SigningKey>,
}

impl PendingPresentation {
    /// Who asks.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The nonce that binds an SD-JWT.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// By which the answer is found among those that are waited for.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// What is asked for.
    pub const fn query(&self) -> &DcqlQuery {
        &self.query
    }

    /// Until when a wallet answers.
    pub const fn expires(&self) -> Timestamp {
        self.expires
    }

    /// How the answer travels.
    pub const fn response_mode(&self) -> ResponseMode {
        if self.key.is_some() { ResponseMode::DirectPostJwt } else { ResponseMode::DirectPost }
    }

    /// What an mdoc is bound to (Annex B.2.6.1).
    pub fn transcript(&self) -> SessionTranscript {
        let thumbprint = self.key.as_ref().map(|key| Jwk::from(key.public().clone()).thumbprint());
        SessionTranscript::openid4vp(&self.client_id, &self.nonce, thumbprint.as_ref(), &self.response_uri)
    }

    /// A link that calls a wallet: `base` is a scheme (`openid4vp://`, `haip-vp://`) or a page of a wallet.
    pub fn link(&self, base: &str, request_uri: &str, method: RequestUriMethod) -> String {
        let link = FormWriter::after(base).add("client_id", &self.client_id).add("request_uri", request_uri);
        match method {
            RequestUriMethod::Get => link.finish(),
            RequestUriMethod::Post => link.add("request_uri_method", "post").finish(),
        }
    }

    /// The request object, to be signed with ES256 by the certificate's key, and given out as
    /// `application/oauth-authz-req+jwt`. `wallet_nonce` is what the wallet sent along, if it did (§5.10).
    pub fn request_object(&self, wallet_nonce: Option<&str>) -> UnsignedJws {
        let header = collect([
            ("alg", Some(Algorithm::Es256.jose().into())),
            ("typ", Some("oauth-authz-req+jwt".into())),
            ("x5c", Some(x5c_value(&self.chain))),
        ]);
        let claims = collect([
            ("aud", Some("https://self-issued.me/v2".into())),
            ("client_id", Some(self.client_id.as_str().into())),
            ("client_metadata", Some(self.client_metadata().into())),
            ("dcql_query", Some(self.query.to_json())),
            ("exp", Some(self.expires.unix().into())),
            ("iat", Some(self.issued_at.unix().into())),
            ("nonce", Some(self.nonce.as_str().into())),
            ("purpose", self.purpose.as_deref().map(Value::from)),
            ("response_mode", Some(self.response_mode().as_str().into())),
            ("response_type", Some("vp_token".into())),
            ("response_uri", Some(self.response_uri.as_str().into())),
            ("state", Some(self.state.as_str().into())),
            ("wallet_nonce", wallet_nonce.map(Value::from)),
        ]);
        UnsignedJws::new(&header, &json::to_vec(&claims))
    }

    fn client_metadata(&self) -> Object {
        let enc: Value = ENC.iter().map(|enc| enc.jose()).collect();
        let jwks = self.key.as_ref().map(|key| serde_json::json!({ "keys": [jwk(key)] }));
        collect([
            ("encrypted_response_enc_values_supported", jwks.is_some().then_some(enc)),
            ("jwks", jwks),
            (
                "vp_formats_supported",
                Some(serde_json::json!({
                    "dc+sd-jwt": { "kb-jwt_alg_values": ["ES256"], "sd-jwt_alg_values": ["ES256"] },
                    "mso_mdoc": { "deviceauth_alg_values": [-7, -9], "issuerauth_alg_values": [-7, -9] },
                })),
            ),
        ])
    }

    /// Takes the body of a post to the response URI. Whatever comes of it, no other answer is taken.
    pub fn receive(self, body: &[u8]) -> Result<ReceivedPresentations, ResponseFault> {
        let answer = self.open(body)?;
        let is_ours = |state: &str| constant_time_eq(state.as_bytes(), self.state.as_bytes());
        if !answer.get("state").and_then(Value::as_str).is_some_and(is_ours) {
            return Err(ResponseFault::StateDiffers);
        }
        if let Some(error) = answer.get("error") {
            let known = error.as_str().and_then(OAuthError::from_code);
            return Err(known.map_or(ResponseFault::RefusedUnknown, ResponseFault::Refused));
        }
        ReceivedPresentations::read(self, answer.get("vp_token"))
    }

    /// The parameters of the answer.
    fn open(&self, body: &[u8]) -> Result<Object, ResponseFault> {
        let text = core::str::from_utf8(body).map_err(|_| ResponseFault::FormMalformed)?;
        if text.len() > form::MAX_LEN {
            return Err(ResponseFault::FormMalformed);
        }
        let form = Form::parse(text).map_err(|_| ResponseFault::FormMalformed)?;
        match (&self.key, form.get("response")) {
            (Some(key), Some(jwe)) => decrypt(key, jwe),
            // §8.3.1: a wallet that cannot encrypt may say so as it is.
            (Some(_), None) if form.get("error").is_none() => Err(ResponseFault::NotEncrypted),
            _ => Ok(plain(&form)),
        }
    }
}

impl core::fmt::Debug for PendingPresentation {
    /// Leaves out nonce, state and key.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("PendingPresentation").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

fn jwk(key: &SigningKey) -> Object {
    let mut jwk = Jwk::from(key.public().clone()).to_object();
    for (name, value) in [("alg", ALG), ("kid", KID), ("use", "enc")] {
        jwk.insert(name.to_owned(), value.into());
    }
    jwk
}

fn decrypt(key: &SigningKey, jwe: &str) -> Result<Object, ResponseFault> {
    let jwe = Jwe::parse(jwe)?;
    // §8.3: the key has a name, and the answer names it.
    if jwe.header().kid() != Some(KID) || !ENC.contains(&jwe.header().enc()) {
        return Err(ResponseFault::EncryptionUnasked);
    }
    json::parse_object(&jwe.decrypt(key)?).map_err(|_| ResponseFault::ContentMalformed)
}

fn plain(form: &Form) -> Object {
    let token = form.get("vp_token").and_then(|text| json::parse(text.as_bytes()).ok());
    let text = |name: &str| form.get(name).map(Value::from);
    collect([("error", text("error")), ("state", text("state")), ("vp_token", token)])
}

/// Members that are there.
fn collect<const N: usize>(members: [(&str, Option<Value>); N]) -> Object {
    members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}
