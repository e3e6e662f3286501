//! A tree of names and values.

use serde_json::{Map, Value, json};

/// A named value with what is inside it.
pub(crate) struct Node {
    name: String,
    value: Option<String>,
    children: Vec<Node>,
}

impl Node {
    pub(crate) fn leaf(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: Some(value.into()), children: Vec::new() }
    }

    pub(crate) fn branch(name: impl Into<String>, children: Vec<Self>) -> Self {
        Self { name: name.into(), value: None, children }
    }

    /// The same with a value beside its children.
    pub(crate) fn with_value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }

    /// One line for each node, indented.
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, 0);
        text
    }

    fn write(&self, text: &mut String, depth: usize) {
        text.push_str(&"  ".repeat(depth));
        text.push_str(&self.name);
        if let Some(value) = &self.value {
            text.push_str(": ");
            text.push_str(value);
        }
        text.push('\n');
        for child in &self.children {
            child.write(text, depth + 1);
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut node = Map::new();
        node.insert("name".to_owned(), json!(self.name));
        if let Some(value) = &self.value {
            node.insert("value".to_owned(), json!(value));
        }
        if !self.children.is_empty() {
            node.insert("children".to_owned(), self.children.iter().map(Self::to_json).collect());
        }
        Value::Object(node)
    }
}

/// Bytes in hexadecimal, cut off with their number where they are many.
pub(crate) fn bytes_text(bytes: &[u8]) -> String {
    const SHOWN: usize = 32;
    let hex = crate::authority::to_hex(&bytes[..bytes.len().min(SHOWN)]);
    if bytes.len() > SHOWN { format!("h'{hex}…' ({} bytes)", bytes.len()) } else { format!("h'{hex}'") }
}

/// Text in quotes, cut off with its length where it is long, control characters escaped.
pub(crate) fn quoted(text: &str) -> String {
    const SHOWN: usize = 120;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}… ({} characters)", &text[..end], text.chars().count()),
        None => format!("{text:?}"),
    }
}
