//! Who signs: the authority's certificates, with keys in a hardware module or, for development, beside them.

use std::{collections::BTreeMap, num::NonZeroUsize};

use mapae_document::Catalogue;
use mapae_hsm::{Pin, Pkcs11Config, Signer, SignerKind, SignerPool};
use mapae_issuer::{DocumentSigner, Signers};
use mapae_types::{DocumentName, Timestamp};

use super::IssuerDir;
use crate::{
    authority::{Authority, SignerCertificate, SignerName},
    failure::{Failure, OrUsage as _, Outcome},
    files,
};

/// The signers of the documents that are issued, and whether their keys are safe.
pub(super) async fn open(dir: &IssuerDir, catalogue: &Catalogue, now: Timestamp) -> Outcome<(Signers, SignerKind)> {
    let authority = Authority::open(&dir.path(&dir.settings.authority))?;
    let keys = Keys::open(dir).await?;
    let mut mdoc = BTreeMap::new();
    for doctype in doctypes(catalogue, &dir.settings.documents) {
        let signer = keys.signer(&authority, SignerName::for_doctype(&doctype), now).await?;
        mdoc.insert(doctype, signer);
    }
    let sd_jwt = keys.signer(&authority, SignerName::SdJwt, now).await?;
    let status = keys.signer(&authority, SignerName::Status, now).await?;
    Ok((Signers { mdoc, sd_jwt, status }, keys.kind()))
}

fn doctypes(catalogue: &Catalogue, documents: &[DocumentName]) -> Vec<String> {
    let known = documents.iter().filter_map(|name| catalogue.get(name));
    known.map(|document| document.doctype().to_owned()).collect()
}

/// Where the keys are.
enum Keys {
    Files,
    Module(SignerPool),
}

impl Keys {
    async fn open(dir: &IssuerDir) -> Outcome<Self> {
        let hsm = &dir.settings.hsm;
        let Some(module) = &hsm.module else { return Ok(Self::Files) };
        let (Some(token), Some(pin)) = (&hsm.token, &hsm.pin_file) else {
            return Err(Failure::usage("[hsm] takes `token` and `pin_file` beside `module`"));
        };
        let pin = files::read_text(&dir.path(pin)).map_err(Failure::Usage)?;
        let config = Pkcs11Config {
            module: module.clone(),
            token: token.clone(),
            pin: Pin::new(pin.trim_end()),
            sessions: NonZeroUsize::new(hsm.sessions.into()).unwrap_or(NonZeroUsize::MIN),
        };
        Ok(Self::Module(SignerPool::pkcs11(config).await?))
    }

    const fn kind(&self) -> SignerKind {
        match self {
            Self::Files => SignerKind::Software,
            Self::Module(pool) => pool.kind(),
        }
    }

    async fn signer(&self, authority: &Authority, name: SignerName, at: Timestamp) -> Outcome<DocumentSigner> {
        let certificate = authority.issuing_certificate(name, at)?;
        let signer = match self {
            Self::Files => Signer::software(authority.key(&certificate.file)?),
            Self::Module(pool) => {
                let absent = || format!("the key of {}.pem in the module", certificate.file);
                pool.signer(&certificate.file).await.or_usage(absent)?
            }
        };
        with_certificate(signer, certificate)
    }
}

fn with_certificate(signer: Signer, certificate: SignerCertificate) -> Outcome<DocumentSigner> {
    if signer.public() != certificate.certificate.public_key() {
        let file = certificate.file;
        return Err(Failure::usage(format!("the key is not the one that {file}.pem certifies")));
    }
    Ok(DocumentSigner { signer, chain: certificate.chain(), certificate: certificate.certificate })
}
