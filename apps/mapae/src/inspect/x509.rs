//! Certificates and revocation lists.

use anyhow::{Context as _, bail};
use mapae_x509::{Certificate, Crl};

use super::Node;
use crate::authority::to_hex;

/// PEM of any kind that this project writes. Private keys are named and not shown.
pub(crate) fn pem(text: &str) -> anyhow::Result<Node> {
    if text.contains("PRIVATE KEY-----") {
        return Ok(Node::leaf("private key", "not shown"));
    }
    if text.contains("-----BEGIN PUBLIC KEY-----") {
        let key = mapae_crypto::PublicKey::from_spki_pem(text)?;
        let fingerprint = to_hex(&mapae_crypto::sha256(&key.to_spki_der()));
        return Ok(Node::branch(
            "public key",
            vec![Node::leaf("curve", key.curve().to_string()), Node::leaf("SHA-256 of its SPKI", fingerprint)],
        ));
    }
    if text.contains("-----BEGIN X509 CRL-----") {
        return Ok(crl(&Crl::from_pem(text)?));
    }
    let certificates = Certificate::many_from_pem(text).context("not a certificate that can be read")?;
    match certificates.as_slice() {
        [] => bail!("PEM of an unknown kind"),
        [one] => Ok(certificate(one)),
        many => Ok(Node::branch("certificates", many.iter().map(certificate).collect())),
    }
}

/// DER: a certificate, or a revocation list.
pub(crate) fn der(bytes: &[u8]) -> anyhow::Result<Node> {
    match Certificate::from_der(bytes) {
        Ok(found) => Ok(certificate(&found)),
        Err(error) => Crl::from_der(bytes).map(|found| crl(&found)).map_err(|_| error.into()),
    }
}

pub(crate) fn certificate(certificate: &Certificate) -> Node {
    let mut children = vec![
        Node::leaf("subject", certificate.subject()),
        Node::leaf("issuer", certificate.issuer()),
        Node::leaf("serial", to_hex(certificate.serial())),
        Node::leaf("not before", certificate.not_before().to_string()),
        Node::leaf("not after", certificate.not_after().to_string()),
        Node::leaf("key", certificate.public_key().curve().to_string()),
        Node::leaf("may issue certificates", if certificate.is_ca() { "yes" } else { "no" }),
        Node::leaf("SHA-256", to_hex(&certificate.fingerprint())),
    ];
    if let Some(url) = certificate.crl_distribution_point() {
        children.push(Node::leaf("revocation list", url));
    }
    Node::branch("certificate", children)
}

fn crl(crl: &Crl) -> Node {
    let children = vec![Node::leaf("issuer", crl.issuer()), Node::leaf("bytes", crl.der().len().to_string())];
    Node::branch("certificate revocation list", children)
}
