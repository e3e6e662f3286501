//! Disclosures (RFC 9901 §4.2): found by their digest, opened only when a digest that the issuer signed leads to them.

use mapae_crypto::HashAlgorithm;
use mapae_jose::{Value, base64url, json};

use crate::{DIGESTS, HolderFault, IssuerFault, PLACEHOLDER};

/// The disclosures of an SD-JWT by their digests.
pub(crate) struct Disclosures<'a> {
    texts: &'a [&'a str],
    by_digest: Vec<(DigestText, usize)>,
    used: Vec<bool>,
    /// The last disclosure opened: its room serves the next.
    opened: Vec<u8>,
}

/// A digest in base64url.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct DigestText {
    bytes: [u8; DIGEST_LEN],
    len: usize,
}

/// The characters of SHA-512, the longest.
const DIGEST_LEN: usize = base64url::encoded_len(64);

impl DigestText {
    fn of(hash: HashAlgorithm, text: &str) -> Self {
        let mut bytes = [0; DIGEST_LEN];
        let len = base64url::encode_to(hash.digest(&[text.as_bytes()]).as_ref(), &mut bytes).map_or(0, <[u8]>::len);
        Self { bytes, len }
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl<'a> Disclosures<'a> {
    /// Hashes the disclosures as they came (RFC 9901 §4.2.3). Equal ones are refused.
    pub(crate) fn new(hash: HashAlgorithm, texts: &'a [&'a str]) -> Result<Self, HolderFault> {
        let digest = |(index, text): (_, &&str)| (DigestText::of(hash, text), index);
        let mut by_digest: Vec<_> = texts.iter().enumerate().map(digest).collect();
        by_digest.sort_unstable();
        if let Some(pair) = by_digest.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(HolderFault::DisclosureRepeated { index: pair[1].1 });
        }
        let longest = texts.iter().map(|text| text.len()).max().unwrap_or_default();
        Ok(Self { texts, by_digest, used: vec![false; texts.len()], opened: Vec::with_capacity(longest) })
    }

    /// The disclosure with this digest, once.
    pub(crate) fn take(&mut self, digest: &str) -> Option<usize> {
        let place = self.by_digest.binary_search_by(|(known, _)| known.as_bytes().cmp(digest.as_bytes())).ok()?;
        let index = self.by_digest[place].1;
        let first = !core::mem::replace(&mut self.used[index], true);
        first.then_some(index)
    }

    /// A disclosure that nothing led to.
    pub(crate) fn unused(&self) -> Option<usize> {
        self.used.iter().position(|used| !used)
    }

    /// Name and value of a disclosure that belongs in an object.
    pub(crate) fn member(&mut self, index: usize) -> Result<(String, Value), IssuerFault> {
        let bytes = self.decode(index)?;
        let (name, value) = if let Some([_, name, value]) = json::parse_plain_texts(bytes) {
            (Value::from(name), Value::from(value))
        } else {
            let [_, name, value] = open(bytes, index)?;
            (name, value)
        };
        match name {
            Value::String(name) if name != DIGESTS && name != PLACEHOLDER => Ok((name, value)),
            _ => Err(IssuerFault::NameForbidden { index }),
        }
    }

    /// The value of a disclosure that belongs in an array.
    pub(crate) fn element(&mut self, index: usize) -> Result<Value, IssuerFault> {
        let [_, value] = open(self.decode(index)?, index)?;
        Ok(value)
    }

    fn decode(&mut self, index: usize) -> Result<&[u8], IssuerFault> {
        self.opened.clear();
        let decoded = base64url::decode_into(self.texts[index], &mut self.opened);
        decoded.map(|()| &*self.opened).map_err(|_| IssuerFault::DisclosureUnreadable { index })
    }
}

/// A JSON array of `N` elements whose first, the salt, is a string (RFC 9901 §4.2.1).
fn open<const N: usize>(bytes: &[u8], index: usize) -> Result<[Value; N], IssuerFault> {
    let elements = match json::parse(bytes) {
        Ok(Value::Array(elements)) if elements.first().is_some_and(Value::is_string) => elements,
        _ => return Err(IssuerFault::DisclosureUnreadable { index }),
    };
    let found = elements.len();
    elements.try_into().map_err(|_| IssuerFault::DisclosureLength { index, expected: N, found })
}
