//! From the signed payload and the disclosures to the processed payload (RFC 9901 §7.1 steps 3 to 5).
//!
//! One walk over the payload, in place: values are moved, never copied. Every digest met is kept, to see at the end
//! that none occurs twice.

use mapae_crypto::HashAlgorithm;
use mapae_jose::{Object, Value, json::MAX_DEPTH};

use crate::{
    DIGESTS, HASH_CLAIM, IssuerFault, NEVER_SELECTIVE, PLACEHOLDER, SdJwtError, disclosure::Disclosures,
    error::HolderFault,
};

/// Who wants to know where each disclosure belongs: the holder. The verifier does not.
pub(crate) trait Trace {
    fn enter_member(&mut self, _name: &str) {}
    fn enter_element(&mut self, _index: usize) {}
    fn leave(&mut self) {}
    /// The disclosure belongs at the place entered.
    fn disclosed(&mut self, _disclosure: usize) {}
}

impl Trace for () {}

/// Puts the disclosed claims in their places and removes all digests.
pub(crate) fn process(
    mut payload: Object,
    hash: HashAlgorithm,
    disclosures: &[&str],
    trace: &mut dyn Trace,
) -> Result<Object, SdJwtError> {
    let mut walk =
        Walk { disclosures: Disclosures::new(hash, disclosures)?, digests: Vec::with_capacity(USUAL_DIGESTS), trace };
    payload.remove(HASH_CLAIM);
    walk.object(&mut payload, 1)?;
    walk.refuse_repeated_digests()?;
    match walk.disclosures.unused() {
        Some(index) => Err(HolderFault::DisclosureUnreferenced { index }.into()),
        None => Ok(payload),
    }
}

/// Digests of a document with two dozen claims and some decoys.
const USUAL_DIGESTS: usize = 32;

struct Walk<'a, 't> {
    disclosures: Disclosures<'a>,
    digests: Vec<String>,
    trace: &'t mut dyn Trace,
}

impl Walk<'_, '_> {
    /// An object at `depth`, where 1 is the payload itself.
    fn object(&mut self, object: &mut Object, depth: usize) -> Result<(), IssuerFault> {
        if object.contains_key(PLACEHOLDER) {
            return Err(IssuerFault::PlaceholderMalformed);
        }
        // RFC 9901 §4.1.1: only at the top level, where it has been taken out already.
        if object.contains_key(HASH_CLAIM) {
            return Err(IssuerFault::HashNested);
        }
        let digests = object.remove(DIGESTS);
        for (name, value) in object.iter_mut() {
            self.trace.enter_member(name);
            self.value(value, depth + 1)?;
            self.trace.leave();
        }
        match digests {
            None => Ok(()),
            Some(Value::Array(digests)) => {
                for digest in digests {
                    self.member(object, digest, depth)?;
                }
                Ok(())
            }
            Some(_) => Err(IssuerFault::DigestsMalformed),
        }
    }

    /// RFC 9901 §7.1 step 3.c.ii.
    fn member(&mut self, object: &mut Object, digest: Value, depth: usize) -> Result<(), IssuerFault> {
        let Value::String(digest) = digest else { return Err(IssuerFault::DigestsMalformed) };
        let found = self.disclosures.take(&digest);
        self.digests.push(digest);
        let Some(index) = found else { return Ok(()) };
        let (name, mut value) = self.disclosures.member(index)?;
        if depth == 1
            && let Some(name) = NEVER_SELECTIVE.into_iter().find(|never| *never == name)
        {
            return Err(IssuerFault::NeverSelective { name });
        }
        if name == HASH_CLAIM {
            return Err(IssuerFault::HashNested);
        }
        if object.contains_key(&name) {
            return Err(IssuerFault::NameTaken { index });
        }
        self.trace.enter_member(&name);
        self.trace.disclosed(index);
        self.value(&mut value, depth + 1)?;
        self.trace.leave();
        object.insert(name, value);
        Ok(())
    }

    fn value(&mut self, value: &mut Value, depth: usize) -> Result<(), IssuerFault> {
        match value {
            // Each text is of limited depth, but a disclosure may stand inside another.
            Value::Object(_) | Value::Array(_) if depth > MAX_DEPTH => Err(IssuerFault::TooDeep { limit: MAX_DEPTH }),
            Value::Object(object) => self.object(object, depth),
            Value::Array(array) => self.array(array, depth),
            _ => Ok(()),
        }
    }

    /// RFC 9901 §7.1 steps 3.c.iii and 3.d: elements are replaced, or removed if not disclosed.
    fn array(&mut self, array: &mut Vec<Value>, depth: usize) -> Result<(), IssuerFault> {
        let mut kept = 0;
        for place in 0..array.len() {
            let mut value = array[place].take();
            self.trace.enter_element(kept);
            if self.element(&mut value, depth)? {
                array[kept] = value;
                kept += 1;
            }
            self.trace.leave();
        }
        array.truncate(kept);
        Ok(())
    }

    /// Whether the element stays.
    fn element(&mut self, value: &mut Value, depth: usize) -> Result<bool, IssuerFault> {
        if let Some(digest) = placeholder(value)? {
            let found = self.disclosures.take(&digest);
            self.digests.push(digest);
            let Some(index) = found else { return Ok(false) };
            self.trace.disclosed(index);
            *value = self.disclosures.element(index)?;
            // A disclosure that holds a placeholder itself would have no array to stand in.
        }
        self.value(value, depth + 1)?;
        Ok(true)
    }

    fn refuse_repeated_digests(&mut self) -> Result<(), IssuerFault> {
        self.digests.sort_unstable();
        if self.digests.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(IssuerFault::DigestRepeated);
        }
        Ok(())
    }
}

/// The digest, if this array element is a placeholder for one (RFC 9901 §4.2.4.2).
fn placeholder(value: &mut Value) -> Result<Option<String>, IssuerFault> {
    let Value::Object(object) = value else { return Ok(None) };
    match object.get_mut(PLACEHOLDER) {
        None => Ok(None),
        Some(Value::String(digest)) => {
            let digest = core::mem::take(digest);
            if object.len() == 1 { Ok(Some(digest)) } else { Err(IssuerFault::PlaceholderMalformed) }
        }
        Some(_) => Err(IssuerFault::PlaceholderMalformed),
    }
}
