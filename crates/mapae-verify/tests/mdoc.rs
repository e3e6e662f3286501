//! mdoc presentations with one thing changed, signed anew where the change is not about a signature.

use mapae_cose::{
    Headers, UnsignedSign1,
    cbor::{TAG_ENCODED_CBOR, Value, Writer},
};
use mapae_crypto::{Algorithm, SigningKey, sha256};
use testkit::{Format, IssuedCopy, World};

/// Where the resident card's international elements stand.
pub(crate) const SPACE: &str = "org.iso.23220.1";
pub(crate) const DOCUMENT: &str = "documents/0";
pub(crate) const ISSUER_AUTH: &str = "documents/0/issuerSigned/issuerAuth";
pub(crate) const ITEMS: &str = "documents/0/issuerSigned/nameSpaces/org.iso.23220.1";
pub(crate) const DEVICE_AUTH: &str = "documents/0/deviceSigned/deviceAuth";

/// A world, a copy and its presentation.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) copy: IssuedCopy,
    pub(crate) shown: Vec<u8>,
}

pub(crate) fn scene() -> Scene {
    let world = World::new();
    let copy = world.issue(Format::Mdoc);
    let shown = world.answer(&copy);
    Scene { world, copy, shown }
}

impl Scene {
    /// The verdict on a presentation with something changed.
    pub(crate) fn code(&self, shown: &[u8]) -> &'static str {
        crate::code(self.world.verify(shown))
    }

    /// The presentation with a change at a path.
    pub(crate) fn edit(&self, path: &str, change: impl FnOnce(&mut Value)) -> Vec<u8> {
        edit(&self.shown, path, change)
    }

    /// The presentation with a change in its MSO, signed by the document signer.
    pub(crate) fn edit_mso(&self, change: impl FnOnce(&mut Value)) -> Vec<u8> {
        let mut mso = mso_of(&self.shown);
        change(&mut mso);
        self.with_mso(&self.shown, mso.to_cbor())
    }

    /// The presentation with any encoded MSO, signed by the document signer.
    pub(crate) fn with_mso(&self, shown: &[u8], mso: Vec<u8>) -> Vec<u8> {
        edit(shown, ISSUER_AUTH, |auth| {
            let unprotected = at(auth, "1").clone();
            *auth = sign1(&self.world.pki.document.key, &wrapped(mso).to_cbor(), false);
            *at(auth, "1") = unprotected;
        })
    }

    /// The presentation in which one item of [`ITEMS`] is another, whose digest the issuer signed.
    pub(crate) fn with_item(&self, index: usize, item: Vec<u8>) -> Vec<u8> {
        let id = self.digest_id(index);
        let item = wrapped(item);
        let digest = Value::Bytes(sha256(&item.to_cbor()).to_vec());
        let shown = self.edit_mso(|mso| {
            let Value::Map(digests) = at(mso, &format!("valueDigests/{SPACE}")) else { panic!("no digests") };
            digests.iter_mut().find(|(known, _)| *known == id).unwrap().1 = digest;
        });
        edit(&shown, &format!("{ITEMS}/{index}"), |old| *old = item)
    }

    fn digest_id(&self, index: usize) -> Value {
        at(&mut self.item(index), "digestID").clone()
    }

    /// One item of [`ITEMS`], decoded.
    pub(crate) fn item(&self, index: usize) -> Value {
        unwrapped(at(&mut Value::from_cbor(&self.shown).unwrap(), &format!("{ITEMS}/{index}")))
    }

    /// The presentation in which the device signs another document type and elements of its own.
    pub(crate) fn with_device_signed(&self, shown: &[u8], doc_type: &str, name_spaces: &Value) -> Vec<u8> {
        let tagged = wrapped(name_spaces.to_cbor());
        let mut inner = Writer::new();
        inner.array(4).text("DeviceAuthentication").raw(self.world.request.transcript().as_bytes());
        inner.text(doc_type).value(&tagged);
        let signature = sign1(&self.copy.holder, &wrapped(inner.into_bytes()).to_cbor(), true);
        edit(shown, DOCUMENT, |document| {
            *at(document, "docType") = Value::from(doc_type);
            *at(document, "deviceSigned/nameSpaces") = tagged;
            *at(document, "deviceSigned/deviceAuth") = map([("deviceSignature", signature)]);
        })
    }
}

/// The MSO of a presentation.
pub(crate) fn mso_of(shown: &[u8]) -> Value {
    let mut response = Value::from_cbor(shown).unwrap();
    unwrapped(&Value::from_cbor(bytes_of(at(&mut response, &format!("{ISSUER_AUTH}/2")))).unwrap())
}

/// What stands at a path of map keys and array positions.
pub(crate) fn at<'v>(value: &'v mut Value, path: &str) -> &'v mut Value {
    path.split('/').filter(|step| !step.is_empty()).fold(value, |value, step| match value {
        Value::Map(entries) => {
            &mut entries.iter_mut().find(|(key, _)| *key == Value::from(step)).unwrap_or_else(|| panic!("{step}")).1
        }
        Value::Array(items) => &mut items[step.parse::<usize>().unwrap()],
        other => panic!("no {step} in {other:?}"),
    })
}

pub(crate) fn edit(bytes: &[u8], path: &str, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value = Value::from_cbor(bytes).unwrap();
    change(at(&mut value, path));
    value.to_cbor()
}

/// Adds a member or replaces the one of that name.
pub(crate) fn set(map: &mut Value, key: &str, value: impl Into<Value>) {
    remove(map, key);
    let Value::Map(entries) = map else { panic!("not a map") };
    entries.push((Value::from(key), value.into()));
}

pub(crate) fn remove(map: &mut Value, key: &str) {
    let Value::Map(entries) = map else { panic!("not a map") };
    entries.retain(|(name, _)| *name != Value::from(key));
}

pub(crate) fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(entries.into_iter().map(|(key, value)| (Value::from(key), value)).collect())
}

/// `#6.24(bstr .cbor item)`.
fn wrapped(item: Vec<u8>) -> Value {
    Value::Tag(TAG_ENCODED_CBOR, Box::new(Value::Bytes(item)))
}

fn unwrapped(value: &Value) -> Value {
    let Value::Tag(TAG_ENCODED_CBOR, inner) = value else { panic!("not encoded CBOR") };
    Value::from_cbor(bytes_of(inner)).unwrap()
}

fn bytes_of(value: &Value) -> &[u8] {
    let Value::Bytes(bytes) = value else { panic!("not a byte string") };
    bytes
}

fn sign1(key: &SigningKey, payload: &[u8], detached: bool) -> Value {
    let unsigned = UnsignedSign1::new(&Headers::algorithm(Algorithm::Es256), &Headers::default(), payload);
    let unsigned = if detached { unsigned.detached() } else { unsigned };
    let signature = key.sign(unsigned.to_be_signed()).unwrap();
    Value::from_cbor(&unsigned.attach(&signature)).unwrap()
}

/// The entries of a map from the last to the first: another issuer's order.
pub(crate) fn backwards(value: &Value) -> Vec<u8> {
    let Value::Map(entries) = value else { panic!("not a map") };
    let mut writer = Writer::new();
    writer.map(entries.len());
    for (key, value) in entries.iter().rev() {
        writer.value(key).value(value);
    }
    writer.into_bytes()
}

/// The tools themselves change nothing that they are not told to.
#[test]
fn an_edit_without_a_change_holds() {
    let scene = scene();
    assert_eq!(scene.edit("", |_| {}), scene.shown);
    let doc_type = scene.copy.document.doctype();
    let item = scene.item(0).to_cbor();
    for shown in
        [scene.edit_mso(|_| {}), scene.with_item(0, item), scene.with_device_signed(&scene.shown, doc_type, &map([]))]
    {
        assert_eq!(scene.code(&shown), "held");
    }
}
