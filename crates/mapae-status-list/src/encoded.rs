//! The `StatusList` structure in JSON and CBOR (draft §4.2, §4.3).

use std::borrow::Cow;

use mapae_cose::cbor::{Key, Reader, Writer};
use mapae_jose::{Object, Value, base64url};

use crate::{Bits, ListError, StatusList, zlib};

/// A compressed list with its width, as tokens carry it.
#[derive(Clone, PartialEq, Eq)]
pub struct EncodedList<'b> {
    bits: Bits,
    lst: Cow<'b, [u8]>,
    aggregation_uri: Option<Cow<'b, str>>,
}

impl<'b> EncodedList<'b> {
    pub(crate) const fn new(bits: Bits, lst: Cow<'b, [u8]>) -> Self {
        Self { bits, lst, aggregation_uri: None }
    }

    pub(crate) fn with_aggregation(mut self, uri: &str) -> Self {
        self.aggregation_uri = Some(uri.to_owned().into());
        self
    }

    /// Inflates to at most `max_bytes`, else refuses.
    pub fn inflate(&self, max_bytes: usize) -> Result<StatusList, ListError> {
        Ok(StatusList::new(self.bits, zlib::inflate(&self.lst, self.bits, max_bytes)?))
    }

    /// The width of the entries.
    pub const fn bits(&self) -> Bits {
        self.bits
    }

    /// The compressed bytes.
    pub fn compressed(&self) -> &[u8] {
        &self.lst
    }

    /// Where the issuer says that all its lists are named (draft §9), if it does.
    pub fn aggregation_uri(&self) -> Option<&str> {
        self.aggregation_uri.as_deref()
    }

    /// Reads the JSON form; other members are passed over.
    pub fn from_json(object: &'b Object) -> Result<Self, ListError> {
        let member = |member| object.get(member).ok_or(ListError::MemberMalformed { member });
        let bits = member("bits")?.as_u64().ok_or(ListError::MemberMalformed { member: "bits" })?;
        let lst = member("lst")?.as_str().and_then(|text| base64url::decode(text).ok());
        Ok(Self {
            bits: Bits::new(bits)?,
            lst: lst.ok_or(ListError::MemberMalformed { member: "lst" })?.into(),
            aggregation_uri: aggregation_uri(object)?,
        })
    }

    /// Writes the JSON form.
    pub fn to_json(&self) -> Object {
        let mut object = Object::new();
        object.insert("bits".into(), self.bits.count().into());
        object.insert("lst".into(), base64url::encode(&self.lst).into());
        if let Some(uri) = &self.aggregation_uri {
            object.insert("aggregation_uri".into(), uri.as_ref().into());
        }
        object
    }

    /// Reads the CBOR form; other members are passed over.
    pub fn read_cbor(reader: &mut Reader<'b>) -> Result<Self, ListError> {
        let (mut bits, mut lst, mut aggregation_uri) = (None, None, None);
        reader.map(|reader, key| {
            match key {
                Key::Text("bits") => bits = Some(Bits::new(reader.unsigned()?)?),
                Key::Text("lst") => lst = Some(reader.bytes()?.into()),
                Key::Text("aggregation_uri") => aggregation_uri = Some(reader.text()?.into()),
                _ => drop(reader.skip()?),
            }
            Ok::<_, ListError>(())
        })?;
        Ok(Self {
            bits: bits.ok_or(ListError::MemberMalformed { member: "bits" })?,
            lst: lst.ok_or(ListError::MemberMalformed { member: "lst" })?,
            aggregation_uri,
        })
    }

    /// Writes the CBOR form, keys in deterministic order (RFC 8949 §4.2.1: the shorter text first).
    pub fn write_cbor(&self, writer: &mut Writer) {
        writer.map(2 + usize::from(self.aggregation_uri.is_some()));
        writer.text("lst").bytes(&self.lst);
        writer.text("bits").int(self.bits.count().into());
        if let Some(uri) = &self.aggregation_uri {
            writer.text("aggregation_uri").text(uri);
        }
    }
}

fn aggregation_uri(object: &Object) -> Result<Option<Cow<'_, str>>, ListError> {
    match object.get("aggregation_uri") {
        None => Ok(None),
        Some(Value::String(uri)) => Ok(Some(uri.into())),
        Some(_) => Err(ListError::MemberMalformed { member: "aggregation_uri" }),
    }
}

impl core::fmt::Debug for EncodedList<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "EncodedList({} bytes, {} bits an entry)", self.lst.len(), self.bits.count())
    }
}
