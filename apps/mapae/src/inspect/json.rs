//! JSON, such as requests.

use serde_json::Value;

use super::{Node, node::quoted};

/// A JSON document, read strictly.
pub(crate) fn document(text: &str) -> anyhow::Result<Node> {
    let value = mapae_jose::json::parse(text.as_bytes())?;
    let name = if value.get("dcql_query").is_some() { "request (OpenID4VP 1.0)" } else { "JSON" };
    Ok(node(name, &value))
}

/// A JSON value under a name.
pub(crate) fn node(name: &str, value: &Value) -> Node {
    match value {
        Value::Object(members) => Node::branch(name, members.iter().map(|(name, value)| node(name, value)).collect()),
        Value::Array(items) => {
            let item = |(i, item): (usize, &Value)| node(&format!("[{i}]"), item);
            Node::branch(name, items.iter().enumerate().map(item).collect())
        }
        Value::String(text) => Node::leaf(name, quoted(text)),
        other => Node::leaf(name, other.to_string()),
    }
}
