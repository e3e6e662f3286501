//! Who signs for an authority at a time, and with which chain.
//!
//! Signers are renewed every 90 days and below every new root; old ones stay beside the new. Whoever knows only an older
//! root follows the links of the chain, and the same links show that a document below the old root and a status list
//! below the new one are one authority's. A reader that has the new root passes over them.

use mapae_crypto::SigningKey;
use mapae_types::{Duration, Timestamp, hex};
use mapae_x509::Certificate;

use super::{Authority, Root, numbered, root_name};
use crate::{
    failure::{Failure, Outcome},
    output::Output,
};

/// Design D8: the certificate outlives what is signed within its first 90 days.
pub(crate) const SIGNING_DAYS: i64 = 90;
/// As many links as our readers follow.
const LINKS: usize = 2;

/// A certificate, whose key may be elsewhere.
pub(crate) struct SignerCertificate {
    /// The name of its files, and of its key in a hardware module.
    pub(crate) file: String,
    pub(crate) certificate: Certificate,
    links: Vec<Certificate>,
}

/// A certificate with the key that belongs to it.
pub(crate) struct Signer {
    /// The name of its files.
    file: String,
    pub(crate) certificate: Certificate,
    pub(crate) key: SigningKey,
    links: Vec<Certificate>,
}

/// The signers of an authority, by the names of their first files.
#[derive(Clone, Copy)]
pub(crate) enum SignerName {
    Document,
    Mdl,
    SdJwt,
    Status,
}

impl SignerName {
    pub(crate) const ALL: [Self; 4] = [Self::Document, Self::Mdl, Self::SdJwt, Self::Status];

    /// Who signs mdocs of that type: driving licences have a signer of their own, since readers made for them
    /// alone refuse one that may sign other documents as well.
    pub(crate) fn for_doctype(doctype: &str) -> Self {
        if doctype == "org.iso.18013.5.1.mDL" { Self::Mdl } else { Self::Document }
    }

    pub(crate) const fn file(self) -> &'static str {
        match self {
            Self::Document => "document-signer",
            Self::Mdl => "mdl-signer",
            Self::SdJwt => "sd-jwt-signer",
            Self::Status => "status-signer",
        }
    }
}

impl Signer {
    /// What goes into a signature's header, in DER: its certificate, and the links that lead to older roots. ISO/IEC
    /// 18013-5 §9.1.2.4 takes whatever is between the signer and a root, and no root.
    pub(crate) fn chain(&self) -> Vec<&[u8]> {
        std::iter::once(&self.certificate).chain(&self.links).map(Certificate::der).collect()
    }

    fn note_age(&self, at: Timestamp) {
        if at >= self.certificate.not_before() + Duration::days(SIGNING_DAYS) {
            let file = &self.file;
            Output::note(&format!(
                "note: {file}.pem has signed for {SIGNING_DAYS} days, and its copies end sooner from now on; \
                 `mapae authority renew-signers` makes the next one"
            ));
        }
    }
}

impl SignerCertificate {
    /// What goes into a signature's header, in DER.
    #[cfg(feature = "services")]
    pub(crate) fn chain(&self) -> Vec<Vec<u8>> {
        std::iter::once(&self.certificate).chain(&self.links).map(|one| one.der().to_vec()).collect()
    }
}

impl Authority {
    /// Who signs at a time: the newest whose certificate has begun by then, or else the first.
    pub(crate) fn signer(&self, name: SignerName, at: Timestamp) -> anyhow::Result<Signer> {
        let SignerCertificate { file, certificate, links } = self.signer_certificate(name, at)?;
        Ok(Signer { key: self.key(&file)?, links, file, certificate })
    }

    /// The same without its key. One that is distrusted signs nothing that anybody would accept.
    #[cfg(feature = "services")]
    pub(crate) fn issuing_certificate(&self, name: SignerName, at: Timestamp) -> Outcome<SignerCertificate> {
        let signer = self.signer_certificate(name, at)?;
        if self.is_distrusted(&signer.certificate, at)? {
            return Err(distrusted(&signer.file));
        }
        Ok(signer)
    }

    fn signer_certificate(&self, name: SignerName, at: Timestamp) -> anyhow::Result<SignerCertificate> {
        let (mut file, mut certificate) = (name.file().to_owned(), self.certificate(name.file())?);
        for later in self.later_files(name).filter(|later| self.path(&format!("{later}.pem")).exists()) {
            let next = self.certificate(&later)?;
            if next.not_before() <= at {
                (file, certificate) = (later, next);
            }
        }
        Ok(SignerCertificate { links: self.links_above(&certificate, at)?, file, certificate })
    }

    /// Who signs documents at a time. One that is distrusted signs none that anybody would accept.
    pub(crate) fn issuing_signer(&self, name: SignerName, at: Timestamp) -> Outcome<Signer> {
        let signer = self.signer(name, at)?;
        if self.is_distrusted(&signer.certificate, at)? {
            return Err(distrusted(&signer.file));
        }
        signer.note_age(at);
        Ok(signer)
    }

    /// The name of the next signer's files. What a crash left of one is passed over.
    pub(crate) fn next_signer(&self, name: SignerName) -> String {
        let number = self.later_files(name).zip(3..).last().map_or(2, |(_, next)| next);
        numbered(name.file(), number)
    }

    fn later_files(&self, name: SignerName) -> impl Iterator<Item = String> {
        let is_there = |file: &String| ["pem", "key"].iter().any(|end| self.path(&format!("{file}.{end}")).exists());
        (2..).map(move |number| numbered(name.file(), number)).take_while(is_there)
    }

    /// The root that certified it. All have one name, so that the key's identifier decides.
    pub(crate) fn root_of(&self, certificate: &Certificate) -> anyhow::Result<Option<Root>> {
        let certified = |root: &Root| {
            let issuer = root.anchor().certificate();
            certificate.issuer() == issuer.subject()
                && certificate.authority_key_id() == issuer.subject_key_id()
                && certificate != issuer
        };
        Ok(self.roots()?.into_iter().find(certified))
    }

    /// The links from the root of a signer to the older ones, as far as they are in force and trusted.
    fn links_above(&self, signer: &Certificate, at: Timestamp) -> anyhow::Result<Vec<Certificate>> {
        let newest = self.root_of(signer)?.map_or(1, |root| root.number);
        let mut links = Vec::new();
        for number in (2..=newest).rev().take(LINKS) {
            let link = self.certificate(&format!("{}-link", root_name(number)))?;
            if at < link.not_before() || at > link.not_after() || self.is_distrusted(&link, at)? {
                break;
            }
            links.push(link);
        }
        Ok(links)
    }

    fn is_distrusted(&self, certificate: &Certificate, at: Timestamp) -> anyhow::Result<bool> {
        let fingerprint = hex::encode(&certificate.fingerprint());
        let mut lines = self.distrusted()?.into_iter().filter(|line| line.certificate_sha256 == fingerprint);
        // A time that cannot be read counts as past.
        Ok(lines.any(|line| line.ceased_at.is_none_or(|end| end.parse::<Timestamp>().map_or(true, |end| end <= at))))
    }
}

fn distrusted(file: &str) -> Failure {
    Failure::usage(format!(
        "{file}.pem is distrusted and signs no more; `mapae authority renew-signers` makes the next one"
    ))
}
