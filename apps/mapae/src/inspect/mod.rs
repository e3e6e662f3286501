//! Files as trees: certificates, CBOR with COSE inside, JWTs and SD-JWTs, JSON.

mod cbor;
mod json;
mod jwt;
mod node;
mod x509;

pub(crate) use node::Node;

/// Finds out what `bytes` are and shows them.
pub(crate) fn inspect(bytes: &[u8]) -> anyhow::Result<Node> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let text = text.trim();
        if text.contains("-----BEGIN ") {
            return x509::pem(text);
        }
        if text.starts_with('{') {
            return json::document(text);
        }
        if text.contains('~') {
            return jwt::sd_jwt(text);
        }
        if text.split('.').count() == 3 && text.is_ascii() {
            return jwt::jwt(text);
        }
    }
    // DER starts with a SEQUENCE; in CBOR the same byte would be a negative integer.
    if bytes.first() == Some(&0x30) { x509::der(bytes) } else { cbor::document(bytes) }
}
