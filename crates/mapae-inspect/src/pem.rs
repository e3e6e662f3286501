//! PEM of any kind that this project writes. Private keys are named and not shown.

use mapae_crypto::{PublicKey, sha256};
use mapae_x509::{Certificate, Crl};

use crate::{
    InspectError, Node, certificate,
    text::hex,
    view::{Budget, View},
};

pub(crate) fn document(text: &str, view: &View<'_>, budget: &mut Budget) -> Result<Node, InspectError> {
    let node = if text.contains("PRIVATE KEY-----") {
        Node::leaf("private key", "private key", "not shown")
    } else if text.contains("-----BEGIN PUBLIC KEY-----") {
        public_key(&PublicKey::from_spki_pem(text)?)
    } else if text.contains("-----BEGIN X509 CRL-----") {
        certificate::list(&Crl::from_pem(text)?)
    } else {
        certificates(&Certificate::many_from_pem(text)?, budget)?
    };
    // Nobody changes a private key by the byte.
    Ok(if node.kind() == "private key" { node } else { node.at(view.whole()) })
}

fn public_key(key: &PublicKey) -> Node {
    let children = vec![
        Node::leaf("SubjectPublicKeyInfo", "curve", key.curve().to_string()),
        Node::leaf("SubjectPublicKeyInfo", "SHA-256 of its SPKI", hex(&sha256(&key.to_spki_der()))),
    ];
    Node::branch("SubjectPublicKeyInfo", "public key", children)
}

fn certificates(certificates: &[Certificate], budget: &mut Budget) -> Result<Node, InspectError> {
    match certificates {
        [] => Err(InspectError::PemUnknown),
        [one] => Ok(certificate::node(one, None)),
        many => {
            let shown = many.iter().take_while(|_| budget.take(certificate::NODES));
            let mut nodes: Vec<_> = shown.map(|one| certificate::node(one, None)).collect();
            if nodes.len() < many.len() {
                nodes.push(Node::cut_off());
            }
            Ok(Node::branch("X.509 certificates", "certificates", nodes))
        }
    }
}
