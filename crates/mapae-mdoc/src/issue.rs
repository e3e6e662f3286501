//! Issuing: a document's elements are encoded once, then every copy gets its own salts, digest ids, device
//! key and status index (design D7), so that two verifiers find nothing equal in two copies but the facts.

use mapae_cose::{
    Headers, UnsignedSign1,
    cbor::{TAG_ENCODED_CBOR, Value, Writer, head_len},
};
use mapae_crypto::{Algorithm, PublicKey, Signature, sha256};
use mapae_types::{Entropy, StatusReference};

use crate::{MdocError, ValidityInfo, mso::MsoToWrite};

/// ISO 18013-5 §9.1.2.5: `random` has at least 16 bytes.
const SALT: usize = 16;
/// Bytes of `IssuerSignedItem` up to the digest id: the map's head, `"random"` with its salt, `"digestID"`.
const ITEM_HEAD: usize = 1 + 7 + (1 + SALT) + 9;
/// Digests are filled up with decoys to a multiple of this, so that their number does not tell which
/// optional elements a person has.
const DIGESTS_STEP: usize = 8;

/// The elements of one namespace, in the order in which they will stand in the document.
#[derive(Debug, Clone, PartialEq)]
pub struct NameSpace {
    name: String,
    elements: Vec<(String, Value)>,
}

impl NameSpace {
    /// A namespace with its elements.
    pub fn new<I: Into<String>>(name: &str, elements: impl IntoIterator<Item = (I, Value)>) -> Self {
        let elements = elements.into_iter().map(|(identifier, value)| (identifier.into(), value)).collect();
        Self { name: name.to_owned(), elements }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its elements.
    pub fn elements(&self) -> &[(String, Value)] {
        &self.elements
    }
}

/// What all copies of one person's document share.
pub struct Template {
    doc_type: String,
    name_spaces: Vec<EncodedNameSpace>,
}

/// The elements of a namespace, as far as all copies have them alike.
struct EncodedNameSpace {
    name: String,
    /// Of each element the members of `IssuerSignedItem` after `random` and `digestID`, one after the other:
    /// `"elementValue"`, the value, `"elementIdentifier"`, the identifier.
    tails: Vec<u8>,
    /// Where each of them ends.
    ends: Vec<usize>,
}

/// What is particular to one copy.
#[derive(Debug, Clone)]
pub struct Copy<'a> {
    /// The key to which this copy is bound.
    pub device_key: &'a PublicKey,
    /// When it may be used.
    pub validity: ValidityInfo,
    /// Where its status will be published.
    pub status: Option<StatusReference>,
    /// The signer's certificate in DER, and intermediates if any; never the root (§9.1.2.4).
    pub x5chain: &'a [&'a [u8]],
}

/// A copy that waits for its issuer's signature (design D5).
pub struct UnsignedMdoc {
    name_spaces: Vec<u8>,
    issuer_auth: UnsignedSign1,
}

impl Template {
    /// Encodes the elements. Namespaces will stand in deterministic order (RFC 8949 §4.2.1): shorter names first.
    pub fn new(doc_type: &str, name_spaces: &[NameSpace]) -> Self {
        let mut name_spaces: Vec<_> = name_spaces.iter().map(EncodedNameSpace::new).collect();
        name_spaces.sort_by(|a, b| (a.name.len(), &a.name).cmp(&(b.name.len(), &b.name)));
        Self { doc_type: doc_type.to_owned(), name_spaces }
    }

    /// Makes one copy. Entropy is drawn in one piece per namespace: salts, digest ids and decoys.
    pub fn issue(&self, copy: &Copy<'_>, entropy: &mut dyn Entropy) -> Result<UnsignedMdoc, MdocError> {
        let mut items = Writer::with_capacity(self.encoded_len());
        let mut digests = Writer::with_capacity(2048);
        items.map(self.name_spaces.len());
        digests.map(self.name_spaces.len());
        for space in &self.name_spaces {
            items.text(&space.name).array(space.ends.len());
            digests.text(&space.name);
            space.write(entropy, &mut items, &mut digests)?;
        }
        let mso = MsoToWrite {
            doc_type: &self.doc_type,
            value_digests: digests.as_bytes(),
            device_key: copy.device_key,
            validity: &copy.validity,
            status: copy.status.as_ref(),
        };
        let protected = Headers::algorithm(Algorithm::Es256);
        let unprotected = Headers::x5chain(copy.x5chain.to_vec());
        let issuer_auth = UnsignedSign1::new(&protected, &unprotected, &mso.to_payload());
        Ok(UnsignedMdoc { name_spaces: items.into_bytes(), issuer_auth })
    }

    fn encoded_len(&self) -> usize {
        let len = |space: &EncodedNameSpace| space.name.len() + 16 + space.tails.len() + 64 * space.ends.len();
        self.name_spaces.iter().map(len).sum()
    }
}

impl EncodedNameSpace {
    fn new(space: &NameSpace) -> Self {
        let room = space.elements.iter().map(|(identifier, value)| 48 + identifier.len() + length(value)).sum();
        let (mut tails, mut ends) = (Writer::with_capacity(room), Vec::with_capacity(space.elements.len()));
        for (identifier, value) in &space.elements {
            tails.text("elementValue").value(value).text("elementIdentifier").text(identifier);
            ends.push(tails.len());
        }
        Self { name: space.name.clone(), tails: tails.into_bytes(), ends }
    }

    fn tails(&self) -> impl Iterator<Item = &[u8]> {
        let starts = core::iter::once(&0).chain(&self.ends);
        starts.zip(&self.ends).map(|(start, end)| &self.tails[*start..*end])
    }

    /// Writes the items and, in the order of their random ids, their digests and the decoys.
    fn write(&self, entropy: &mut dyn Entropy, items: &mut Writer, digests: &mut Writer) -> Result<(), MdocError> {
        let slots = self.ends.len().next_multiple_of(DIGESTS_STEP);
        let mut random = vec![0; slots * (SALT + 8 + 32)];
        entropy.fill(&mut random)?;
        let (salts, rest) = random.split_at(slots * SALT);
        let (order, decoys) = rest.split_at(slots * 8);
        // Every slot starts as a decoy; the elements then take theirs.
        let mut by_id: Vec<[u8; 32]> = decoys.as_chunks::<32>().0.to_vec();
        for ((tail, id), salt) in self.tails().zip(shuffled(slots, order)).zip(salts.as_chunks().0) {
            by_id[id] = sha256(write_item(tail, id as u64, salt, items));
        }
        digests.map(slots);
        for (id, digest) in (0..).zip(&by_id) {
            digests.unsigned(id).bytes(digest);
        }
        Ok(())
    }
}

/// A guess at the bytes that a value will take; what is long is text or bytes.
fn length(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        _ => 32,
    }
}

/// Writes `#6.24(bstr .cbor IssuerSignedItem)` and gives the bytes written.
fn write_item<'w>(tail: &[u8], id: u64, salt: &[u8; SALT], items: &'w mut Writer) -> &'w [u8] {
    let start = items.len();
    items.tag(TAG_ENCODED_CBOR).bytes_head(ITEM_HEAD + head_len(id) + tail.len());
    items.map(4).text("random").bytes(salt).text("digestID").unsigned(id).raw(tail);
    &items.as_bytes()[start..]
}

/// A random order of `0..count` (Fisher–Yates), from 8 bytes of randomness each.
fn shuffled(count: usize, random: &[u8]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for (last, bytes) in (1..count).rev().zip(random.as_chunks::<8>().0) {
        // 64 random bits scaled down: the bias is below 2⁻⁵⁰.
        let pick = (u128::from(u64::from_le_bytes(*bytes)) * (last as u128 + 1)) >> 64;
        order.swap(last, usize::try_from(pick).unwrap_or(last));
    }
    order
}

impl UnsignedMdoc {
    /// What the issuer signs.
    pub fn to_be_signed(&self) -> &[u8] {
        self.issuer_auth.to_be_signed()
    }

    /// The finished copy: `IssuerSigned` in CBOR.
    pub fn attach(self, signature: &Signature) -> Vec<u8> {
        let mut writer = Writer::with_capacity(self.name_spaces.len() + self.issuer_auth.to_be_signed().len() + 1024);
        self.issuer_auth.attach_to(writer.map(2).text("issuerAuth"), signature);
        writer.text("nameSpaces").raw(&self.name_spaces);
        writer.into_bytes()
    }
}
