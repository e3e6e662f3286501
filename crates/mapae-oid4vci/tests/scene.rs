//! Who takes part: a wallet with its keys, a wallet provider with its root, an issuer; and JWTs that can be bent.

use std::sync::LazyLock;

use mapae_crypto::{Algorithm, SigningKey};
use mapae_jose::{Jwk, Object, UnsignedJws, Value, json, x5c_value};
use mapae_oid4vci::{ALGORITHM, IssuerUrl, NonceState, Nonces, TrustedProviders};
use mapae_types::{Duration, Timestamp};
use mapae_x509::{Role, TrustAnchor};
use testkit::{Pki, Signer};

/// The issuer, which is its own authorization server.
pub(crate) const ISSUER: &str = "https://issuer.example/kr";
/// The `client_id` of all wallets of the provider.
pub(crate) const CLIENT: &str = "https://wallet.example";
/// The nonce that is current.
pub(crate) const NONCE: &str = "current";

static PROVIDER: LazyLock<(TrustAnchor, Signer)> = LazyLock::new(|| {
    let pki = Pki::new(77, "KR");
    let day = Duration::days(1);
    let signer = pki.signer(Role::AttestationSigner, 78, testkit::now() - day, testkit::now() + Duration::days(30));
    (pki.root.clone(), signer)
});

pub(crate) fn now() -> Timestamp {
    testkit::now()
}

pub(crate) fn issuer() -> IssuerUrl {
    IssuerUrl::parse(ISSUER).unwrap()
}

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_scalar(&[seed; 32]).unwrap()
}

pub(crate) fn jwk(seed: u8) -> Jwk {
    key(seed).public().clone().into()
}

/// The wallet provider's signer.
pub(crate) fn provider() -> &'static Signer {
    &PROVIDER.1
}

/// The chain of the provider's signer, without its root.
pub(crate) fn chain() -> Vec<&'static [u8]> {
    vec![provider().certificate.der()]
}

pub(crate) fn provider_root() -> TrustAnchor {
    PROVIDER.0.clone()
}

/// An issuer's trust in that provider.
pub(crate) fn providers() -> TrustedProviders {
    TrustedProviders::new(vec![provider_root()])
}

pub(crate) fn check(nonce: &str) -> NonceState {
    match nonce {
        NONCE => NonceState::Current,
        "old" => NonceState::Expired,
        _ => NonceState::Unknown,
    }
}

/// A nonce is demanded.
pub(crate) fn nonces() -> Nonces<'static> {
    Nonces::Required(&check)
}

pub(crate) fn signed(unsigned: UnsignedJws, key: &SigningKey) -> String {
    let signature = key.sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature)
}

/// A JWT in the making, in which each member can be bent.
#[derive(Clone)]
pub(crate) struct Bent {
    pub(crate) header: Object,
    pub(crate) claims: Object,
    pub(crate) key: SigningKeySeed,
}

/// Whose key signs.
#[derive(Clone, Copy)]
pub(crate) enum SigningKeySeed {
    Wallet(u8),
    Provider,
}

impl Bent {
    /// Takes a JWT of ours apart.
    pub(crate) fn of(unsigned: &UnsignedJws, key: SigningKeySeed) -> Self {
        let text = String::from_utf8(unsigned.to_be_signed().to_vec()).unwrap();
        let (header, claims) = text.split_once('.').unwrap();
        let read = |part| json::parse_object(&mapae_jose::base64url::decode(part).unwrap()).unwrap();
        Self { header: read(header), claims: read(claims), key }
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

    pub(crate) fn signed_by(mut self, key: SigningKeySeed) -> Self {
        self.key = key;
        self
    }

    /// The JWT, signed over what it now says.
    pub(crate) fn text(&self) -> String {
        let unsigned = UnsignedJws::new(&self.header, &json::to_vec(&self.claims));
        match self.key {
            SigningKeySeed::Wallet(seed) => signed(unsigned, &key(seed)),
            SigningKeySeed::Provider => signed(unsigned, &provider().key),
        }
    }

    /// The JWT with any payload.
    pub(crate) fn with_payload(&self, payload: &[u8]) -> String {
        let SigningKeySeed::Wallet(seed) = self.key else { panic!("the wallet's alone") };
        signed(UnsignedJws::new(&self.header, payload), &key(seed))
    }
}

/// A chain as a header member.
pub(crate) fn x5c(chain: &[&[u8]]) -> Value {
    x5c_value(chain)
}

/// The algorithms that no JWT here may have, with the words of the refusal.
pub(crate) const OTHER_ALGORITHMS: [&str; 5] = ["none", "HS256", "RS256", "EdDSA", "ES512"];

/// ES384 is known to us, but not accepted of a wallet.
pub(crate) const KNOWN_BUT_REFUSED: &str = "ES384";

#[test]
fn wallets_sign_with_es256() {
    assert_eq!(ALGORITHM, Algorithm::Es256);
}
