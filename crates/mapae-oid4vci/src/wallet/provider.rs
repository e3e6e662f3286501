//! The wallet provider, which says of this wallet that it is one (OpenID4VCI §E, HAIP §4.4.1), and of its keys where they
//! are kept (OpenID4VCI §D, HAIP §4.5.1).
//!
//! How a wallet authenticates to its provider no specification says (client attestation draft -07 §1). Ours: a nonce of
//! the provider, over which the key of the instance signs, and each key that is to be attested. An issuer never sees the
//! instance's key, so what it sees at two issuers cannot be put together.

use mapae_crypto::PublicKey;
use mapae_jose::{Jwk, Object, Value, base64url, json};
use mapae_types::Timestamp;
use mapae_x509::Certificate;

use super::{
    Answer, AttestedWallet, Context, Endpoint, Exchange, HttpRequest, HttpResponse, ProviderFault, WalletError,
    WalletKey,
    call::{Call, Plan, member},
    key::signed,
    stored::Stored,
};
use crate::{
    JwtFault,
    jwt::{self, Claims},
};

const PROOF_TYPE: &str = "mapae-wallet-proof+jwt";
const CLIENT_TYPE: &str = "oauth-client-attestation+jwt";
const KEYS_TYPE: &str = "key-attestation+jwt";

/// Characters of an attestation: a hundred keys and a chain.
const MAX_ATTESTATION: usize = 64 << 10;

/// A wallet provider, and the key by which it knows this instance.
#[derive(Clone, Copy)]
pub struct WalletProvider<'k> {
    url: &'k str,
    instance: &'k dyn WalletKey,
}

/// A client attestation that its provider signed for a key of ours. It is data, which the wallet keeps with that key.
#[derive(Clone, PartialEq, Eq)]
pub struct WalletAttestation {
    jwt: String,
    client_id: String,
    expires_at: Timestamp,
}

/// A client attestation is on its way.
#[derive(Clone)]
pub struct AwaitingClientAttestation<'k> {
    asking: Asking<'k>,
}

/// A key attestation is on its way.
#[derive(Clone)]
pub struct AwaitingKeyAttestation<'k> {
    asking: Asking<'k>,
    nonce: Option<String>,
}

impl<'k> WalletProvider<'k> {
    /// A provider by its address.
    pub const fn new(url: &'k str, instance: &'k dyn WalletKey) -> Self {
        Self { url, instance }
    }

    /// Asks for an attestation of this wallet, for a key that one issuer alone will see (HAIP §4.4.1).
    pub fn attest_wallet(
        &self,
        key: &'k dyn WalletKey,
        context: &mut Context<'_>,
    ) -> Result<AwaitingClientAttestation<'k>, WalletError> {
        Ok(AwaitingClientAttestation {
            asking: Asking::begin(*self, Endpoint::ClientAttestation, vec![key], None, context)?,
        })
    }

    /// Asks for an attestation of keys, with the nonce of the issuer that is to believe it.
    pub fn attest_keys(
        &self,
        keys: &[&'k dyn WalletKey],
        nonce: Option<&str>,
        context: &mut Context<'_>,
    ) -> Result<AwaitingKeyAttestation<'k>, WalletError> {
        let asking = Asking::begin(*self, Endpoint::KeyAttestation, keys.to_vec(), nonce, context)?;
        Ok(AwaitingKeyAttestation { asking, nonce: nonce.map(str::to_owned) })
    }
}

/// Two requests: for the provider's nonce, and the one that is signed over it.
#[derive(Clone)]
struct Asking<'k> {
    provider: WalletProvider<'k>,
    at: Endpoint,
    keys: Vec<&'k dyn WalletKey>,
    issuer_nonce: Option<String>,
    call: Call,
    has_nonce: bool,
}

impl<'k> Asking<'k> {
    fn begin(
        provider: WalletProvider<'k>,
        at: Endpoint,
        keys: Vec<&'k dyn WalletKey>,
        nonce: Option<&str>,
        context: &mut Context<'_>,
    ) -> Result<Self, WalletError> {
        let call = Call::begin(Plan::post(at, &provider.endpoint("nonce")), context)?;
        Ok(Self { provider, at, keys, issuer_nonce: nonce.map(str::to_owned), call, has_nonce: false })
    }

    /// The attestation's text, or the next request.
    fn receive(
        self,
        response: &HttpResponse,
        context: &mut Context<'_>,
    ) -> Result<Answer<Self, Attested>, WalletError> {
        let Self { provider, at, keys, issuer_nonce, call, has_nonce } = self;
        if let Answer::Again(call) = call.receive(response, context)? {
            return Ok(Answer::Again(Self { provider, at, keys, issuer_nonce, call, has_nonce }));
        }
        if has_nonce {
            let name = if at == Endpoint::KeyAttestation { "key_attestation" } else { "client_attestation" };
            let text = member(at, response, name)?;
            return Ok(Answer::Done(Attested { text, keys: keys.iter().map(|key| key.public().clone()).collect() }));
        }
        let plan = provider.ask(at, &keys, &member(at, response, "nonce")?, issuer_nonce.as_deref())?;
        let call = Call::begin(plan, context)?;
        Ok(Answer::Again(Self { provider, at, keys, issuer_nonce, call, has_nonce: true }))
    }
}

/// An attestation as it came, and the keys that it must name.
struct Attested {
    text: String,
    keys: Vec<PublicKey>,
}

impl WalletProvider<'_> {
    fn endpoint(&self, path: &str) -> String {
        format!("{}/{path}", self.url.trim_end_matches('/'))
    }

    /// `instance` proves who asks; the other proofs say that the keys are this instance's.
    fn ask(
        &self,
        at: Endpoint,
        keys: &[&dyn WalletKey],
        nonce: &str,
        issuer_nonce: Option<&str>,
    ) -> Result<Plan, WalletError> {
        let of_keys = at == Endpoint::KeyAttestation;
        let url = self.endpoint(if of_keys { "key-attestations" } else { "client-attestations" });
        let mut proofs = keys.iter().map(|key| self.proof(*key, &url, nonce)).collect::<Result<Vec<_>, _>>()?;
        let instance = Some(self.proof(self.instance, &url, nonce)?.into());
        let body = if of_keys {
            jwt::collect([
                ("instance", instance),
                ("keys", Some(proofs.into())),
                ("nonce", issuer_nonce.map(Value::from)),
            ])
        } else {
            jwt::collect([("instance", instance), ("key", proofs.pop().map(Value::from))])
        };
        Ok(Plan::post(at, &url).with_body("application/json", json::to_vec(&body)))
    }

    fn proof(&self, key: &dyn WalletKey, url: &str, nonce: &str) -> Result<String, WalletError> {
        let instance = base64url::encode(Jwk::from(self.instance.public().clone()).thumbprint());
        let header = [("jwk", Some(jwt::key(&Jwk::from(key.public().clone()))))];
        let claims = [("aud", Some(url.into())), ("nonce", Some(nonce.into())), ("instance", Some(instance.into()))];
        signed(jwt::unsigned(PROOF_TYPE, header, claims), key)
    }
}

impl Exchange for AwaitingClientAttestation<'_> {
    type Done = WalletAttestation;

    fn request(&self) -> &HttpRequest {
        self.asking.call.request()
    }

    fn receive(
        self,
        response: &HttpResponse,
        context: &mut Context<'_>,
    ) -> Result<Answer<Self, WalletAttestation>, WalletError> {
        Ok(match self.asking.receive(response, context)? {
            Answer::Again(asking) => Answer::Again(Self { asking }),
            Answer::Done(attested) => Answer::Done(WalletAttestation::read(attested, context.now)?),
        })
    }
}

impl Exchange for AwaitingKeyAttestation<'_> {
    type Done = String;

    fn request(&self) -> &HttpRequest {
        self.asking.call.request()
    }

    fn receive(self, response: &HttpResponse, context: &mut Context<'_>) -> Result<Answer<Self, String>, WalletError> {
        let Self { asking, nonce } = self;
        Ok(match asking.receive(response, context)? {
            Answer::Again(asking) => Answer::Again(Self { asking, nonce }),
            Answer::Done(attested) => Answer::Done(check_keys(attested, nonce.as_deref(), context.now)?),
        })
    }
}

impl WalletAttestation {
    /// Checks that it is for our key, and that its provider's certificate signed it. Whether that certificate may be
    /// trusted is for issuers to decide.
    fn read(attested: Attested, now: Timestamp) -> Result<Self, ProviderFault> {
        let claims = verified(&attested.text, CLIENT_TYPE)?;
        let expires_at = claims.valid(now)?.ok_or(JwtFault::Claim { name: "exp" })?;
        let key = claims.raw().get("cnf").and_then(|cnf| cnf.get("jwk")).unwrap_or(&Value::Null);
        if attested.keys != [Jwk::from_value(key).map_err(JwtFault::from)?.public_key().clone()] {
            return Err(ProviderFault::OtherKeys);
        }
        let client_id = claims.text("sub")?.to_owned();
        Ok(Self { jwt: attested.text, client_id, expires_at })
    }

    /// For the wallet's encrypted store.
    pub fn to_object(&self) -> Object {
        jwt::collect([
            ("jwt", Some(self.jwt.as_str().into())),
            ("client_id", Some(self.client_id.as_str().into())),
            ("expires_at", Some(self.expires_at.unix().into())),
        ])
    }

    /// Reads what [`Self::to_object`] wrote.
    pub fn from_object(object: &Object) -> Result<Self, WalletError> {
        let mut stored = Stored::of(object);
        let [jwt, client_id] = ["jwt", "client_id"].map(|name| stored.text(name));
        let expires_at = stored.expires_at();
        Ok(Self { jwt, client_id, expires_at: stored.read(expires_at)? })
    }

    /// Until when servers accept it.
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// What a [`Context`] takes; `key` is the one for which it was made.
    pub fn with_key<'a>(&'a self, key: &'a dyn WalletKey) -> AttestedWallet<'a> {
        AttestedWallet { attestation: &self.jwt, client_id: &self.client_id, key }
    }
}

impl core::fmt::Debug for WalletAttestation {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("WalletAttestation").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

fn check_keys(attested: Attested, nonce: Option<&str>, now: Timestamp) -> Result<String, ProviderFault> {
    let claims = verified(&attested.text, KEYS_TYPE)?;
    claims.valid(now)?;
    if claims.optional("nonce")? != nonce {
        return Err(JwtFault::Differs { name: "nonce" }.into());
    }
    let keys =
        claims.raw().get("attested_keys").and_then(Value::as_array).ok_or(JwtFault::Claim { name: "attested_keys" })?;
    let keys: Result<Vec<Jwk>, _> = keys.iter().map(Jwk::from_value).collect();
    let keys: Vec<PublicKey> = keys.map_err(JwtFault::from)?.iter().map(|key| key.public_key().clone()).collect();
    if keys == attested.keys { Ok(attested.text) } else { Err(ProviderFault::OtherKeys) }
}

/// The claims, by the key of the certificate that came along (HAIP §4.4.1).
fn verified(text: &str, typ: &'static str) -> Result<Claims, JwtFault> {
    let jws = jwt::parse(text, typ, MAX_ATTESTATION)?;
    let leaf = jws.header().x5c().first().ok_or(JwtFault::ChainMissing)?;
    let leaf = Certificate::from_der(leaf)?;
    Claims::of(&jws.verify(leaf.public_key())?)
}
