//! The parties of every scene: fixed keys, certificates and one bundle, made when first needed.
//!
//! Keys are constants, so that seeds which were signed long ago verify today. Signatures are random, hence a
//! certificate made here has other bytes than the same one inside a seed; chains do not care.
#![expect(clippy::expect_used, reason = "all input is constant: if these parties cannot be made, no target can run")]

use std::sync::LazyLock;

use mapae_crypto::{Algorithm, SigningKey};
use mapae_mdoc::SessionTranscript;
use mapae_status_list::{NewStatusToken, RevocationList, TokenTimes};
use mapae_trust::{
    Bundle, BundleContents, Classes, Distrust, IssuerEntry, SignerRule, Software, StatusEntry, StatusRule, TrustStore,
    Withdrawn,
};
use mapae_types::{Duration, StatusReference, Timestamp};
use mapae_x509::{
    AlternativeName, Certificate, RevocationReason, RevokedEntry, RootParams, SignerParams, TrustAnchor,
    UnsignedCertificate, UnsignedCrl, X509Error,
};

/// The verifier, as an SD-JWT and a transcript name it.
pub const CLIENT_ID: &str = "redirect_uri:https://rp.example/response";
/// The verifier's nonce.
pub const NONCE: &str = "n-0S6_WzA2Mj";
/// Where the answer goes.
pub const RESPONSE_URI: &str = "https://rp.example/response";
/// Who provides the list of issuers.
pub const PROVIDER: &str = "Mapae";
/// The status list.
pub const STATUS_URI: &str = "https://id.example/status/0";
/// The entry of the copies made here.
pub const STATUS_INDEX: u64 = 4;
/// An entry that is revoked.
pub const REVOKED_INDEX: u32 = 700;
/// Entries of the list.
pub const STATUS_LEN: u32 = 1024;
/// The serial number on the revocation list.
pub const REVOKED_SERIAL: [u8; 3] = [0x4d, 0x41, 0x50];

/// A key and the certificate that names its use.
pub struct Signer {
    /// The key.
    pub key: SigningKey,
    /// The certificate, below [`Parties::root`].
    pub certificate: Certificate,
}

/// Everybody.
pub struct Parties {
    /// The root's key.
    pub root_key: SigningKey,
    /// The root.
    pub root: TrustAnchor,
    /// Signs mdocs.
    pub document_signer: Signer,
    /// Signs SD-JWT VCs.
    pub sd_jwt_signer: Signer,
    /// Signs status lists.
    pub status_signer: Signer,
    /// Signs requests.
    pub reader: Signer,
    /// The reader's ephemeral key of a proximity session.
    pub reader_ephemeral: SigningKey,
    /// The holder's.
    pub device_key: SigningKey,
    /// Signs the bundle.
    pub bundle_key: SigningKey,
    /// Signs the list of issuers.
    pub vical_signer: Signer,
    /// Signs attestations of wallets and keys.
    pub attestation_signer: Signer,
}

static PARTIES: LazyLock<Parties> = LazyLock::new(Parties::new);

/// The parties.
pub fn parties() -> &'static Parties {
    &PARTIES
}

/// What a verifier knows: the bundle of these parties.
pub fn store() -> &'static TrustStore {
    static STORE: LazyLock<TrustStore> = LazyLock::new(|| {
        let file = bundle();
        let bundle = Bundle::parse(file).expect("our own bundle is one");
        bundle.verify(parties().bundle_key.public()).expect("our own bundle verifies")
    });
    &STORE
}

/// The time of every check.
pub fn now() -> Timestamp {
    time("2026-11-21T09:00:00Z")
}

/// A time that was written down here.
pub fn time(text: &str) -> Timestamp {
    text.parse().expect("a constant is RFC 3339")
}

/// What presentations of mdocs are bound to.
pub fn transcript() -> SessionTranscript {
    SessionTranscript::openid4vp(CLIENT_ID, NONCE, None, RESPONSE_URI)
}

/// The status of the copies made here.
pub fn status() -> StatusReference {
    StatusReference { uri: STATUS_URI.to_owned(), idx: STATUS_INDEX }
}

fn key(scalar: u8) -> SigningKey {
    SigningKey::from_scalar(&[scalar; 32]).expect("a small scalar is below the order")
}

impl Parties {
    fn new() -> Self {
        let root_key = key(1);
        let root = root(&root_key).and_then(|unsigned| finish(unsigned, &root_key)).and_then(TrustAnchor::new);
        let root = root.expect("the root keeps its profile");
        let signer =
            |scalar, issue: Issue| signer(&root, &root_key, key(scalar), issue).expect("a leaf of its profile");
        Self {
            document_signer: signer(2, mapae_x509::document_signer),
            sd_jwt_signer: signer(3, mapae_x509::sd_jwt_signer),
            status_signer: signer(4, mapae_x509::status_signer),
            reader: signer(5, mapae_x509::mdoc_reader),
            reader_ephemeral: key(6),
            device_key: key(7),
            bundle_key: key(8),
            vical_signer: signer(9, mapae_x509::vical_signer),
            attestation_signer: signer(10, mapae_x509::attestation_signer),
            root_key,
            root,
        }
    }
}

fn finish(unsigned: UnsignedCertificate, key: &SigningKey) -> Result<Certificate, X509Error> {
    let signature = key.sign(unsigned.to_be_signed()).expect("a software key signs");
    unsigned.attach(&signature)
}

/// The root before its signature.
pub fn root(key: &SigningKey) -> Result<UnsignedCertificate, X509Error> {
    mapae_x509::iaca_root(&RootParams {
        country: "KR",
        state_or_province: None,
        organization: Some("Ministry of Samples"),
        common_name: "Fuzz IACA",
        public_key: key.public(),
        serial: [1; 16],
        not_before: time("2026-01-01T00:00:00Z"),
        not_after: time("2036-01-01T00:00:00Z"),
        crl_url: "https://id.example/iaca.crl",
        contact: AlternativeName::Email("pki@id.example".to_owned()),
    })
}

type Issue = fn(&TrustAnchor, &SignerParams<'_>) -> Result<UnsignedCertificate, X509Error>;

/// A leaf before its signature.
pub fn leaf(root: &TrustAnchor, key: &SigningKey, issue: Issue) -> Result<UnsignedCertificate, X509Error> {
    let params = SignerParams {
        organization: Some("Ministry of Samples"),
        common_name: "Fuzz signer",
        public_key: key.public(),
        serial: [2; 16],
        not_before: time("2026-10-01T00:00:00Z"),
        not_after: time("2027-12-01T00:00:00Z"),
        alternative_names: &[AlternativeName::Dns("rp.example".to_owned())],
    };
    issue(root, &params)
}

fn signer(root: &TrustAnchor, root_key: &SigningKey, key: SigningKey, issue: Issue) -> Result<Signer, X509Error> {
    let certificate = finish(leaf(root, &key, issue)?, root_key)?;
    Ok(Signer { key, certificate })
}

/// The root's revocation list before its signature.
pub fn crl() -> UnsignedCrl {
    let at = time("2026-11-01T00:00:00Z");
    let entry = RevokedEntry { serial: &REVOKED_SERIAL, at, reason: RevocationReason::KeyCompromise };
    let next = at + Duration::days(90);
    mapae_x509::crl(&parties().root, 7, at, next, &[entry]).expect("the list keeps its profile")
}

/// The status list as a token before its two forms.
pub fn status_token() -> NewStatusToken<'static> {
    let mut list = RevocationList::new(STATUS_LEN);
    list.revoke(REVOKED_INDEX).expect("the entry is in the list");
    let issued_at = now() - Duration::hours(2);
    let times = TokenTimes { issued_at, expires_at: issued_at + Duration::days(70), ttl: Duration::hours(1) };
    NewStatusToken::new(STATUS_URI, &list, times).expect("the times are in order")
}

/// The status list as a CWT.
pub fn status_cwt() -> Vec<u8> {
    let signer = &parties().status_signer;
    let unsigned = status_token().unsigned_cwt(Algorithm::Es256, &[signer.certificate.der()]);
    let unsigned = unsigned.expect("the chain is there");
    let signature = signer.key.sign(unsigned.to_be_signed()).expect("a software key signs");
    unsigned.attach(&signature)
}

/// The status list as a JWT.
pub fn status_jwt() -> String {
    let signer = &parties().status_signer;
    let unsigned = status_token().unsigned_jwt(Algorithm::Es256, &[signer.certificate.der()]);
    let unsigned = unsigned.expect("the chain is there");
    let signature = signer.key.sign(unsigned.to_be_signed()).expect("a software key signs");
    unsigned.attach(&signature)
}

/// What the bundle says at that time.
pub fn contents(as_of: Timestamp) -> BundleContents {
    BundleContents {
        issuers: vec![IssuerEntry {
            root: parties().root.clone(),
            status: StatusRule::Required,
            signers: SignerRule::Any,
        }],
        distrusted: vec![([0xdd; 32], Distrust::Compromised), ([0xcc; 32], Distrust::CeasedAt(as_of))],
        status_lists: vec![StatusEntry { uri: STATUS_URI.to_owned(), token: status_cwt() }],
        ..BundleContents::new(as_of, Classes::standard().expect("the ages are in order"))
    }
}

/// The bundle.
pub fn bundle() -> Vec<u8> {
    bundle_as_of(now() - Duration::hours(1))
}

/// The same of another time.
pub fn bundle_as_of(as_of: Timestamp) -> Vec<u8> {
    signed(contents(as_of))
}

/// The same with names of software and of registrations that were withdrawn.
pub fn naming_bundle() -> Vec<u8> {
    let as_of = now() - Duration::seconds(1_800);
    let name = "wallet-web".parse().expect("a name of software");
    let relying_party = "shop".parse().expect("an id of a relying party");
    signed(BundleContents {
        software: vec![Software { name, sha256: [0xaa; 32] }],
        withdrawn: vec![Withdrawn { relying_party, certificate: [0xbb; 32], since: as_of }],
        ..contents(as_of)
    })
}

fn signed(contents: BundleContents) -> Vec<u8> {
    let unsigned = contents.prepare(parties().bundle_key.public());
    let signature = parties().bundle_key.sign(unsigned.to_be_signed()).expect("a software key signs");
    unsigned.attach(&signature)
}
