//! Making a list, without the key that signs it (design D5).

use mapae_cose::{Headers, UnsignedSign1, cbor::Value};
use mapae_crypto::Signature;
use mapae_types::Timestamp;
use mapae_x509::{Certificate, TrustAnchor};

use super::VicalError;

const VERSION: &str = "1.0";
const TAG_BIGNUM: u64 = 2;

/// What a list is to say.
#[derive(Debug, Clone)]
pub struct NewVical {
    /// Who makes it.
    pub provider: String,
    /// When.
    pub date: Timestamp,
    /// Greater than in every list before.
    pub issue_id: u64,
    /// When the next one will exist.
    pub next_update: Timestamp,
    /// The roots.
    pub entries: Vec<NewVicalEntry>,
}

/// A root and the documents for which it stands.
#[derive(Debug, Clone)]
pub struct NewVicalEntry {
    /// The root.
    pub root: TrustAnchor,
    /// At least one document type.
    pub doc_types: Vec<String>,
}

/// A list that waits for its signer.
pub struct UnsignedVical(UnsignedSign1);

impl NewVical {
    /// Encodes the list; `chain` has the signer's certificate first, and no root.
    pub fn prepare(&self, signer: &Certificate, above: &[Certificate]) -> Result<UnsignedVical, VicalError> {
        let infos = self.entries.iter().map(info).collect::<Result<_, _>>()?;
        let payload = map(vec![
            ("version", VERSION.into()),
            ("vicalProvider", self.provider.as_str().into()),
            ("date", Value::date_time(self.date)),
            ("vicalIssueID", Value::Int(self.issue_id.into())),
            ("nextUpdate", Value::date_time(self.next_update)),
            ("certificateInfos", Value::Array(infos)),
        ]);
        let protected = Headers::algorithm(signer.public_key().curve().algorithm());
        // Annex C leaves the chain unprotected, as the one provider that there is does: it proves itself.
        let chain = [signer].into_iter().chain(above).map(Certificate::der).collect();
        Ok(UnsignedVical(UnsignedSign1::new(&protected, &Headers::x5chain(chain), &payload.to_cbor())))
    }
}

impl UnsignedVical {
    /// What the signer signs.
    pub fn to_be_signed(&self) -> &[u8] {
        self.0.to_be_signed()
    }

    /// The finished list.
    pub fn attach(self, signature: &Signature) -> Vec<u8> {
        self.0.attach(signature)
    }
}

fn info(entry: &NewVicalEntry) -> Result<Value, VicalError> {
    let root = entry.root.certificate();
    if entry.doc_types.is_empty() {
        return Err(VicalError::DocTypeMissing);
    }
    let key_id =
        root.subject_key_id().ok_or_else(|| VicalError::KeyIdMissing { subject: root.subject().to_owned() })?;
    // Issuer and subject of a root are the same bytes.
    let name = || Value::Bytes(root.subject_der().to_vec());
    let mut members = vec![
        ("certificate", Value::Bytes(root.der().to_vec())),
        ("serialNumber", Value::Tag(TAG_BIGNUM, Box::new(Value::Bytes(root.serial().to_vec())))),
        ("ski", Value::Bytes(key_id.to_vec())),
        ("docType", Value::Array(entry.doc_types.iter().map(Value::text).collect())),
        ("issuer", name()),
        ("subject", name()),
        ("notBefore", Value::date_time(root.not_before())),
        ("notAfter", Value::date_time(root.not_after())),
    ];
    let stated = [
        ("issuingAuthority", root.subject_organization()),
        ("issuingCountry", root.subject_country()),
        ("stateOrProvinceName", root.subject_state_or_province()),
    ];
    members.extend(stated.into_iter().filter_map(|(key, text)| Some((key, text?.into()))));
    Ok(map(members))
}

/// The entries of a map; writing sorts them.
fn map(members: Vec<(&str, Value)>) -> Value {
    Value::Map(members.into_iter().map(|(key, value)| (key.into(), value)).collect())
}
