//! PEM (RFC 7468), with text around the blocks as `openssl x509 -text` writes it.

use der::{Document, pem::LineEnding};

use crate::X509Error;

/// The DER of every block, all of which must carry `label`: a private key in a file of certificates is a
/// mistake that should be noticed.
pub(crate) fn blocks(text: &str, label: &str) -> Result<Vec<Document>, X509Error> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("-----BEGIN ") {
        let block = &rest[start..];
        let end = end_of_block(block).ok_or(X509Error::Unreadable)?;
        found.push(block_to_der(&block[..end], label)?);
        rest = &block[end..];
    }
    Ok(found)
}

/// The DER of the only block.
pub(crate) fn only_block(text: &str, label: &str) -> Result<Document, X509Error> {
    let mut found = blocks(text, label)?;
    match (found.pop(), found.len()) {
        (Some(document), 0) => Ok(document),
        (last, before) => Err(X509Error::PemCount { found: before + usize::from(last.is_some()) }),
    }
}

/// One block.
pub(crate) fn write(der: &[u8], label: &str) -> String {
    // Base64 into memory has no way to fail.
    der::pem::encode_string(label, LineEnding::LF, der).unwrap_or_default()
}

fn end_of_block(block: &str) -> Option<usize> {
    let footer = block.find("-----END ")?;
    let dashes = footer + "-----END ".len() + block[footer + "-----END ".len()..].find("-----")?;
    Some(dashes + "-----".len())
}

fn block_to_der(block: &str, label: &str) -> Result<Document, X509Error> {
    let (found, document) = Document::from_pem(block).map_err(|_| X509Error::Unreadable)?;
    if found == label { Ok(document) } else { Err(X509Error::Unreadable) }
}
