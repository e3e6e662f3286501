//! An issuer, a holder and a verifier on simulated time, and a presentation that a test can break in one place.

use mapae_crypto::{Algorithm, SigningKey, sha256};
use mapae_jose::{Jwk, Object, UnsignedJws, Value, base64url, json};
use mapae_sd_jwt::{
    Claim, Claims, Content, Issuance, KeyBindingExpectation, SdJwtError, SdJwtPresentation, StatusReference,
    VerifiedSdJwt,
};
use mapae_types::{Duration, Entropy, EntropyError, Timestamp};
use serde_json::json;

pub(crate) const AUDIENCE: &str = "x509_hash:verifier";
pub(crate) const NONCE: &str = "n-0S6_WzA2Mj";
pub(crate) const VCT: &str = "https://id.example/resident";
pub(crate) const NOW: i64 = 1_795_000_000;

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix(seconds).unwrap()
}

pub(crate) fn issuer() -> SigningKey {
    SigningKey::from_scalar(&[1; 32]).unwrap()
}

pub(crate) fn holder() -> SigningKey {
    SigningKey::from_scalar(&[2; 32]).unwrap()
}

pub(crate) fn stranger() -> SigningKey {
    SigningKey::from_scalar(&[3; 32]).unwrap()
}

/// A generator from a seed; counts how often it was asked.
pub(crate) struct Seeded {
    pub(crate) state: u64,
    pub(crate) calls: usize,
}

impl Seeded {
    pub(crate) fn new(state: u64) -> Self {
        Self { state, calls: 0 }
    }
}

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        self.calls += 1;
        for chunk in bytes.chunks_mut(8) {
            self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

/// The claims of a person with something nested, something recursive and an array.
pub(crate) fn claims() -> Claims {
    let address = Claims::new()
        .with("locality", Claim::selective("Seoul"))
        .unwrap()
        .with("country", Claim::always("KR"))
        .unwrap();
    let ages = Claims::new().with("18", Claim::selective(true)).unwrap().with("65", Claim::selective(false)).unwrap();
    let nationalities = Content::Array(vec![Claim::selective("KR"), Claim::selective("DE"), Claim::always("XX")]);
    Claims::new()
        .with("family_name", Claim::selective("홍"))
        .unwrap()
        .with("address", Claim::selective(address))
        .unwrap()
        .with("age_equal_or_over", Claim::always(ages))
        .unwrap()
        .with("nationalities", Claim::always(nationalities))
        .unwrap()
        .with("issuing_country", Claim::always("KR"))
        .unwrap()
}

/// What [`claims`] become when everything is disclosed.
pub(crate) fn plain_claims() -> Value {
    json!({
        "family_name": "홍",
        "address": {"locality": "Seoul", "country": "KR"},
        "age_equal_or_over": {"18": true, "65": false},
        "nationalities": ["KR", "DE", "XX"],
        "issuing_country": "KR",
    })
}

pub(crate) fn status() -> StatusReference {
    StatusReference { uri: "https://id.example/status/7".into(), idx: 4711 }
}

/// Hands an ordinary issuance of this scene to `use_it`.
pub(crate) fn with_issuance<T>(use_it: impl FnOnce(Issuance<'_>) -> T) -> T {
    let (holder, status) = (Jwk::from(holder().public().clone()), status());
    use_it(Issuance {
        algorithm: Algorithm::Es256,
        x5c: &[vec![0x30, 0x00]],
        vct: VCT,
        issuer: Some("https://id.example"),
        issued_at: at(NOW).start_of_day(),
        not_before: Some(at(NOW - 86_400)),
        expires: Some(at(NOW + 86_400)),
        holder: &holder,
        status: Some(&status),
        decoys: 3,
    })
}

/// An SD-JWT as the issuer hands it over.
pub(crate) fn issued(claims: &Claims, seed: u64) -> String {
    let unsigned = with_issuance(|issuance| issuance.prepare(claims, &mut Seeded::new(seed)).unwrap());
    let signature = issuer().sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature)
}

pub(crate) fn expectation() -> KeyBindingExpectation<'static> {
    KeyBindingExpectation {
        audience: AUDIENCE,
        nonce: NONCE,
        now: at(NOW),
        max_age: Duration::seconds(300),
        skew: Duration::seconds(60),
    }
}

pub(crate) fn verify(presentation: &str, expected: &KeyBindingExpectation<'_>) -> Result<VerifiedSdJwt, SdJwtError> {
    let key = issuer();
    SdJwtPresentation::parse(presentation)?.verify_issuer(key.public())?.process()?.verify_holder(expected)
}

pub(crate) fn disclosure(array: &Value) -> String {
    base64url::encode(array.to_string())
}

pub(crate) fn digest(disclosure: &str) -> String {
    base64url::encode(sha256(disclosure.as_bytes()))
}

pub(crate) fn sign(header: &Value, payload: &[u8], key: &SigningKey) -> String {
    let unsigned = UnsignedJws::new(header.as_object().unwrap(), payload);
    let signature = key.sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature)
}

/// A presentation written by hand, signed by whoever a test says, right until the test changes something.
pub(crate) struct Forge {
    pub(crate) header: Value,
    pub(crate) payload: Value,
    pub(crate) disclosures: Vec<String>,
    pub(crate) binding_header: Value,
    /// Without `sd_hash` the right one is added.
    pub(crate) binding: Value,
    pub(crate) issuer: SigningKey,
    pub(crate) holder: SigningKey,
}

impl Forge {
    pub(crate) fn new() -> Self {
        let name = disclosure(&json!(["salt-1", "family_name", "홍"]));
        let nation = disclosure(&json!(["salt-2", "KR"]));
        let payload = json!({
            "vct": VCT,
            "iss": "https://id.example",
            "iat": NOW - 1000,
            "nbf": NOW - 1000,
            "exp": NOW + 1000,
            "cnf": {"jwk": Jwk::from(holder().public().clone()).to_object()},
            "status": {"status_list": {"idx": 7, "uri": "https://id.example/status/1"}},
            "_sd_alg": "sha-256",
            "_sd": [digest(&name), digest("a decoy")],
            "nationalities": [{"...": digest(&nation)}, "XX"],
        });
        Self {
            header: json!({"alg": "ES256", "typ": "dc+sd-jwt"}),
            payload,
            disclosures: vec![name, nation],
            binding_header: json!({"alg": "ES256", "typ": "kb+jwt"}),
            binding: json!({"iat": NOW - 10, "aud": AUDIENCE, "nonce": NONCE}),
            issuer: issuer(),
            holder: holder(),
        }
    }

    pub(crate) fn with(change: impl FnOnce(&mut Self)) -> Self {
        let mut forge = Self::new();
        change(&mut forge);
        forge
    }

    /// Adds a disclosure to the top level's digests and to what is presented.
    pub(crate) fn disclose(&mut self, array: &Value) {
        let text = disclosure(array);
        self.digests().push(digest(&text).into());
        self.disclosures.push(text);
    }

    pub(crate) fn digests(&mut self) -> &mut Vec<Value> {
        self.payload["_sd"].as_array_mut().unwrap()
    }

    pub(crate) fn remove(&mut self, claim: &str) {
        self.payload.as_object_mut().unwrap().remove(claim);
    }

    /// The issuer-signed JWT and the disclosures, each followed by `~`.
    pub(crate) fn bound(&self) -> String {
        let jwt = sign(&self.header, &json::to_vec(&self.payload), &self.issuer);
        self.disclosures.iter().fold(jwt + "~", |text, disclosure| text + disclosure + "~")
    }

    pub(crate) fn present(&self) -> String {
        let bound = self.bound();
        let mut binding: Object = self.binding.as_object().unwrap().clone();
        binding.entry("sd_hash").or_insert_with(|| digest(&bound).into());
        bound + &sign(&self.binding_header, &json::to_vec(&binding), &self.holder)
    }

    pub(crate) fn verify(&self) -> Result<VerifiedSdJwt, SdJwtError> {
        verify(&self.present(), &expectation())
    }

    pub(crate) fn refusal(&self) -> SdJwtError {
        self.verify().unwrap_err()
    }
}
