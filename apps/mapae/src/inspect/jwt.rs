//! JWTs: status list tokens, and SD-JWTs with their disclosures.

use anyhow::Context as _;
use mapae_jose::{Object, base64url, json};
use mapae_status_list::{DEFAULT_MAX_LIST_BYTES, EncodedList};
use mapae_x509::Certificate;
use serde_json::Value;

use super::{Node, cbor::list_node, json::node, x509::certificate};

/// An SD-JWT, issued or presented: everything between the tildes.
pub(crate) fn sd_jwt(text: &str) -> anyhow::Result<Node> {
    let mut parts = text.split('~');
    let mut children = vec![jwt_named("issuer-signed JWT", parts.next().unwrap_or_default())?];
    let mut rest: Vec<&str> = parts.collect();
    let key_binding = rest.pop().filter(|last| !last.is_empty());
    let disclosures = rest.iter().map(|disclosure| disclosure_node(disclosure)).collect::<anyhow::Result<Vec<_>>>()?;
    children.push(Node::branch(format!("disclosures ({})", disclosures.len()), disclosures));
    let name = match key_binding {
        Some(jwt) => {
            children.push(jwt_named("key-binding JWT", jwt)?);
            "presentation (SD-JWT with key binding)"
        }
        None => "credential (SD-JWT VC)",
    };
    Ok(Node::branch(name, children))
}

fn disclosure_node(disclosure: &str) -> anyhow::Result<Node> {
    let bytes = base64url::decode(disclosure).context("a disclosure is not base64url")?;
    let value = json::parse(&bytes).context("a disclosure is not JSON")?;
    Ok(match value.as_array().map(Vec::as_slice) {
        Some([_, Value::String(name), value]) => node(name, value),
        Some([_, value]) => node("array element", value),
        _ => node("disclosure of an unknown form", &value),
    })
}

/// A compact JWT.
pub(crate) fn jwt(text: &str) -> anyhow::Result<Node> {
    jwt_named("JWT", text)
}

fn jwt_named(name: &str, text: &str) -> anyhow::Result<Node> {
    let parts: Vec<&str> = text.split('.').collect();
    let [header, payload, _] = parts.as_slice() else { anyhow::bail!("not a JWT of three parts") };
    let (header, payload) = (object(header)?, object(payload)?);
    let mut children = vec![header_node(&header), node("payload", &Value::Object(payload.clone()))];
    if let Some(list) = payload.get("status_list").and_then(Value::as_object) {
        children.push(list_node(&EncodedList::from_json(list)?.inflate(DEFAULT_MAX_LIST_BYTES)?));
    }
    Ok(Node::branch(name, children))
}

fn object(part: &str) -> anyhow::Result<Object> {
    let bytes = base64url::decode(part).context("a part of the JWT is not base64url")?;
    json::parse_object(&bytes).context("a part of the JWT is not JSON")
}

/// Certificates are shown as such.
fn header_node(header: &Object) -> Node {
    let child = |(name, value): (&String, &Value)| match (name.as_str(), value.as_array()) {
        ("x5c", Some(chain)) => Node::branch("x5c", chain.iter().map(x5c_node).collect()),
        _ => node(name, value),
    };
    Node::branch("header", header.iter().map(child).collect())
}

fn x5c_node(entry: &Value) -> Node {
    let der = entry.as_str().and_then(|text| base64url::decode_standard(text).ok());
    match der.map(|der| Certificate::from_der(&der)) {
        Some(Ok(found)) => certificate(&found),
        _ => Node::leaf("certificate", "cannot be read"),
    }
}
