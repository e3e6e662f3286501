//! Lines and words of a text with their places, and what stands in them alike in all texts of a log: hashes, keys,
//! signatures.

use core::ops::Range;

use mapae_types::Timestamp;

use crate::{
    Node, Place,
    place::Encoding,
    text::{bytes, hex, quoted},
    view::{Budget, View},
};

/// Nodes of a signature line, and of a key.
const NODES: usize = 5;

/// Bytes of a key id (signed-note, "Signatures").
const ID: usize = 4;
/// Bytes of a time and an Ed25519 signature (tlog-cosignature, "Format").
const TIMED: usize = 8 + 64;

/// A text that is looked at by lines. All ranges count from its start.
pub(crate) struct Lines<'v, 'b> {
    text: &'b str,
    view: &'v View<'b>,
    budget: &'v mut Budget,
    /// Whether it was said that something is left out.
    cut_off: bool,
}

impl<'v, 'b> Lines<'v, 'b> {
    /// `text` is what `view` holds.
    pub(crate) fn of(text: &'b str, view: &'v View<'b>, budget: &'v mut Budget) -> Self {
        Self { text, view, budget, cut_off: false }
    }

    /// Where the whole of it stands.
    pub(crate) const fn all(&self) -> Range<usize> {
        0..self.text.len()
    }

    /// The text in a range.
    pub(crate) fn get(&self, range: &Range<usize>) -> &'b str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// What is before the first empty line, with the end of its last line, and what is after.
    pub(crate) fn split(&self, range: Range<usize>) -> (Range<usize>, Range<usize>) {
        let end = self.get(&range).find("\n\n").map_or(range.end, |at| range.start + at + 1);
        (range.start..end, (end + 1).min(range.end)..range.end)
    }

    /// The lines in a range, without their ends.
    pub(crate) fn lines(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let text = self.get(&range);
        let lines = pieces(text.strip_suffix('\n').unwrap_or(text), &['\n']);
        lines.map(|line| range.start + line.start..range.start + line.end).collect()
    }

    /// The words of a line between spaces and tabs.
    pub(crate) fn words(&self, line: &Range<usize>) -> Vec<Range<usize>> {
        let words = pieces(self.get(line), &[' ', '\t']);
        let words = words.map(|word| line.start + word.start..line.start + word.end);
        words.filter(|word| !word.is_empty()).collect()
    }

    /// The first word of a line, and the place of the rest.
    pub(crate) fn word(&self, line: &Range<usize>) -> (&'b str, Range<usize>) {
        let text = self.get(line);
        let end = text.find(' ').unwrap_or(text.len());
        (&text[..end], (line.start + end + 1).min(line.end)..line.end)
    }

    pub(crate) fn place(&self, range: Range<usize>) -> Place {
        self.view.place(range.clone(), range)
    }

    /// A node if there is room for so many, else `…`, once in a text.
    pub(crate) fn room(&mut self, nodes: usize, node: impl FnOnce(&mut Self) -> Node) -> Option<Node> {
        if self.budget.take(nodes) {
            return Some(node(self));
        }
        (!core::mem::replace(&mut self.cut_off, true)).then(Node::cut_off)
    }

    /// Text as it stands.
    pub(crate) fn leaf(&mut self, kind: &'static str, label: &str, range: Range<usize>) -> Option<Node> {
        self.room(1, |lines| lines.as_text(kind, label, range))
    }

    fn as_text(&self, kind: &'static str, label: &str, range: Range<usize>) -> Node {
        let text = self.get(&range);
        let number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let value = if number { text.to_owned() } else { quoted(text) };
        Node::leaf(kind, label, value).at(self.place(range))
    }

    /// Bytes in base64.
    pub(crate) fn base64(&mut self, kind: &'static str, label: &str, range: Range<usize>) -> Option<Node> {
        self.room(1, |lines| match lines.view.decoded(range.clone(), Encoding::Base64) {
            Some(decoded) => Node::leaf(kind, label, quoted(lines.get(&range))).at(decoded.view().whole()),
            None => lines.as_text(kind, label, range),
        })
    }

    /// Hashes, each on a line.
    pub(crate) fn hashes(&mut self, label: &str, lines: &[Range<usize>]) -> Node {
        let mut hashes = Vec::new();
        for (i, line) in lines.iter().enumerate() {
            hashes.extend(self.base64("hash", &format!("[{i}]"), line.clone()));
        }
        let node = Node::branch("hashes", format!("{label} ({})", lines.len()), hashes);
        match (lines.first(), lines.last()) {
            (Some(first), Some(last)) => node.at(self.place(first.start..last.end)),
            _ => node,
        }
    }

    /// Signature lines.
    pub(crate) fn signatures(&mut self, range: Range<usize>) -> Node {
        let lines = self.lines(range.clone());
        let mut signatures = Vec::new();
        for (i, line) in lines.iter().enumerate() {
            signatures.extend(self.room(NODES, |lines| lines.signature(&format!("[{i}]"), line)));
        }
        Node::branch("signatures", format!("signatures ({})", lines.len()), signatures).at(self.place(range))
    }

    /// Em dash, key name, and in base64 a key id and a signature, the latter with a time if it is a cosignature.
    fn signature(&self, label: &str, line: &Range<usize>) -> Node {
        const KIND: &str = "signature line";
        let words = self.words(line);
        let [_, name, material] = words.as_slice() else { return self.as_text(KIND, label, line.clone()) };
        let mut children = vec![self.as_text("key name", "key name", name.clone())];
        if let Some(decoded) = self.view.decoded(material.clone(), Encoding::Base64) {
            children.extend(id_and_signature(&decoded.view()));
        }
        Node::branch(KIND, label, children).with_value(quoted(self.get(name))).at(self.place(line.clone()))
    }

    /// A *vkey* (signed-note, "Verifier keys"): name, id, and in base64 the key behind a byte for its type.
    pub(crate) fn verifier_key(&mut self, key: &Range<usize>) -> Option<Node> {
        self.room(NODES, |lines| {
            let mut parts = lines.get(key).splitn(3, '+').map(str::len);
            let [name, id] = [parts.next(), parts.next()].map(Option::unwrap_or_default);
            let id = key.start + name + 1..key.start + name + 1 + id;
            let mut children = vec![
                lines.as_text("key name", "key name", key.start..key.start + name),
                Node::leaf("key id", "key id", lines.get(&id)).at(lines.place(id.clone())),
            ];
            if let Some(decoded) = lines.view.decoded(id.end + 1..key.end, Encoding::Base64) {
                children.extend(type_and_key(&decoded.view()));
            }
            Node::branch("vkey", "key", children).at(lines.place(key.clone()))
        })
    }
}

fn id_and_signature(view: &View<'_>) -> Vec<Node> {
    let time = (view.bytes.len() == ID + TIMED).then(|| view.part(ID..ID + 8));
    let signature = view.part(if time.is_some() { ID + 8 } else { ID }..view.bytes.len());
    let id = view.part(0..ID);
    let mut nodes = vec![Node::leaf("key id", "key id", hex(id.bytes)).at(id.whole())];
    nodes.extend(time.map(|time| Node::leaf("cosignature time", "time", instant(time.bytes)).at(time.whole())));
    nodes.push(Node::leaf("Ed25519 signature", "signature", bytes(signature.bytes)).at(signature.whole()));
    nodes
}

fn type_and_key(view: &View<'_>) -> [Node; 2] {
    let (kind, key) = (view.part(0..1), view.part(1..view.bytes.len()));
    // signed-note, "Signature types".
    let name = match kind.bytes {
        [1] => "1 (Ed25519)",
        [4] => "4 (Ed25519 cosignature)",
        _ => "another",
    };
    [
        Node::leaf("signature type", "type", name).at(kind.whole()),
        Node::leaf("public key", "public key", bytes(key.bytes)).at(key.whole()),
    ]
}

/// tlog-cosignature, "Format": big-endian seconds since 1970.
fn instant(bytes: &[u8]) -> String {
    let seconds = bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let time = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_unix(seconds).ok());
    time.map_or_else(|| format!("{seconds} s"), |time| time.to_string())
}

/// The pieces of `text` between separators, which are one byte each.
fn pieces<'t>(text: &'t str, separators: &'t [char]) -> impl Iterator<Item = Range<usize>> + 't {
    text.split(separators).scan(0, |at, piece| {
        let start = *at;
        *at += piece.len() + 1;
        Some(start..start + piece.len())
    })
}
