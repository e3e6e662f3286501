//! Disclosures (RFC 9901 §4.2): found by their digest, opened only when a digest that the issuer signed leads to them.

use mapae_crypto::HashAlgorithm;
use mapae_jose::{Value, base64url, json};

use crate::{DIGESTS, HolderFault, IssuerFault, PLACEHOLDER};

/// The disclosures of an SD-JWT by their digests.
pub(crate) struct Disclosures<'a> {
    texts: &'a [&'a str],
    by_digest: Vec<(String, usize)>,
    used: Vec<bool>,
}

impl<'a> Disclosures<'a> {
    /// Hashes the disclosures as they came (RFC 9901 §4.2.3). Equal ones are refused.
    pub(crate) fn new(hash: HashAlgorithm, texts: &'a [&'a str]) -> Result<Self, HolderFault> {
        let digest = |text: &str| base64url::encode(hash.digest(&[text.as_bytes()]));
        let mut by_digest: Vec<_> = texts.iter().enumerate().map(|(index, text)| (digest(text), index)).collect();
        by_digest.sort_unstable();
        if let Some(pair) = by_digest.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(HolderFault::DisclosureRepeated { index: pair[1].1 });
        }
        Ok(Self { texts, by_digest, used: vec![false; texts.len()] })
    }

    /// The disclosure with this digest, once.
    pub(crate) fn take(&mut self, digest: &str) -> Option<usize> {
        let place = self.by_digest.binary_search_by(|(known, _)| known.as_str().cmp(digest)).ok()?;
        let index = self.by_digest[place].1;
        let first = !core::mem::replace(&mut self.used[index], true);
        first.then_some(index)
    }

    /// A disclosure that nothing led to.
    pub(crate) fn unused(&self) -> Option<usize> {
        self.used.iter().position(|used| !used)
    }

    /// Name and value of a disclosure that belongs in an object.
    pub(crate) fn member(&self, index: usize) -> Result<(String, Value), IssuerFault> {
        let bytes = self.decode(index)?;
        let (name, value) = if let Some([_, name, value]) = json::parse_plain_texts(&bytes) {
            (Value::from(name), Value::from(value))
        } else {
            let [_, name, value] = open(&bytes, index)?;
            (name, value)
        };
        match name {
            Value::String(name) if name != DIGESTS && name != PLACEHOLDER => Ok((name, value)),
            _ => Err(IssuerFault::NameForbidden { index }),
        }
    }

    /// The value of a disclosure that belongs in an array.
    pub(crate) fn element(&self, index: usize) -> Result<Value, IssuerFault> {
        let [_, value] = open(&self.decode(index)?, index)?;
        Ok(value)
    }

    fn decode(&self, index: usize) -> Result<Vec<u8>, IssuerFault> {
        base64url::decode(self.texts[index]).map_err(|_| IssuerFault::DisclosureUnreadable { index })
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
