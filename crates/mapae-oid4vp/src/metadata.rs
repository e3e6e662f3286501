//! What a verifier says of itself in `client_metadata` (OpenID4VP 1.0 §5.1, §8.3, §11.1, B.2.2, B.3.4).

use mapae_crypto::{Curve, aead::AeadAlgorithm};
use mapae_dcql::{DcqlQuery, Wanted};
use mapae_jose::{Jwk, Object, Value};

use crate::{RequestFault, members, members::MAX_ID};

/// The one `alg` (HAIP 1.0 §5).
pub(crate) const ALG: &str = "ECDH-ES";
/// Keys of one set at most.
const MAX_KEYS: usize = 16;
/// Algorithms of one list at most.
const MAX_ALGORITHMS: usize = 64;

/// The key that an answer is encrypted to, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseKey {
    jwk: Jwk,
    kid: Option<String>,
    enc: AeadAlgorithm,
}

impl ResponseKey {
    /// The key, on P-256.
    pub const fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// Its name.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// How the content is encrypted.
    pub const fn enc(&self) -> AeadAlgorithm {
        self.enc
    }

    /// §8.3: the first key of the metadata that this wallet can use.
    pub(crate) fn choose(metadata: Option<&Object>) -> Result<Self, RequestFault> {
        let metadata = metadata.ok_or(RequestFault::EncryptionKey)?;
        let jwks = members::inner(metadata, "jwks")?.ok_or(RequestFault::EncryptionKey)?;
        let keys = members::list(jwks, "keys", MAX_KEYS)?.ok_or(RequestFault::EncryptionKey)?;
        check_names(keys)?;
        // RFC 7517 §5: keys that cannot be used are passed over.
        let usable = keys.iter().filter_map(Value::as_object).filter(|key| is_usable(key));
        let mut read = usable.filter_map(|key| Some((key, Jwk::from_object(key).ok()?)));
        let (key, jwk) = read.next().ok_or(RequestFault::EncryptionKey)?;
        let kid = members::optional(key, "kid", MAX_ID)?.map(str::to_owned);
        Ok(Self { jwk, kid, enc: content_encryption(metadata)? })
    }
}

/// §5.1: a name is one key's. That each has one is left to the verifier, as §8.3 does.
fn check_names(keys: &[Value]) -> Result<(), RequestFault> {
    let names: Vec<&Value> = keys.iter().filter_map(|key| key.get("kid")).collect();
    let twice = names.iter().enumerate().any(|(place, name)| names[..place].contains(name));
    if twice { Err(RequestFault::Malformed { parameter: "jwks" }) } else { Ok(()) }
}

/// §8.3: `alg` must be there, and says what is done; `use` must not say otherwise.
fn is_usable(key: &Object) -> bool {
    let is = |name: &str, value: &str| key.get(name).is_some_and(|found| found == value);
    let for_encryption = key.get("use").is_none_or(|purpose| purpose == "enc");
    is("kty", "EC") && is("crv", Curve::P256.jose()) && is("alg", ALG) && for_encryption
}

/// §8.3: `A128GCM` where nothing is said. HAIP 1.0 §5: a wallet that has both takes `A256GCM`.
fn content_encryption(metadata: &Object) -> Result<AeadAlgorithm, RequestFault> {
    const NAME: &str = "encrypted_response_enc_values_supported";
    let Some(values) = members::list(metadata, NAME, MAX_ALGORITHMS)? else { return Ok(AeadAlgorithm::A128Gcm) };
    let offered = |algorithm: &AeadAlgorithm| values.iter().any(|value| value == algorithm.jose());
    let ours = [AeadAlgorithm::A256Gcm, AeadAlgorithm::A128Gcm];
    ours.into_iter().find(offered).ok_or(RequestFault::EncryptionUnsupported)
}

/// §8.5 `vp_formats_not_supported`: at least one credential is asked for in a format that this wallet has and that the
/// verifier, if it says anything, can check.
pub(crate) fn check_formats(query: &DcqlQuery, metadata: Option<&Object>) -> Result<(), RequestFault> {
    let supported = metadata.map(|metadata| members::inner(metadata, "vp_formats_supported")).transpose()?.flatten();
    let common = query.credentials().iter().any(|credential| match credential.wanted() {
        Wanted::Mdoc { .. } => takes(supported, "mso_mdoc", &MDOC),
        Wanted::SdJwtVc { .. } => takes(supported, "dc+sd-jwt", &SD_JWT),
        _ => false,
    });
    if common { Ok(()) } else { Err(RequestFault::Formats) }
}

/// Lists of algorithms of a format, and what stands in them for P-256 with SHA-256.
type Algorithms = [(&'static str, [Es256; 2]); 2];

#[derive(Clone, Copy)]
enum Es256 {
    Jose(&'static str),
    Cose(i64),
}

/// B.2.2: `-7` says ECDSA with SHA-256, `-9` the curve besides.
const MDOC: Algorithms = [
    ("issuerauth_alg_values", [Es256::Cose(-7), Es256::Cose(-9)]),
    ("deviceauth_alg_values", [Es256::Cose(-7), Es256::Cose(-9)]),
];
/// B.3.4: names that say the curve besides, as `ES256` does in JOSE.
const SD_JWT: Algorithms = [
    ("sd-jwt_alg_values", [Es256::Jose("ES256"), Es256::Jose("ES256")]),
    ("kb-jwt_alg_values", [Es256::Jose("ES256"), Es256::Jose("ES256")]),
];

fn takes(supported: Option<&Object>, format: &str, algorithms: &Algorithms) -> bool {
    let Some(supported) = supported else { return true };
    let Some(format) = supported.get(format) else { return false };
    let lists_ours = |(list, names): &(&str, [Es256; 2])| match format.get(list).and_then(Value::as_array) {
        None => true,
        Some(values) => values.iter().any(|value| names.iter().any(|name| name.is(value))),
    };
    algorithms.iter().all(lists_ours)
}

impl Es256 {
    fn is(self, value: &Value) -> bool {
        match self {
            Self::Jose(name) => value == name,
            Self::Cose(number) => value.as_i64() == Some(number),
        }
    }
}
