//! By which name a request is signed, and what its header says for that (OpenID4VP 1.0 §5, §5.9.3).

use mapae_crypto::Algorithm;
use mapae_jose::{Object, Value, base64url, x5c_value};

use super::{RecordFault, asked};

/// A client identifier, and where its key is found.
pub(super) struct Signer {
    pub(super) client_id: String,
    pub(super) key: KeyPlace,
}

/// Where a wallet finds the key that signed.
pub(super) enum KeyPlace {
    /// In the first of these certificates.
    Certificates(Vec<Vec<u8>>),
    /// In the document of a DID, by this name.
    Did(String),
}

impl Signer {
    /// The header of a request object, to be signed with ES256.
    pub(super) fn header(&self) -> Object {
        let (x5c, kid) = match &self.key {
            KeyPlace::Certificates(chain) => (Some(x5c_value(chain)), None),
            KeyPlace::Did(kid) => (None, Some(kid.as_str().into())),
        };
        asked::collect([
            ("alg", Some(Algorithm::Es256.jose().into())),
            ("kid", kid),
            ("typ", Some("oauth-authz-req+jwt".into())),
            ("x5c", x5c),
        ])
    }

    /// What a record keeps of it.
    pub(super) fn record(&self) -> Object {
        let (chain, kid) = match &self.key {
            KeyPlace::Certificates(chain) => (Some(chain.iter().map(base64url::encode).collect()), None),
            KeyPlace::Did(kid) => (None, Some(kid.as_str().into())),
        };
        asked::collect([("chain", chain), ("client_id", Some(self.client_id.as_str().into())), ("kid", kid)])
    }

    /// The same again.
    pub(super) fn restore(record: &Object) -> Result<Self, RecordFault> {
        let key = match record.get("chain").and_then(Value::as_array) {
            Some(chain) => KeyPlace::Certificates(certificates(chain).ok_or(RecordFault::Malformed)?),
            None => KeyPlace::Did(asked::text(record, "kid")?),
        };
        Ok(Self { client_id: asked::text(record, "client_id")?, key })
    }
}

fn certificates(chain: &[Value]) -> Option<Vec<Vec<u8>>> {
    chain.iter().map(|one| base64url::decode(one.as_str()?).ok()).collect()
}
