//! JWE in compact form (RFC 7516 §7.1) to a P-256 key: ECDH-ES with direct key agreement (RFC 7518 §4.6), AES-GCM.
//!
//! It hides credentials and requests from whatever lies between two parties (OpenID4VCI §10). It says nothing of who
//! wrote it: that is for what is inside. Left out: `zip`, whose output is of no known length and whose size speaks about
//! the text (RFC 8725 §3.6), other key management, the JSON serialisations.

use core::fmt;

use mapae_crypto::{
    Curve, SharedSecret, SigningKey,
    aead::{AeadAlgorithm, AeadKey, NONCE_LEN, TAG_LEN},
    sha256_of,
};
use mapae_types::{Entropy, EntropyError};

use crate::{JsonError, Jwk, JwkError, Object, Value, base64url, json};

/// Characters that a compact JWE may have: a plaintext as long as any JSON that we read, and its header.
const MAX_LEN: usize = base64url::encoded_len(json::MAX_LEN) + MAX_HEADER + 64;

/// Characters of the header, certificates never being among them.
const MAX_HEADER: usize = 8 << 10;

/// Bytes of `apu` and `apv`: a nonce or a thumbprint each.
const MAX_PARTY_INFO: usize = 512;

/// The one `alg` here.
const ECDH_ES: &str = "ECDH-ES";

/// A JWE that has been read but not opened.
///
/// ```
/// use mapae_crypto::{SigningKey, aead::AeadAlgorithm};
/// use mapae_jose::{Jwe, JweEncrypter, Jwk};
/// # struct Zeros(u8);
/// # impl mapae_types::Entropy for Zeros {
/// #     fn fill(&mut self, bytes: &mut [u8]) -> Result<(), mapae_types::EntropyError> {
/// #         self.0 += 1;
/// #         bytes.fill(self.0);
/// #         Ok(())
/// #     }
/// # }
/// # let mut entropy = Zeros(0);
///
/// let recipient = SigningKey::from_scalar(&[7; 32]).unwrap();
/// let jwk = Jwk::from(recipient.public().clone());
/// let text = JweEncrypter::new(&jwk, AeadAlgorithm::A256Gcm).unwrap().kid("1").encrypt(b"text", &mut entropy).unwrap();
///
/// let jwe = Jwe::parse(&text).unwrap();
/// assert_eq!(jwe.header().kid(), Some("1"));
/// assert_eq!(jwe.decrypt(&recipient).unwrap(), b"text");
/// ```
#[derive(Clone)]
pub struct Jwe<'a> {
    header: JweHeader,
    /// The header as it arrived: what the tag covers (RFC 7516 §5.2 step 15).
    aad: &'a str,
    nonce: [u8; NONCE_LEN],
    /// Ciphertext ‖ tag.
    sealed: Vec<u8>,
}

impl<'a> Jwe<'a> {
    /// Splits a compact JWE and reads its header.
    pub fn parse(text: &'a str) -> Result<Self, JweError> {
        if text.len() > MAX_LEN {
            return Err(JweError::TooLong { len: text.len(), limit: MAX_LEN });
        }
        let mut parts = text.split('.');
        let next = |parts: &mut core::str::Split<'a, char>| parts.next().ok_or(JweError::NotCompact);
        let (aad, key, nonce, ciphertext, tag) =
            (next(&mut parts)?, next(&mut parts)?, next(&mut parts)?, next(&mut parts)?, next(&mut parts)?);
        if parts.next().is_some() {
            return Err(JweError::NotCompact);
        }
        let header = JweHeader::parse(aad)?;
        // RFC 7516 §5.2 step 10: with direct key agreement the encrypted key is empty.
        if !key.is_empty() {
            return Err(JweError::EncryptedKeyPresent);
        }
        let mut sealed = decode("ciphertext", ciphertext)?;
        sealed.extend(fixed::<TAG_LEN>("tag", tag)?);
        Ok(Self { header, aad, nonce: fixed("initialization vector", nonce)?, sealed })
    }

    /// The header, which nobody vouches for: `kid` may serve to find the key.
    pub const fn header(&self) -> &JweHeader {
        &self.header
    }

    /// Opens it with the recipient's key.
    pub fn decrypt(&self, key: &SigningKey) -> Result<Vec<u8>, JweError> {
        let shared = key.agree(self.header.epk.public_key()).map_err(|_| JweError::EpkUnsuitable)?;
        let key = derive(&shared, self.header.enc, &self.header.apu, &self.header.apv)?;
        key.open(&self.nonce, self.aad.as_bytes(), &self.sealed).map_err(|_| JweError::NotForThisKey)
    }
}

impl fmt::Debug for Jwe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jwe").field("header", &self.header).finish_non_exhaustive()
    }
}

/// The header of a JWE, its members of interest read (RFC 7516 §4.1, RFC 7518 §4.6.1).
#[derive(Clone)]
pub struct JweHeader {
    enc: AeadAlgorithm,
    epk: Jwk,
    apu: Vec<u8>,
    apv: Vec<u8>,
    raw: Object,
}

impl JweHeader {
    fn parse(part: &str) -> Result<Self, JweError> {
        if part.len() > MAX_HEADER {
            return Err(JweError::TooLong { len: part.len(), limit: MAX_HEADER });
        }
        let raw = json::parse_object(&decode("header", part)?).map_err(JweError::HeaderUnreadable)?;
        // RFC 7516 §4.1.13: an extension that is not understood makes the JWE invalid, and we know none.
        if raw.contains_key("crit") {
            return Err(JweError::CriticalExtension);
        }
        if raw.contains_key("zip") {
            return Err(JweError::Compressed);
        }
        for name in ["typ", "cty", "kid"] {
            text(&raw, name)?;
        }
        let enc = algorithms(&raw)?;
        let (apu, apv) = (party_info(&raw, "apu")?, party_info(&raw, "apv")?);
        Ok(Self { enc, epk: ephemeral(&raw)?, apu, apv, raw })
    }

    /// `enc`: how the content is encrypted.
    pub const fn enc(&self) -> AeadAlgorithm {
        self.enc
    }

    /// `kid`: which of the recipient's keys it is for.
    pub fn kid(&self) -> Option<&str> {
        self.raw.get("kid")?.as_str()
    }

    /// `typ`: what kind of object this claims to be.
    pub fn typ(&self) -> Option<&str> {
        self.raw.get("typ")?.as_str()
    }

    /// `cty`: what the plaintext claims to be.
    pub fn cty(&self) -> Option<&str> {
        self.raw.get("cty")?.as_str()
    }

    /// `apu`: what the sender put into the key derivation about itself; empty if absent.
    pub fn apu(&self) -> &[u8] {
        &self.apu
    }

    /// `apv`: what the sender put into the key derivation about the recipient; empty if absent.
    pub fn apv(&self) -> &[u8] {
        &self.apv
    }

    /// All members as they came.
    pub const fn raw(&self) -> &Object {
        &self.raw
    }
}

impl fmt::Debug for JweHeader {
    /// Leaves out what may point at a person or a session.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JweHeader").field("enc", &self.enc).field("typ", &self.typ()).finish_non_exhaustive()
    }
}

/// Writes JWEs to one recipient.
#[derive(Clone)]
pub struct JweEncrypter {
    recipient: Jwk,
    enc: AeadAlgorithm,
    members: Object,
    apu: Vec<u8>,
    apv: Vec<u8>,
}

impl JweEncrypter {
    /// For the holder of `recipient`, a key on P-256.
    pub fn new(recipient: &Jwk, enc: AeadAlgorithm) -> Result<Self, JweError> {
        if recipient.public_key().curve() != Curve::P256 {
            return Err(JweError::RecipientKeyUnsuitable);
        }
        let members = json::object([("alg", ECDH_ES.into()), ("enc", enc.jose().into())]);
        Ok(Self { recipient: recipient.clone(), enc, members, apu: Vec::new(), apv: Vec::new() })
    }

    /// Names the recipient's key, as its JWK does (OpenID4VCI §10).
    pub fn kid(self, kid: &str) -> Self {
        self.member("kid", kid)
    }

    /// Says what kind of object this is.
    pub fn typ(self, typ: &str) -> Self {
        self.member("typ", typ)
    }

    /// Says what the plaintext is.
    pub fn cty(self, cty: &str) -> Self {
        self.member("cty", cty)
    }

    /// Binds the content to what the parties know of each other (RFC 7518 §4.6.1.2, §4.6.1.3): up to 512 bytes each, and
    /// nothing for a party that has nothing to say.
    pub fn parties(self, apu: &[u8], apv: &[u8]) -> Result<Self, JweError> {
        let named = self.party("apu", apu)?.party("apv", apv)?;
        Ok(Self { apu: apu.to_vec(), apv: apv.to_vec(), ..named })
    }

    /// Encrypts: with a key of its own for every message, from a new ephemeral key.
    pub fn encrypt(&self, plaintext: &[u8], entropy: &mut dyn Entropy) -> Result<String, JweError> {
        let ephemeral = SigningKey::generate(entropy)?;
        let mut nonce = [0; NONCE_LEN];
        entropy.fill(&mut nonce)?;
        let shared = ephemeral.agree(self.recipient.public_key()).map_err(|_| JweError::RecipientKeyUnsuitable)?;
        let key = derive(&shared, self.enc, &self.apu, &self.apv)?;
        let header = self.header(&ephemeral);
        let sealed = key.seal(&nonce, header.as_bytes(), plaintext).map_err(|_| JweError::EncryptionFailed)?;
        Ok(compact(header, &nonce, &sealed))
    }

    fn party(self, name: &'static str, info: &[u8]) -> Result<Self, JweError> {
        match info.len() {
            0 => Ok(self),
            1..=MAX_PARTY_INFO => Ok(self.member(name, &base64url::encode(info))),
            _ => Err(JweError::MemberMalformed { name }),
        }
    }

    fn member(mut self, name: &str, value: &str) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    fn header(&self, ephemeral: &SigningKey) -> String {
        let mut members = self.members.clone();
        members.insert("epk".to_owned(), Jwk::from(ephemeral.public().clone()).to_object().into());
        base64url::encode(json::to_vec(&members))
    }
}

impl fmt::Debug for JweEncrypter {
    /// Leaves out whose key it is and what the parties say of themselves.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JweEncrypter").field("enc", &self.enc).finish_non_exhaustive()
    }
}

/// `header..nonce.ciphertext.tag`.
fn compact(header: String, nonce: &[u8], sealed: &[u8]) -> String {
    let (ciphertext, tag) = sealed.split_at(sealed.len().saturating_sub(TAG_LEN));
    let mut text = header;
    text.reserve(base64url::encoded_len(sealed.len()) + 64);
    for part in [&[][..], nonce, ciphertext, tag] {
        text.push('.');
        base64url::encode_into(part, &mut text);
    }
    text
}

/// The Concat KDF (NIST SP 800-56A §5.8.1) as RFC 7518 §4.6.2 fills it in for direct agreement. One round of SHA-256
/// yields all the bytes that a key here has.
fn derive(shared: &SharedSecret, enc: AeadAlgorithm, apu: &[u8], apv: &[u8]) -> Result<AeadKey, JweError> {
    let len = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes();
    let id = enc.jose().as_bytes();
    let bits = 8 * u32::try_from(enc.key_len()).unwrap_or(u32::MAX);
    let round = 1_u32.to_be_bytes();
    let digest = zeroize::Zeroizing::new(sha256_of(&[
        &round,
        shared.as_bytes(),
        &len(id),
        id,
        &len(apu),
        apu,
        &len(apv),
        apv,
        &bits.to_be_bytes(),
    ]));
    AeadKey::new(enc, &digest[..enc.key_len()]).map_err(|_| JweError::EncryptionFailed)
}

fn decode(part: &'static str, text: &str) -> Result<Vec<u8>, JweError> {
    base64url::decode(text).map_err(|_| JweError::EncodingInvalid { part })
}

fn fixed<const N: usize>(part: &'static str, text: &str) -> Result<[u8; N], JweError> {
    decode(part, text)?.try_into().map_err(|_| JweError::EncodingInvalid { part })
}

fn text<'a>(raw: &'a Object, name: &'static str) -> Result<Option<&'a str>, JweError> {
    match raw.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(JweError::MemberMalformed { name }),
    }
}

/// `alg` must be the one that we know: `enc` is then the content's, and nothing else decides about it (RFC 8725 §3.1).
fn algorithms(raw: &Object) -> Result<AeadAlgorithm, JweError> {
    let required = |name| text(raw, name)?.ok_or(JweError::MemberMalformed { name });
    let unsupported = |name: &str| JweError::AlgorithmUnsupported { name: name.chars().take(32).collect() };
    let (alg, enc) = (required("alg")?, required("enc")?);
    if alg != ECDH_ES {
        return Err(unsupported(alg));
    }
    AeadAlgorithm::from_jose(enc).ok_or_else(|| unsupported(enc))
}

/// RFC 7518 §4.6.1.1: a public JWK. That it is a point of the curve is checked as it is read: agreement with a point
/// elsewhere would give the recipient's key away bit by bit (RFC 8725 §3.4).
fn ephemeral(raw: &Object) -> Result<Jwk, JweError> {
    let value = raw.get("epk").ok_or(JweError::MemberMalformed { name: "epk" })?;
    let epk = Jwk::from_value(value).map_err(JweError::EpkInvalid)?;
    if epk.public_key().curve() == Curve::P256 { Ok(epk) } else { Err(JweError::EpkUnsuitable) }
}

fn party_info(raw: &Object, name: &'static str) -> Result<Vec<u8>, JweError> {
    let malformed = JweError::MemberMalformed { name };
    let decoded = base64url::decode(text(raw, name)?.unwrap_or_default()).map_err(|_| malformed.clone())?;
    if decoded.len() > MAX_PARTY_INFO { Err(malformed) } else { Ok(decoded) }
}

/// A JWE that cannot be read, opened or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JweError {
    /// Longer than any that we read.
    #[error("a JWE, or its header, of {len} characters, over the limit of {limit}")]
    TooLong {
        /// Characters given.
        len: usize,
        /// Characters allowed.
        limit: usize,
    },
    /// Not five parts between four dots (RFC 7516 §7.1).
    #[error("not a compact JWE of five parts")]
    NotCompact,
    /// A part is not base64url, or not of its length.
    #[error("the {part} of the JWE is not base64url of the right length")]
    EncodingInvalid {
        /// `header`, `initialization vector`, `ciphertext` or `tag`.
        part: &'static str,
    },
    /// The header is not a JSON object.
    #[error("the header of the JWE: {0}")]
    HeaderUnreadable(JsonError),
    /// A header member is missing, of another type or too long.
    #[error("the header member {name} is missing or malformed")]
    MemberMalformed {
        /// The member.
        name: &'static str,
    },
    /// `alg` or `enc` is none that we use.
    #[error("the algorithm {name:?} is not accepted")]
    AlgorithmUnsupported {
        /// The first 32 characters of the name in the header.
        name: String,
    },
    /// `crit` asks for an extension; we know none.
    #[error("the header asks for an extension that is not understood")]
    CriticalExtension,
    /// `zip` is present.
    #[error("compressed content is not accepted")]
    Compressed,
    /// Direct key agreement with an encrypted key beside it.
    #[error("an encrypted key where the key is agreed on directly")]
    EncryptedKeyPresent,
    /// `epk` is no public key of ours.
    #[error("the sender's ephemeral key: {0}")]
    EpkInvalid(JwkError),
    /// `epk` is on another curve than the recipient's key.
    #[error("the sender's ephemeral key is not on P-256")]
    EpkUnsuitable,
    /// Encrypted for another key, or changed on its way.
    #[error("the JWE does not open with this key, or was changed")]
    NotForThisKey,
    /// The recipient's key is not on P-256.
    #[error("the recipient's key is not on P-256")]
    RecipientKeyUnsuitable,
    /// The random source gave nothing.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The library could not encrypt.
    #[error("encryption failed")]
    EncryptionFailed,
}
