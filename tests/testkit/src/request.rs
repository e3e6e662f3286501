//! What a relying party asks over OpenID4VP, and a holder's answer.

use mapae_crypto::Algorithm;
use mapae_dcql::DcqlQuery;
use mapae_document::{Attribute, DocumentType};
use mapae_mdoc::{HeldMdoc, SessionTranscript};
use mapae_sd_jwt::{KeyBinding, PathElement, SdJwt};
use mapae_types::Timestamp;
use mapae_verify::Binding;
use serde_json::json;

use crate::{Format, IssuedCopy, now};

/// One request, to which an answer is bound.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who asks.
    pub client_id: String,
    /// Fresh for each request.
    pub nonce: String,
    /// Where the answer goes.
    pub response_uri: String,
    /// When it is answered, by the holder's clock.
    pub answered_at: Timestamp,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            client_id: "x509_hash:relying-party".to_owned(),
            nonce: "nonce-1".to_owned(),
            response_uri: "https://rp.example/response".to_owned(),
            answered_at: now(),
        }
    }
}

impl Request {
    /// The session of an unencrypted answer (OpenID4VP 1.0 Annex B.2.6.1).
    pub fn transcript(&self) -> SessionTranscript {
        SessionTranscript::openid4vp(&self.client_id, &self.nonce, None, &self.response_uri)
    }

    /// What an answer is checked against.
    pub fn binding(&self) -> Binding<'_> {
        Binding::new(self.transcript(), &self.client_id, &self.nonce)
    }

    /// A holder's answer that discloses attributes, by their ids in the catalogue.
    pub fn answer(&self, copy: &IssuedCopy, attributes: &[&str]) -> Vec<u8> {
        let attributes: Vec<&Attribute> =
            attributes.iter().map(|id| copy.document.attribute(id).unwrap_or_else(|| panic!("no {id}"))).collect();
        match copy.format {
            Format::Mdoc => self.device_response(copy, &attributes),
            Format::SdJwt => self.key_bound(copy, &attributes).into_bytes(),
        }
    }

    fn device_response(&self, copy: &IssuedCopy, attributes: &[&Attribute]) -> Vec<u8> {
        let elements: Vec<_> = attributes.iter().map(|a| (a.namespace(), a.element())).collect();
        let unsigned = HeldMdoc::parse(&copy.bytes).unwrap().present(&elements, &self.transcript()).unwrap();
        let signature = copy.holder.sign(unsigned.to_be_signed()).unwrap();
        unsigned.attach(&signature)
    }

    fn key_bound(&self, copy: &IssuedCopy, attributes: &[&Attribute]) -> String {
        let paths = attributes.iter().map(|a| a.claim_path().iter().map(|name| PathElement::Name(name)).collect());
        let paths: Vec<Vec<PathElement<'_>>> = paths.collect();
        let paths: Vec<&[PathElement<'_>]> = paths.iter().map(Vec::as_slice).collect();
        let held = SdJwt::parse(core::str::from_utf8(&copy.bytes).unwrap()).unwrap();
        let binding = KeyBinding { audience: &self.client_id, nonce: &self.nonce, issued_at: self.answered_at };
        let unsigned = held.select(&paths).unwrap().bind(Algorithm::Es256, &binding);
        let signature = copy.holder.sign(unsigned.to_be_signed()).unwrap();
        unsigned.attach(&signature)
    }

    /// A query for attributes of a document, by their ids in the catalogue.
    pub fn query(format: Format, document: &DocumentType, attributes: &[&str]) -> DcqlQuery {
        let path = |id: &&str| {
            let attribute = document.attribute(id).unwrap_or_else(|| panic!("no {id}"));
            match format {
                Format::Mdoc => json!({ "path": [attribute.namespace(), attribute.element()] }),
                Format::SdJwt => json!({ "path": attribute.claim_path() }),
            }
        };
        let meta = match format {
            Format::Mdoc => json!({ "doctype_value": document.doctype() }),
            Format::SdJwt => json!({ "vct_values": [document.vct()] }),
        };
        let claims: Vec<_> = attributes.iter().map(path).collect();
        let credential = json!({ "id": "asked", "format": format.identifier(), "meta": meta, "claims": claims });
        DcqlQuery::from_json(&json!({ "credentials": [credential] })).unwrap()
    }
}
