//! The extensions that profiles look at. Others are skipped, or refused where marked critical.

use std::collections::HashSet;

use const_oid::{ObjectIdentifier, db::rfc5280};
use der::Decode;
use x509_cert::ext::{
    Extension,
    pkix::{
        AuthorityKeyIdentifier, BasicConstraints, CrlDistributionPoints, ExtendedKeyUsage, KeyUsage,
        SubjectKeyIdentifier, name::GeneralName,
    },
};

use crate::{AlternativeName, X509Error, alternative::uri_of};

/// What the extensions of a certificate say.
#[derive(Clone, Default)]
pub(crate) struct Extensions {
    pub(crate) is_ca: bool,
    pub(crate) path_len: Option<u8>,
    pub(crate) key_usage: Option<KeyUsage>,
    pub(crate) purposes: Option<Vec<ObjectIdentifier>>,
    pub(crate) subject_key_id: Option<Vec<u8>>,
    pub(crate) authority_key_id: Option<Vec<u8>>,
    pub(crate) subject_alternatives: Vec<AlternativeName>,
    pub(crate) issuer_alternatives: Vec<AlternativeName>,
    pub(crate) crl_distribution_point: Option<String>,
}

impl Extensions {
    pub(crate) fn read(extensions: &[Extension]) -> Result<Self, X509Error> {
        check_unique(extensions)?;
        let mut known = Self::default();
        for extension in extensions {
            known.take(extension)?;
        }
        Ok(known)
    }

    fn take(&mut self, extension: &Extension) -> Result<(), X509Error> {
        match extension.extn_id {
            rfc5280::ID_CE_BASIC_CONSTRAINTS => {
                let constraints: BasicConstraints = content(extension)?;
                self.is_ca = constraints.ca;
                self.path_len = constraints.path_len_constraint;
            }
            rfc5280::ID_CE_KEY_USAGE => self.key_usage = Some(content(extension)?),
            rfc5280::ID_CE_EXT_KEY_USAGE => self.purposes = Some(content::<ExtendedKeyUsage>(extension)?.0),
            rfc5280::ID_CE_SUBJECT_KEY_IDENTIFIER => {
                self.subject_key_id = Some(content::<SubjectKeyIdentifier>(extension)?.0.into_bytes().into());
            }
            rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER => self.authority_key_id = authority_key_id(extension)?,
            rfc5280::ID_CE_SUBJECT_ALT_NAME => self.subject_alternatives = alternatives(extension)?,
            rfc5280::ID_CE_ISSUER_ALT_NAME => self.issuer_alternatives = alternatives(extension)?,
            rfc5280::ID_CE_CRL_DISTRIBUTION_POINTS => self.crl_distribution_point = distribution_point(extension)?,
            _ => return refuse_if_critical(extension),
        }
        Ok(())
    }
}

/// RFC 5280 §4.2: "A certificate MUST NOT include more than one instance of a particular extension."
pub(crate) fn check_unique(extensions: &[Extension]) -> Result<(), X509Error> {
    let mut seen = HashSet::new();
    match extensions.iter().find(|extension| !seen.insert(extension.extn_id)) {
        Some(again) => Err(X509Error::ExtensionRepeated { oid: again.extn_id }),
        None => Ok(()),
    }
}

/// RFC 5280 §4.2: a critical extension that is not recognised refuses the whole.
pub(crate) fn refuse_if_critical(extension: &Extension) -> Result<(), X509Error> {
    if extension.critical { Err(X509Error::ExtensionUnknown { oid: extension.extn_id }) } else { Ok(()) }
}

/// The `keyIdentifier` of an authority key identifier, if it has one.
pub(crate) fn authority_key_id(extension: &Extension) -> Result<Option<Vec<u8>>, X509Error> {
    Ok(content::<AuthorityKeyIdentifier>(extension)?.key_identifier.map(|id| id.into_bytes().into()))
}

/// The content by its type, without bytes after it.
pub(crate) fn content<'a, T: Decode<'a>>(extension: &'a Extension) -> Result<T, X509Error> {
    T::from_der(extension.extn_value.as_bytes()).map_err(|_| X509Error::ExtensionUnreadable { oid: extension.extn_id })
}

fn alternatives(extension: &Extension) -> Result<Vec<AlternativeName>, X509Error> {
    let names: Vec<GeneralName> = content(extension)?;
    Ok(names.iter().filter_map(AlternativeName::read).collect())
}

fn distribution_point(extension: &Extension) -> Result<Option<String>, X509Error> {
    let points: CrlDistributionPoints = content(extension)?;
    Ok(points.0.iter().filter_map(|point| point.distribution_point.as_ref()).find_map(uri_of))
}
