//! From a leaf to a trusted root (RFC 5280 §6.1 with the profiles of ISO/IEC 18013-5 Annex B).
//!
//! A *link* is an authority's certificate for its own new key, signed by its old one: issuer and subject have one
//! name, and the signature is not its own. With it a reader that knows only the old root follows documents of the
//! new one; whoever knows the new root does not need it. Where the root was renewed twice, two links lead from the
//! newest root to the first.
//!
//! Left out: revocation, which needs a list ([`crate::Crl`]) or a bundle and is decided by the caller; name
//! constraints and policies, refused by the parser where critical.

use mapae_types::Timestamp;

use crate::{Certificate, Role, TrustAnchor, X509Error, extensions::KeyUsage};

/// A root, two authorities between, a leaf: deeper than any profile here (Annex B allows none between).
const MAX_INTERMEDIATES: usize = 2;

/// Proof that a certificate chains to a trusted root, fits a role and was valid at a certain time. It says
/// nothing about revocation.
#[derive(Debug, Clone)]
pub struct VerifiedSigner {
    certificate: Certificate,
    anchor: TrustAnchor,
    role: Role,
    at: Timestamp,
    path: usize,
}

impl VerifiedSigner {
    /// The leaf, by whose key the signature at hand must verify.
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The root it chains to.
    pub const fn anchor(&self) -> &TrustAnchor {
        &self.anchor
    }

    /// What it may be used for.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// The time for which validity was checked.
    pub const fn valid_at(&self) -> Timestamp {
        self.at
    }

    /// How many certificates of the chain lead to the root, the leaf among them. Links after them were not needed and
    /// nothing is known of them.
    pub const fn path(&self) -> usize {
        self.path
    }
}

/// Follows `chain`, leaf first and without the root, to one of `anchors`, and checks every certificate at `at`
/// and the leaf for `role`. Links at the chain's end are used only where the roots to which they lead are needed: the
/// newest root among the anchors is the one that counts.
pub fn verify_chain(
    chain: &[Certificate],
    anchors: &[TrustAnchor],
    role: Role,
    at: Timestamp,
) -> Result<VerifiedSigner, X509Error> {
    check_length(chain)?;
    let links = chain.iter().skip(1).rev().take_while(|certificate| is_link(certificate)).count();
    let shorter = (chain.len() - links..chain.len()).map(|path| follow(&chain[..path], anchors, role, at));
    // What is to be said of a chain that leads nowhere is said of the whole.
    shorter.flatten().next().map_or_else(|| follow(chain, anchors, role, at), Ok)
}

fn follow(
    chain: &[Certificate],
    anchors: &[TrustAnchor],
    role: Role,
    at: Timestamp,
) -> Result<VerifiedSigner, X509Error> {
    let (Some(leaf), Some(top)) = (chain.first(), chain.last()) else { return Err(X509Error::ChainEmpty) };
    check_leaf(leaf, role)?;
    check_no_root(chain)?;
    check_authorities(&chain[1..])?;
    chain.iter().try_for_each(|certificate| check_validity(certificate, at))?;
    chain.windows(2).try_for_each(|pair| check_issued(&pair[0], &pair[1]))?;
    let anchor = find_anchor(top, anchors, |anchor| check_under(chain, leaf, anchor, role, at))?;
    Ok(VerifiedSigner { certificate: leaf.clone(), anchor: anchor.clone(), role, at, path: chain.len() })
}

fn check_length(chain: &[Certificate]) -> Result<(), X509Error> {
    match chain.len().saturating_sub(1) {
        0..=MAX_INTERMEDIATES => Ok(()),
        intermediates => Err(X509Error::ChainTooLong { intermediates, limit: MAX_INTERMEDIATES }),
    }
}

fn check_leaf(leaf: &Certificate, role: Role) -> Result<(), X509Error> {
    // HAIP 1.0: the signing certificate is not self-signed. That also refuses a root sent as the only one.
    if leaf.is_self_issued() {
        return Err(X509Error::LeafSelfSigned { subject: leaf.subject().to_owned() });
    }
    if leaf.is_ca() {
        return Err(X509Error::LeafIsCa { subject: leaf.subject().to_owned() });
    }
    role.check(leaf)
}

/// ISO/IEC 18013-5 §9.1.2.4 and HAIP 1.0: the trust anchor is not sent, and every anchor signs itself.
fn check_no_root(chain: &[Certificate]) -> Result<(), X509Error> {
    match chain.iter().find(|certificate| certificate.is_self_issued() && !is_link(certificate)) {
        Some(root) => Err(X509Error::RootInChain { subject: root.subject().to_owned() }),
        None => Ok(()),
    }
}

fn is_link(certificate: &Certificate) -> bool {
    certificate.is_self_issued() && !certificate.is_signed_by(certificate.public_key())
}

fn check_authorities(intermediates: &[Certificate]) -> Result<(), X509Error> {
    for (place, authority) in intermediates.iter().enumerate() {
        if !authority.is_ca() {
            return Err(X509Error::IssuerNotCa { subject: authority.subject().to_owned() });
        }
        if !authority.extensions().key_usage.is_some_and(KeyUsage::key_cert_sign) {
            return Err(X509Error::IssuerMayNotSign { subject: authority.subject().to_owned() });
        }
        check_path_len(authority, &intermediates[..place])?;
    }
    Ok(())
}

/// RFC 5280 §4.2.1.9: how many authorities may follow this one, links not counted.
fn check_path_len(authority: &Certificate, below: &[Certificate]) -> Result<(), X509Error> {
    let below = below.iter().filter(|certificate| !certificate.is_self_issued()).count();
    match authority.extensions().path_len {
        Some(limit) if below > usize::from(limit) => {
            Err(X509Error::PathTooLong { subject: authority.subject().to_owned(), limit })
        }
        _ => Ok(()),
    }
}

fn check_validity(certificate: &Certificate, at: Timestamp) -> Result<(), X509Error> {
    let subject = || certificate.subject().to_owned();
    if at < certificate.not_before() {
        return Err(X509Error::NotYetValid { subject: subject(), not_before: certificate.not_before() });
    }
    if at > certificate.not_after() {
        return Err(X509Error::Expired { subject: subject(), not_after: certificate.not_after() });
    }
    Ok(())
}

fn check_issued(certificate: &Certificate, issuer: &Certificate) -> Result<(), X509Error> {
    if !certificate.names_issuer(issuer) {
        return Err(X509Error::IssuerUnknown { issuer: certificate.issuer().to_owned() });
    }
    check_signature(certificate, issuer)
}

fn check_signature(certificate: &Certificate, issuer: &Certificate) -> Result<(), X509Error> {
    if certificate.is_signed_by(issuer.public_key()) {
        Ok(())
    } else {
        Err(X509Error::SignatureInvalid { subject: certificate.subject().to_owned() })
    }
}

/// The first root that named, signed and `accept`s. Several may have one name – a VICAL lists such – and one
/// key, where a root was renewed; then the reason given is the last signer's.
fn find_anchor<'a>(
    top: &Certificate,
    anchors: &'a [TrustAnchor],
    accept: impl Fn(&TrustAnchor) -> Result<(), X509Error>,
) -> Result<&'a TrustAnchor, X509Error> {
    let mut refusal = X509Error::IssuerUnknown { issuer: top.issuer().to_owned() };
    let mut signed = false;
    for anchor in anchors.iter().filter(|anchor| top.names_issuer(anchor.certificate())) {
        match check_signature(top, anchor.certificate()) {
            Err(reason) if !signed => refusal = reason,
            Err(_) => {}
            Ok(()) => match accept(anchor) {
                Ok(()) => return Ok(anchor),
                Err(reason) => (refusal, signed) = (reason, true),
            },
        }
    }
    Err(refusal)
}

fn check_under(
    chain: &[Certificate],
    leaf: &Certificate,
    anchor: &TrustAnchor,
    role: Role,
    at: Timestamp,
) -> Result<(), X509Error> {
    let root = anchor.certificate();
    check_validity(root, at)?;
    check_path_len(root, &chain[1..])?;
    if role.is_bound_to_root_country() { check_country(leaf, root) } else { Ok(()) }
}

/// ISO/IEC 18013-5 B.1.4: `countryName` is mandatory and the root's; so is `stateOrProvinceName` where the
/// root has one.
fn check_country(leaf: &Certificate, root: &Certificate) -> Result<(), X509Error> {
    let subject = || leaf.subject().to_owned();
    let (found, expected) = (leaf.subject_country(), root.subject_country());
    if found.is_none() || found != expected {
        let (found, root) = (found.map(str::to_owned), expected.map(str::to_owned));
        return Err(X509Error::CountryDiffers { subject: subject(), found, root });
    }
    match root.subject_state_or_province() {
        Some(state) if leaf.subject_state_or_province() != Some(state) => {
            let found = leaf.subject_state_or_province().map(str::to_owned);
            Err(X509Error::StateDiffers { subject: subject(), found, root: state.to_owned() })
        }
        _ => Ok(()),
    }
}
