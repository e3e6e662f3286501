//! An authority, one licence holder and a trust bundle, all from one seed: every run measures the same bytes, but for
//! the signatures, whose nonces aws-lc-rs draws itself.

mod authority;
mod holder;

use anyhow::Result;
use mapae_crypto::{Algorithm, SigningKey};
use mapae_status_list::{LIST_LEN, NewStatusToken, RevocationList, TokenTimes};
use mapae_trust::{Bundle, BundleContents, Classes, IssuerEntry, SignerRule, StatusEntry, StatusRule, TrustStore};
use mapae_types::{Duration, Entropy, EntropyError, Timestamp};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

pub use authority::{Authority, Signer};
pub use holder::Holder;

/// Whom the holder answers: the verifier's `client_id`.
pub const CLIENT_ID: &str = "x509_san_dns:rp.example";
/// The nonce of the request.
pub const NONCE: &str = "tYq3Jr0hV8zq1mXkT5cWbA";
/// Where the answer is sent.
pub const RESPONSE_URI: &str = "https://rp.example/oid4vp/response";
/// Where the status list is published.
pub const STATUS_URI: &str = "https://id.example/status/0";
/// The entry of the copies here, which is not revoked.
pub const STATUS_INDEX: u32 = 4711;

/// One entry in a hundred is revoked, or a few less where the same is drawn twice.
const REVOKED_OF: u32 = 100;

/// Randomness that is the same each time. Its speed is that of a good generator in the process.
pub struct Seeded(ChaCha8Rng);

impl Seeded {
    /// A stream of its own for each `purpose`.
    pub fn new(purpose: u64) -> Self {
        let mut generator = ChaCha8Rng::from_seed(*b"Mapae benches, seed 1: constant.");
        generator.set_stream(purpose);
        Self(generator)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u32) -> u32 {
        self.0.next_u32() % bound
    }
}

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        self.0.fill_bytes(bytes);
        Ok(())
    }
}

/// Everything that the operations work on.
pub struct Scene {
    /// When everything happens.
    pub now: Timestamp,
    /// Who issues.
    pub authority: Authority,
    /// Whose licence it is.
    pub holder: Holder,
    /// The status list token, a CWT.
    pub status_token: Vec<u8>,
    /// The signer of the bundle.
    pub bundle_key: SigningKey,
    /// The trust bundle's file.
    pub bundle: Vec<u8>,
}

impl Scene {
    /// Draws everything.
    pub fn new() -> Result<Self> {
        let now: Timestamp = "2026-11-21T03:00:00Z".parse()?;
        let authority = Authority::new(now.start_of_day(), &mut Seeded::new(1))?;
        let holder = Holder::new(now, &mut Seeded::new(2))?;
        let status_token = status_token(&authority.status, now)?;
        let bundle_key = SigningKey::generate(&mut Seeded::new(3))?;
        let bundle = bundle(&authority, &status_token, &bundle_key, now)?;
        Ok(Self { now, authority, holder, status_token, bundle_key, bundle })
    }

    /// What a verifier makes of the bundle. It remembers no signer and no list yet.
    pub fn trust_store(&self) -> Result<TrustStore> {
        Ok(Bundle::parse(self.bundle.as_slice())?.verify(self.bundle_key.public())?)
    }
}

/// A token for a list of the usual length.
fn status_token(signer: &Signer, now: Timestamp) -> Result<Vec<u8>> {
    let mut list = RevocationList::new(LIST_LEN);
    let mut generator = Seeded::new(4);
    for index in (0..LIST_LEN / REVOKED_OF).map(|_| generator.below(LIST_LEN)) {
        if index != STATUS_INDEX {
            list.revoke(index)?;
        }
    }
    let times = TokenTimes { issued_at: now, expires_at: now + Duration::days(70), ttl: Duration::hours(1) };
    let chain = [signer.certificate.der()];
    let unsigned = NewStatusToken::new(STATUS_URI, &list, times)?.unsigned_cwt(Algorithm::Es256, &chain)?;
    let signature = signer.key.sign(unsigned.to_be_signed())?;
    Ok(unsigned.attach(&signature))
}

fn bundle(authority: &Authority, token: &[u8], key: &SigningKey, now: Timestamp) -> Result<Vec<u8>> {
    let contents = BundleContents {
        issuers: vec![IssuerEntry {
            root: authority.root.clone(),
            status: StatusRule::Required,
            signers: SignerRule::Any,
        }],
        status_lists: vec![StatusEntry { uri: STATUS_URI.to_owned(), token: token.to_vec() }],
        ..BundleContents::new(now, Classes::standard()?)
    };
    let unsigned = contents.prepare(key.public());
    let signature = key.sign(unsigned.to_be_signed())?;
    Ok(unsigned.attach(&signature))
}
