//! Issuing: claims in, an SD-JWT to be signed out (RFC 9901 §4.1, §4.2; SD-JWT VC §3.2).
//!
//! The digests of a level are sorted, so that their order says nothing of the claims', and mixed with a random
//! number of decoys (RFC 9901 §4.2.5). Salts have 128 bits (§9.3). The hash is SHA-256.

use mapae_crypto::{Algorithm, Signature, sha256};
use mapae_jose::{Jwk, Object, UnsignedJws, base64url, json, x5c_value};
use mapae_types::{Entropy, EntropyError, Timestamp};

use crate::{
    CREDENTIAL_TYPE, Claims, Content, DIGESTS, HASH_CLAIM, IssueError, MAX_DISCLOSURES, NEVER_SELECTIVE, PLACEHOLDER,
    StatusReference, claims::Claim,
};

/// Everything of a credential but the claims about its subject.
#[derive(Clone, Debug)]
pub struct Issuance<'a> {
    /// The algorithm of the key that will sign.
    pub algorithm: Algorithm,
    /// The signer's certificate and those up to, without, the root (HAIP 1.0), as DER; no member if empty.
    pub x5c: &'a [Vec<u8>],
    /// The type of credential.
    pub vct: &'a str,
    /// `iss`, where the certificate does not say it already.
    pub issuer: Option<&'a str>,
    /// `iat`. Round it to the day, lest the second betray which copies belong together (design D7).
    pub issued_at: Timestamp,
    /// `nbf`.
    pub not_before: Option<Timestamp>,
    /// `exp`.
    pub expires: Option<Timestamp>,
    /// The key of the device that may present this copy.
    pub holder: &'a Jwk,
    /// Where the copy's status is published.
    pub status: Option<&'a StatusReference>,
    /// At each level with selectively disclosable members, a random number of decoy digests from 0 to this.
    pub decoys: u8,
}

impl Issuance<'_> {
    /// Salts, hashes and writes the credential. `claims` can be issued again for the next copy.
    pub fn prepare(&self, claims: &Claims, entropy: &mut dyn Entropy) -> Result<UnsignedSdJwt, IssueError> {
        refuse_registered(claims)?;
        let count = claims.count();
        if count.disclosures > MAX_DISCLOSURES {
            return Err(IssueError::TooManyDisclosures { found: count.disclosures, limit: MAX_DISCLOSURES });
        }
        let needed = count.disclosures + count.levels * (1 + usize::from(self.decoys));
        let disclosures = String::with_capacity(base64url::encoded_len(count.bytes) + count.disclosures);
        let draws = Draws::new(entropy, needed)?;
        let mut writer = Writer { draws, decoys: self.decoys, disclosures, array: Vec::with_capacity(256) };
        let mut payload = Vec::with_capacity(2048);
        payload.push(b'{');
        self.write_registered(&mut payload);
        if count.disclosures > 0 {
            text_member(HASH_CLAIM, "sha-256", &mut payload);
        }
        writer.members(claims, &mut payload)?;
        payload.push(b'}');
        let jws = UnsignedJws::new(&self.header(), &payload);
        Ok(UnsignedSdJwt { jws, disclosures: writer.disclosures })
    }

    fn header(&self) -> Object {
        let mut header = Object::new();
        header.insert("alg".to_owned(), self.algorithm.jose().into());
        header.insert("typ".to_owned(), CREDENTIAL_TYPE.into());
        if !self.x5c.is_empty() {
            header.insert("x5c".to_owned(), x5c_value(self.x5c));
        }
        header
    }

    /// Always in the open (SD-JWT VC §3.2.2.2).
    fn write_registered(&self, out: &mut Vec<u8>) {
        text_member("vct", self.vct, out);
        if let Some(issuer) = self.issuer {
            text_member("iss", issuer, out);
        }
        let times = [("iat", Some(self.issued_at)), ("nbf", self.not_before), ("exp", self.expires)];
        for (name, time) in times.into_iter().filter_map(|(name, time)| Some((name, time?))) {
            key(name, out);
            json::append(&time.unix(), out);
        }
        key("cnf", out);
        json::append_object(&Object::from_iter([("jwk".to_owned(), self.holder.to_object().into())]), out);
        if let Some(status) = self.status {
            key("status", out);
            json::append_object(&crate::registered::status_claim(status), out);
        }
    }
}

/// These come from the [`Issuance`], so that a claim can never contradict or hide them.
fn refuse_registered(claims: &Claims) -> Result<(), IssueError> {
    match claims.members().find(|(name, _)| *name == "iat" || NEVER_SELECTIVE.contains(name)) {
        Some((name, _)) => Err(IssueError::NameReserved { name: name.to_owned() }),
        None => Ok(()),
    }
}

/// Writes claims as JSON, with digests in place of those that the holder may withhold.
struct Writer<'e> {
    draws: Draws<'e>,
    decoys: u8,
    /// Each followed by `~`.
    disclosures: String,
    /// The last disclosure before it was encoded: its room serves the next.
    array: Vec<u8>,
}

impl Writer<'_> {
    /// The members of an object, between braces that the caller writes.
    fn members(&mut self, claims: &Claims, out: &mut Vec<u8>) -> Result<(), IssueError> {
        let mut digests = Vec::new();
        for (name, claim) in claims.members() {
            if claim.selective {
                digests.push(self.disclose(Some(name), &claim.content)?);
            } else {
                key(name, out);
                self.content(&claim.content, out)?;
            }
        }
        if !digests.is_empty() {
            self.add_decoys(&mut digests)?;
            digests.sort_unstable();
            key(DIGESTS, out);
            json::append_texts(&digests, out);
        }
        Ok(())
    }

    fn content(&mut self, content: &Content, out: &mut Vec<u8>) -> Result<(), IssueError> {
        match content {
            Content::Whole(value) => json::append_value(value, out),
            Content::Object(claims) => {
                out.push(b'{');
                self.members(claims, out)?;
                out.push(b'}');
            }
            Content::Array(elements) => {
                out.push(b'[');
                for (i, element) in elements.iter().enumerate() {
                    if i > 0 {
                        out.push(b',');
                    }
                    self.element(element, out)?;
                }
                out.push(b']');
            }
        }
        Ok(())
    }

    /// RFC 9901 §4.2.4.2: the digest stands where the element would.
    fn element(&mut self, element: &Claim, out: &mut Vec<u8>) -> Result<(), IssueError> {
        if !element.selective {
            return self.content(&element.content, out);
        }
        let digest = self.disclose(None, &element.content)?;
        out.push(b'{');
        text_member(PLACEHOLDER, &digest, out);
        out.push(b'}');
        Ok(())
    }

    /// Writes `[salt, name, value]`, or `[salt, value]` for an array's element; returns its digest (RFC 9901 §4.2.3).
    fn disclose(&mut self, name: Option<&str>, content: &Content) -> Result<String, IssueError> {
        // A disclosure inside this one finds no room and makes its own.
        let mut array = core::mem::take(&mut self.array);
        array.clear();
        array.extend_from_slice(b"[\"");
        array.extend_from_slice(base64url::encode(self.draws.next()?).as_bytes());
        array.extend_from_slice(b"\",");
        if let Some(name) = name {
            json::append_text(name, &mut array);
            array.push(b',');
        }
        self.content(content, &mut array)?;
        array.push(b']');
        let start = self.disclosures.len();
        base64url::encode_into(&array, &mut self.disclosures);
        self.array = array;
        let digest = sha256(&self.disclosures.as_bytes()[start..]);
        self.disclosures.push('~');
        Ok(base64url::encode(digest))
    }

    fn add_decoys(&mut self, digests: &mut Vec<String>) -> Result<(), EntropyError> {
        let choices = u128::from(self.decoys) + 1;
        for _ in 0..u128::from_be_bytes(self.draws.next()?) % choices {
            digests.push(base64url::encode(sha256(&self.draws.next()?)));
        }
        Ok(())
    }
}

/// 128 bits at a time, of randomness drawn in one go.
struct Draws<'e> {
    entropy: &'e mut dyn Entropy,
    pool: Vec<u8>,
    used: usize,
}

impl<'e> Draws<'e> {
    fn new(entropy: &'e mut dyn Entropy, count: usize) -> Result<Self, EntropyError> {
        let mut pool = vec![0; count * 16];
        entropy.fill(&mut pool)?;
        Ok(Self { entropy, pool, used: 0 })
    }

    fn next(&mut self) -> Result<[u8; 16], EntropyError> {
        match self.pool.get(self.used..).and_then(<[u8]>::first_chunk) {
            Some(drawn) => {
                self.used += 16;
                Ok(*drawn)
            }
            // The count was too low: slower, but never a salt used twice.
            None => self.fresh(),
        }
    }

    fn fresh(&mut self) -> Result<[u8; 16], EntropyError> {
        let mut drawn = [0; 16];
        self.entropy.fill(&mut drawn)?;
        Ok(drawn)
    }
}

fn text_member(name: &str, text: &str, out: &mut Vec<u8>) {
    key(name, out);
    json::append_text(text, out);
}

fn key(name: &str, out: &mut Vec<u8>) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
    json::append_text(name, out);
    out.push(b':');
}

/// An SD-JWT to which only the issuer's signature is missing.
#[derive(Clone)]
pub struct UnsignedSdJwt {
    jws: UnsignedJws,
    disclosures: String,
}

impl UnsignedSdJwt {
    /// The bytes to sign.
    pub const fn to_be_signed(&self) -> &[u8] {
        self.jws.to_be_signed()
    }

    /// The SD-JWT for the holder: `<JWT>~<disclosure>~…~`.
    pub fn attach(self, signature: &Signature) -> String {
        let mut text = self.jws.attach(signature);
        text.reserve_exact(1 + self.disclosures.len());
        text.push('~');
        text.push_str(&self.disclosures);
        text
    }
}

impl core::fmt::Debug for UnsignedSdJwt {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("UnsignedSdJwt([redacted])")
    }
}
