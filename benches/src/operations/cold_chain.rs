//! The first licence of a signer: its certificate is read and verified too.

use anyhow::{Context as _, Result};
use mapae_mdoc::DeviceResponse;
use mapae_x509::{Certificate, Role, verify_chain};

use super::mdoc::{present, transcript};
use crate::{
    harness::Operation,
    limit::{Signed, sha256_all},
    scene::{Scene, Seeded},
};

pub(super) fn operation(scene: &Scene) -> Result<Operation<'_>> {
    let presented = present(scene, &mut Seeded::new(10))?;
    let bytes = presented.bytes.clone();
    let certificate = certificate(scene)?;
    let ours = move || {
        let response = DeviceResponse::parse(&bytes)?;
        let document = response.documents().first().context("a response has a document")?;
        let chain = document.x5chain()?.iter().map(|der| Certificate::from_der(der)).collect::<Result<Vec<_>, _>>()?;
        let anchors = core::slice::from_ref(&scene.authority.root);
        let signer = verify_chain(&chain, anchors, Role::DocumentSigner, scene.now)?;
        let authentic = document.verify_issuer(signer.certificate().public_key())?;
        let verified = authentic.valid_at(scene.now)?.verify_device(&transcript(), None)?;
        Ok(verified.elements().map(|element| element.raw_value().len()).sum::<usize>())
    };
    let limit = move || {
        certificate.verify()?;
        presented.issuer.verify()?;
        presented.device.verify()?;
        Ok(sha256_all(&presented.hashed))
    };
    Ok(Operation::new("mdoc-verify-cold", "3 verifications, 7 digests", ours, limit))
}

/// The root's signature over the signer's certificate: made anew over the same bytes, as X.509 has it in another form.
fn certificate(scene: &Scene) -> Result<Signed> {
    let message = tbs(scene.authority.document.certificate.der()).context("a certificate is a sequence")?.to_vec();
    let key = &scene.bundle_key;
    let signature = key.sign(&message)?.as_bytes().to_vec();
    Ok(Signed { point: key.public().sec1().to_vec(), message, signature })
}

/// `tbsCertificate`: the first item of the outer sequence, both with lengths of two bytes.
fn tbs(certificate: &[u8]) -> Option<&[u8]> {
    let inner = certificate.get(4..)?;
    let [0x30, 0x82, high, low] = *inner.first_chunk()? else { return None };
    inner.get(..4 + usize::from(u16::from_be_bytes([high, low])))
}
