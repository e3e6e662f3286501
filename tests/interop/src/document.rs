//! The documents that go round: each known to Mapae's catalogue and, where a peer can issue it, as a job of that peer.

use serde_json::{Value, json};

/// Namespace of the driving licence.
pub const MDL_NAMESPACE: &str = "org.iso.18013.5.1";

/// Namespace that the photo ID shares with other documents (ISO/IEC TS 23220-2).
const COMMON_NAMESPACE: &str = "org.iso.23220.1";

/// A document type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// The driving licence of ISO/IEC 18013-5, which every mdoc peer knows.
    Licence,
    /// The resident card, a photo ID of ISO/IEC TS 23220-4.
    Resident,
}

impl Document {
    /// Which of Mapae's signers signs it as mdoc.
    pub fn signer(self) -> &'static str {
        match self {
            Self::Licence => "mdl-signer",
            Self::Resident => "document-signer",
        }
    }

    /// Its name in Mapae's catalogue.
    pub fn name(self) -> &'static str {
        match self {
            Self::Licence => "licence",
            Self::Resident => "resident",
        }
    }

    /// What it is to a reader.
    pub fn title(self) -> &'static str {
        match self {
            Self::Licence => "driving licence",
            Self::Resident => "resident card (photo ID)",
        }
    }

    /// Its type as an mdoc.
    pub fn doc_type(self) -> &'static str {
        match self {
            Self::Licence => "org.iso.18013.5.1.mDL",
            Self::Resident => "org.iso.23220.photoid.1",
        }
    }

    /// The namespace in which its holder's name stands.
    pub fn name_space(self) -> &'static str {
        match self {
            Self::Licence => MDL_NAMESPACE,
            Self::Resident => COMMON_NAMESPACE,
        }
    }

    /// What `mapae request` is told to ask for.
    pub fn asked_of_ours(self) -> &'static str {
        match self {
            Self::Licence => {
                "family_name,family_name_hangul,birth_date,portrait,issuing_country,age_over_19,resident_city,\
                 driving_privileges,licence_classes"
            }
            Self::Resident => {
                "family_name,family_name_hangul,birth_date,portrait,issuing_country,age_over_19,resident_city"
            }
        }
    }

    /// What is asked for of a document that a peer issued.
    pub fn asked_of_peers(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Licence => &[
                (MDL_NAMESPACE, "family_name"),
                (MDL_NAMESPACE, "portrait"),
                (MDL_NAMESPACE, "issuing_country"),
                (MDL_NAMESPACE, "driving_privileges"),
            ],
            Self::Resident => &[
                (COMMON_NAMESPACE, "family_name"),
                (COMMON_NAMESPACE, "birth_date"),
                (COMMON_NAMESPACE, "portrait"),
                (COMMON_NAMESPACE, "issuing_country"),
                ("org.iso.23220.photoid.1", "person_id"),
            ],
        }
    }

    /// What a peer is told to issue, with values as in `node/values.mjs`.
    pub fn elements(self, issuing_country: &str) -> Value {
        match self {
            Self::Licence => json!({ MDL_NAMESPACE: licence(issuing_country) }),
            Self::Resident => json!({
                COMMON_NAMESPACE: photo_id(issuing_country),
                "org.iso.23220.photoid.1": { "person_id": "900301-0000000" },
            }),
        }
    }
}

fn licence(issuing_country: &str) -> Value {
    json!({
        "family_name": "Hong",
        "given_name": "Gildong",
        "birth_date": { "$fullDate": "1990-03-01" },
        "issue_date": { "$fullDate": "2026-01-02" },
        "expiry_date": { "$fullDate": "2036-01-01" },
        "issuing_country": issuing_country,
        "issuing_authority": "National Police Agency",
        "document_number": "11-26-000000-00",
        "portrait": { "$bytes": "_9j_4AAQSkZJRg" },
        "un_distinguishing_sign": "ROK",
        "age_over_19": true,
        "driving_privileges": [{ "vehicle_category_code": "B", "issue_date": { "$fullDate": "2026-01-02" } }],
    })
}

fn photo_id(issuing_country: &str) -> Value {
    json!({
        "family_name": "Hong",
        "given_name": "Gildong",
        "birth_date": { "birth_date": { "$fullDate": "1990-03-01" } },
        "issue_date": { "$fullDate": "2026-01-02" },
        "expiry_date": { "$fullDate": "2036-01-01" },
        "issuing_country": issuing_country,
        "issuing_authority": "Seoul",
        "portrait": { "$bytes": "_9j_4AAQSkZJRg" },
        "age_over_18": true,
    })
}
