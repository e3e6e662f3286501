//! Reading a card's record, as `Serialize` of each part writes it. What else stands in one was not written by us.

use mapae_jose::{Object, Value};
use mapae_oid4vci::Fields;

use super::{AttestedClient, Batch, Card, Format, Held, HeldCopy, Stamp, State, Verdict};
use crate::{HeldKey, words::Words};

impl Card {
    /// Reads the record.
    pub(crate) fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let (begun_at, device_key) = (fields.one("begun_at", Stamp::read)?, fields.one("device_key", HeldKey::read)?);
        let read = Self {
            link: fields.text("link"),
            begun_at,
            offer: fields.text("offer"),
            issuer: fields.maybe("issuer", Words::read),
            copies: fields.count("copies"),
            device_key,
            client: fields.maybe("client", AttestedClient::read),
            sign_in: fields.maybe("sign_in", object),
            grant: fields.maybe("grant", object),
            batches: fields.each("batches", Batch::read),
        };
        fields.nothing_else(read)
    }
}

impl AttestedClient {
    fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let key = fields.one("key", HeldKey::read)?;
        let read = Self { provider: fields.text("provider"), key, attestation: fields.maybe("attestation", object) };
        fields.nothing_else(read)
    }
}

impl Batch {
    fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let (asked_at, state) = (fields.one("asked_at", Stamp::read)?, fields.one("state", State::read)?);
        let read = Self {
            configuration: fields.text("configuration"),
            document_type: fields.text("document_type"),
            title: fields.maybe("title", Words::read),
            asked_at,
            keys: fields.each("keys", HeldKey::read),
            state,
        };
        fields.nothing_else(read)
    }
}

impl State {
    fn read(value: Value) -> Option<Self> {
        let (name, value) = Fields::variant(value)?;
        if name == "asked" {
            return value.is_null().then_some(Self::Asked);
        }
        let mut fields = Fields::of(value)?;
        let read = match &*name {
            "held" => Self::Held(Held {
                copies: fields.each("copies", HeldCopy::read),
                notify: fields.maybe_text("notify"),
                verdict: fields.maybe("verdict", Verdict::read),
            }),
            "deferred" => Self::Deferred {
                not_before: fields.one("not_before", Stamp::read)?,
                transaction_id: fields.text("transaction_id"),
            },
            "refused" => Self::Refused { notify: fields.maybe_text("notify") },
            _ => return None,
        };
        fields.nothing_else(read)
    }
}

impl HeldCopy {
    fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let format = fields.one("format", |name| Format::read(&name))?;
        let read = Self {
            key: fields.count("key"),
            format,
            credential: fields.text("credential"),
            shown_to: fields.texts("shown_to"),
        };
        fields.nothing_else(read)
    }
}

impl Format {
    fn read(value: &Value) -> Option<Self> {
        [Self::Mdoc, Self::SdJwt].into_iter().find(|format| *value == format.name())
    }
}

impl Verdict {
    fn read(value: Value) -> Option<Self> {
        let (name, code) = Fields::variant(value)?;
        match &*name {
            "held" => code.is_null().then_some(Self::Held),
            "undecided" => text(code).map(Self::Undecided),
            "refused" => text(code).map(Self::Refused),
            _ => None,
        }
    }
}

impl Stamp {
    pub(crate) fn read(value: Value) -> Option<Self> {
        text(value)?.parse().ok().map(Self)
    }
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn object(value: Value) -> Option<Object> {
    match value {
        Value::Object(object) => Some(object),
        _ => None,
    }
}
