//! Who takes part: a registrar, a library that asks, and a request of it in which each member can be bent.

use std::sync::LazyLock;

use mapae_crypto::SigningKey;
use mapae_dcql::DcqlQuery;
use mapae_jose::{Object, UnsignedJws, Value, base64url, json, x5c_value};
use mapae_oid4vp::{AuthenticRequest, Call, HttpRequest, Request, RequestFault, RequestObject};
use mapae_types::{Duration, Entropy as _, Timestamp};
use mapae_x509::{
    AlternativeName, Certificate, RootParams, SignerParams, TrustAnchor, document_signer, mdoc_reader, reader_root,
};
use serde_json::json as value;
use testkit::Seeded;

/// The host that the library's certificate names.
pub(crate) const HOST: &str = "library.example";
/// Where answers go.
pub(crate) const RESPONSE_URI: &str = "https://library.example/answers/1";
/// The nonce of the request.
pub(crate) const NONCE: &str = "n-0S6_WzA2Mj~.";

pub(crate) static REGISTRAR: LazyLock<Registrar> = LazyLock::new(|| Registrar::new(11));
pub(crate) static LIBRARY: LazyLock<Verifier> = LazyLock::new(|| REGISTRAR.certify(12, 30));

pub(crate) fn now() -> Timestamp {
    testkit::now()
}

pub(crate) fn entropy() -> Seeded {
    Seeded::new(5)
}

/// Certifies those who ask.
pub(crate) struct Registrar {
    pub(crate) root: TrustAnchor,
    key: SigningKey,
}

/// Who asks.
pub(crate) struct Verifier {
    pub(crate) certificate: Certificate,
    pub(crate) key: SigningKey,
}

impl Registrar {
    pub(crate) fn new(seed: u64) -> Self {
        let mut entropy = Seeded::new(seed);
        let key = SigningKey::generate(&mut entropy).unwrap();
        let from = now() - Duration::days(300);
        let params = RootParams {
            country: "KR",
            state_or_province: None,
            organization: Some("Registrar of Samples"),
            common_name: "Sample reader root",
            public_key: key.public(),
            serial: entropy.array().unwrap(),
            not_before: from,
            not_after: from + Duration::days(3650),
            crl_url: "https://registrar.example/crl",
            contact: AlternativeName::Email("pki@registrar.example".into()),
        };
        let unsigned = reader_root(&params).unwrap();
        let signature = key.sign(unsigned.to_be_signed()).unwrap();
        Self { root: TrustAnchor::new(unsigned.attach(&signature).unwrap()).unwrap(), key }
    }

    /// A verifier whose certificate names [`HOST`] and is valid for some days, since twenty days ago.
    pub(crate) fn certify(&self, seed: u64, days: i64) -> Verifier {
        self.certify_as(seed, days, HOST, mdoc_reader)
    }

    /// The same for another host.
    pub(crate) fn certify_host(&self, seed: u64, host: &str) -> Verifier {
        self.certify_as(seed, 30, host, mdoc_reader)
    }

    /// The same by another profile: a signer of documents, which asks nobody.
    pub(crate) fn certify_signer(&self, seed: u64) -> Verifier {
        self.certify_as(seed, 30, HOST, document_signer)
    }

    fn certify_as(
        &self,
        seed: u64,
        days: i64,
        host: &str,
        profile: fn(&TrustAnchor, &SignerParams<'_>) -> Result<mapae_x509::UnsignedCertificate, mapae_x509::X509Error>,
    ) -> Verifier {
        let mut entropy = Seeded::new(seed);
        let key = SigningKey::generate(&mut entropy).unwrap();
        let from = now() - Duration::days(20);
        let params = SignerParams {
            organization: Some("Sample Library"),
            common_name: "Library",
            public_key: key.public(),
            serial: entropy.array().unwrap(),
            not_before: from,
            not_after: from + Duration::days(days),
            alternative_names: &[AlternativeName::Dns(host.into())],
        };
        let unsigned = profile(&self.root, &params).unwrap();
        let signature = self.key.sign(unsigned.to_be_signed()).unwrap();
        Verifier { certificate: unsigned.attach(&signature).unwrap(), key }
    }
}

impl Verifier {
    /// The client identifier of its certificate.
    pub(crate) fn client_id(&self) -> String {
        mapae_x509::x509_hash_client_id(&self.certificate)
    }
}

/// The client identifier that names the host.
pub(crate) fn by_host() -> String {
    format!("x509_san_dns:{HOST}")
}

/// Asks for a name, in one format or the other.
pub(crate) fn query() -> Value {
    value!({"credentials": [
        {
            "id": "card",
            "format": "mso_mdoc",
            "meta": {"doctype_value": "org.iso.18013.5.1.mDL"},
            "claims": [{"path": ["org.iso.18013.5.1", "family_name"]}],
        },
        {
            "id": "card-sd",
            "format": "dc+sd-jwt",
            "meta": {"vct_values": ["urn:example:card"]},
            "claims": [{"path": ["family_name"]}],
        },
    ], "credential_sets": [{"options": [["card"], ["card-sd"]]}]})
}

pub(crate) fn dcql() -> DcqlQuery {
    DcqlQuery::from_json(&query()).unwrap()
}

/// A request in the making.
#[derive(Clone)]
pub(crate) struct Bent {
    pub(crate) header: Object,
    pub(crate) claims: Object,
}

impl Bent {
    /// What the library asks as it should.
    pub(crate) fn new() -> Self {
        let header = value!({
            "alg": "ES256", "typ": "oauth-authz-req+jwt", "x5c": x5c_value(&[LIBRARY.certificate.der()]),
        });
        let claims = value!({
            "aud": "https://self-issued.me/v2",
            "client_id": LIBRARY.client_id(),
            "client_metadata": {"vp_formats_supported": {"mso_mdoc": {}, "dc+sd-jwt": {}}},
            "dcql_query": query(),
            "exp": (now() + Duration::seconds(300)).unix(),
            "iat": now().unix(),
            "nonce": NONCE,
            "purpose": "책을 빌려 드리려고 합니다.",
            "response_mode": "direct_post",
            "response_type": "vp_token",
            "response_uri": RESPONSE_URI,
            "state": "st~ate.1_-",
        });
        let object = |value: Value| value.as_object().unwrap().clone();
        Self { header: object(header), claims: object(claims) }
    }

    /// The same, named by its host.
    pub(crate) fn by_host() -> Self {
        Self::new().claim("client_id", by_host())
    }

    /// The same, its answer to be encrypted to a key.
    pub(crate) fn encrypted(key: &SigningKey) -> Self {
        let metadata = value!({"jwks": {"keys": [jwk(key, "k1")]}});
        Self::new().claim("response_mode", "direct_post.jwt").claim("client_metadata", metadata)
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn without_header(mut self, name: &str) -> Self {
        self.header.remove(name).unwrap();
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.claims.remove(name).unwrap();
        self
    }

    /// Signed over what it now says, by the library's key.
    pub(crate) fn jws(&self) -> String {
        self.signed_by(&LIBRARY.key)
    }

    pub(crate) fn signed_by(&self, key: &SigningKey) -> String {
        let unsigned = UnsignedJws::new(&self.header, &json::to_vec(&self.claims));
        let signature = key.sign(unsigned.to_be_signed()).unwrap();
        unsigned.attach(&signature)
    }

    /// What a wallet says of it that trusts the registrar.
    pub(crate) fn authenticate(&self) -> Result<AuthenticRequest, RequestFault> {
        authenticate(&self.jws())
    }

    /// The request, which must be a good one.
    pub(crate) fn request(&self) -> Request {
        self.authenticate().unwrap().into_request()
    }

    /// Why it is refused.
    pub(crate) fn fault(&self) -> RequestFault {
        self.authenticate().unwrap_err()
    }

    /// The same as the JSON of a request that nobody signs, by a client that is its address.
    pub(crate) fn plain(self) -> Self {
        self.claim("client_id", format!("redirect_uri:{RESPONSE_URI}"))
    }
}

pub(crate) fn object(jws: &str) -> RequestObject {
    match Call::parse(jws).unwrap() {
        Call::Signed(object) | Call::Plain(object) => object,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn authenticate(jws: &str) -> Result<AuthenticRequest, RequestFault> {
    object(jws).authenticate(core::slice::from_ref(&REGISTRAR.root), now())
}

pub(crate) fn unauthenticated(bent: &Bent) -> Result<Request, RequestFault> {
    object(&Value::Object(bent.claims.clone()).to_string()).unauthenticated(now())
}

/// A key to which answers are encrypted, as a verifier gives it.
pub(crate) fn jwk(key: &SigningKey, kid: &str) -> Value {
    let mut jwk = mapae_jose::Jwk::from(key.public().clone()).to_object();
    for (name, value) in [("alg", "ECDH-ES"), ("use", "enc"), ("kid", kid)] {
        jwk.insert(name.to_owned(), value.into());
    }
    jwk.into()
}

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_scalar(&[seed; 32]).unwrap()
}

/// The parameters of a form that was sent.
pub(crate) fn form(request: &HttpRequest) -> Vec<(String, String)> {
    let text = core::str::from_utf8(&request.body).unwrap();
    text.split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

pub(crate) fn parameter(request: &HttpRequest, name: &str) -> Option<String> {
    form(request).into_iter().find(|(found, _)| found == name).map(|(_, value)| value)
}

fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap()
}

/// Percent-encodes a value of a link.
pub(crate) fn encoded(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect::<Vec<_>>().concat()
}

/// Unpadded base64url of JSON.
pub(crate) fn encoded_json(value: &Value) -> String {
    base64url::encode(value.to_string())
}
