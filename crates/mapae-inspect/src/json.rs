//! JSON with the place of each value. The text is first read strictly by `mapae_jose::json`, so that this need only
//! find out where things stand.

use core::ops::Range;

use mapae_jose::json::parse;
use mapae_x509::Certificate;

use crate::{
    InspectError, Node, certificate,
    place::Encoding,
    text::quoted,
    view::{Budget, View},
};

/// A JSON document.
pub(crate) fn document(view: &View<'_>, budget: &mut Budget) -> Result<Node, InspectError> {
    let value = parse(view.bytes)?;
    let label = if value.get("dcql_query").is_some() { "request (OpenID4VP 1.0)" } else { "JSON" };
    Ok(Scanner { view, budget, at: 0 }.value("", label).unwrap_or_else(|| unread("JSON", label)).at(view.whole()))
}

/// JSON inside something else, under a label and as what it is there; `None` if it is none.
pub(crate) fn embedded(kind: &'static str, label: &str, view: &View<'_>, budget: &mut Budget) -> Option<Node> {
    parse(view.bytes).ok()?;
    let mut scanner = Scanner { view, budget, at: 0 };
    scanner.next_token();
    Some(match scanner.peek()? {
        b'{' => Node::branch(kind, label, scanner.object(kind)?).at(view.whole()),
        b'[' => Node::branch(kind, label, scanner.array(kind)?).at(view.whole()),
        _ => scanner.value("", label)?,
    })
}

fn unread(kind: &'static str, label: &str) -> Node {
    Node::leaf(kind, label, "cannot be read")
}

/// Goes through JSON that is known to be sound. `None` would mean that it is not.
struct Scanner<'v, 'b> {
    view: &'v View<'b>,
    budget: &'v mut Budget,
    at: usize,
}

impl Scanner<'_, '_> {
    /// The value that comes next, under a label and inside a thing of kind `holder`.
    fn value(&mut self, holder: &'static str, label: &str) -> Option<Node> {
        let start = self.next_token();
        let kind = kind(holder, label);
        let node = match self.peek()? {
            b'{' => Node::branch(kind.unwrap_or("object"), label, self.object(kind.unwrap_or("object"))?),
            b'[' => Node::branch(kind.unwrap_or("array"), label, self.array(kind.unwrap_or("array"))?),
            b'"' => return self.string(kind, holder, label),
            _ => self.scalar(kind, label)?,
        };
        let range = start..self.at;
        Some(node.at(self.view.place(range.clone(), range)))
    }

    /// Members sorted by name, as whoever looks for one expects; their order says nothing (RFC 8259 §4).
    fn object(&mut self, kind: &'static str) -> Option<Vec<Node>> {
        let mut members = self.list(b'}', |scanner| {
            let name = scanner.text()?;
            scanner.next_token();
            scanner.at += 1; // The colon.
            scanner.value(kind, &scanner.unescaped(&name)?)
        })?;
        members.sort_by(|a, b| a.label().cmp(b.label()));
        Some(members)
    }

    fn array(&mut self, kind: &'static str) -> Option<Vec<Node>> {
        let mut index = 0;
        self.list(b']', |scanner| {
            index += 1;
            scanner.value(kind, &format!("[{}]", index - 1))
        })
    }

    /// What stands between two brackets, up to where the tree is large enough.
    fn list(&mut self, end: u8, mut each: impl FnMut(&mut Self) -> Option<Node>) -> Option<Vec<Node>> {
        let mut nodes = Vec::new();
        self.at += 1;
        loop {
            self.next_token();
            match self.peek()? {
                b',' => self.at += 1,
                closing if closing == end => break,
                _ => {
                    let room = self.budget.take(1);
                    let node = each(self)?;
                    if room {
                        nodes.push(node);
                    } else if nodes.last().is_none_or(|last: &Node| last.kind() != "cut off") {
                        nodes.push(Node::cut_off());
                    }
                }
            }
        }
        self.at += 1;
        Some(nodes)
    }

    fn string(&mut self, kind: Option<&'static str>, holder: &str, label: &str) -> Option<Node> {
        let start = self.next_token();
        let inside = self.text()?;
        let text = self.unescaped(&inside)?;
        let node = match (holder == "x5c").then(|| self.certificate(label, &inside)) {
            Some(certificate) => certificate,
            None => Node::leaf(kind.unwrap_or("string"), label, quoted(&text)),
        };
        Some(node.at(self.view.place(start..self.at, inside)))
    }

    /// RFC 7515 §4.1.6: a certificate in padded base64.
    fn certificate(&mut self, label: &str, text: &Range<usize>) -> Node {
        let decoded = self.view.decoded(text.clone(), Encoding::Base64);
        let found = decoded.as_ref().and_then(|decoded| Certificate::from_der(decoded.view().bytes).ok());
        match (found, decoded) {
            (Some(found), Some(decoded)) if self.budget.take(certificate::NODES) => {
                certificate::node(&found, Some(&decoded.view()))
            }
            _ => unread("certificate", label),
        }
    }

    fn scalar(&mut self, kind: Option<&'static str>, label: &str) -> Option<Node> {
        let start = self.at;
        let end = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n');
        let rest = self.view.bytes.get(start..)?;
        self.at += rest.iter().position(end).unwrap_or(rest.len());
        let text = core::str::from_utf8(self.view.bytes.get(start..self.at)?).ok()?;
        Some(Node::leaf(kind.unwrap_or(scalar_kind(text)), label, text))
    }

    /// Passes over a string and gives the range between its quotes.
    fn text(&mut self) -> Option<Range<usize>> {
        let start = self.next_token() + 1;
        let mut at = start;
        loop {
            match self.view.bytes.get(at)? {
                b'"' => break,
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        self.at = at + 1;
        Some(start..at)
    }

    fn unescaped(&self, inside: &Range<usize>) -> Option<String> {
        serde_json::from_slice(self.view.bytes.get(inside.start - 1..=inside.end)?).ok()
    }

    fn peek(&self) -> Option<u8> {
        self.view.bytes.get(self.at).copied()
    }

    /// Passes over white space.
    fn next_token(&mut self) -> usize {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
        self.at
    }
}

const fn scalar_kind(text: &str) -> &'static str {
    match text.as_bytes() {
        b"true" | b"false" => "boolean",
        b"null" => "null",
        _ => "number",
    }
}

/// Names of RFC 9901 §4.2.4 and of the JOSE header, by what holds a value and its label.
fn kind(holder: &str, label: &str) -> Option<&'static str> {
    match (holder, label) {
        ("JOSE Header", "x5c") => Some("x5c"),
        (_, "_sd") => Some("_sd"),
        ("_sd", _) | (_, "...") => Some("Digest"),
        (_, "status_list") => Some("StatusListInfo"),
        (_, "jwk") => Some("JWK"),
        _ => None,
    }
}
