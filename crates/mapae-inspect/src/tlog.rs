//! The texts of a log (C2SP signed-note, tlog-checkpoint, tlog-proof, tlog-policy; `mapae-ledger` for evidence of a
//! fork), line by line. Each is first read strictly by `mapae_ledger`, so that this need only find out where things stand.
//!
//! Base64 is shown as it stands, and its places are those of the bytes inside: a byte changed there gives other base64.

use core::ops::Range;

use mapae_ledger::{Checkpoint, ForkEvidence, Policy, SignedNote, TlogProof, VerifierKey};

use crate::{
    InspectError, Node,
    lines::Lines,
    text::quoted,
    view::{Budget, View},
};

const PROOF: &str = "c2sp.org/tlog-proof@v1\n";
const FORK: &str = "mapae-tlog-fork@v1\n";
/// An empty line and a signature line (signed-note, "Format").
const SIGNED: &str = "\n\n\u{2014} ";

/// Nodes that a text has above its lines, and the one that says that something is left out.
const HEADS: usize = 6;

/// A text's tree if its marks say that it is one of these.
pub(crate) fn document(text: &str, view: &View<'_>, budget: &mut Budget) -> Option<Result<Node, InspectError>> {
    let mut lines = Lines::of(text, view, budget);
    let found = if text.starts_with(PROOF) {
        TlogProof::parse(text.as_bytes()).map(|_| lines.proof()).map_err(InspectError::Proof)
    } else if text.starts_with(FORK) {
        ForkEvidence::parse(text.as_bytes()).map(|_| lines.fork()).map_err(InspectError::Fork)
    } else if text.contains(SIGNED) {
        SignedNote::parse(text.as_bytes()).map(|note| lines.note(&note)).map_err(InspectError::Note)
    } else if text.lines().any(|line| line.split_ascii_whitespace().next() == Some("quorum")) {
        Policy::parse(text.as_bytes()).map(|_| lines.policy()).map_err(InspectError::Policy)
    } else if text.trim_end().parse::<VerifierKey>().is_ok() {
        lines
            .verifier_key(&(0..text.trim_end().len()))
            .map(|node| node.renamed("vkey", "key of a log or witness"))
            .map(Ok)?
    } else {
        return None;
    };
    Some(found.map(|node| node.at(view.whole())))
}

/// Such a text inside something else, under a label and as what it is there; `None` if it is none.
pub(crate) fn embedded(kind: &'static str, label: &str, view: &View<'_>, budget: &mut Budget) -> Option<Node> {
    let text = core::str::from_utf8(view.bytes).ok().filter(|_| budget.take(HEADS))?;
    Some(document(text, view, budget)?.ok()?.renamed(kind, label))
}

impl Lines<'_, '_> {
    fn proof(&mut self) -> Node {
        let (head, checkpoint) = self.split(self.all());
        let mut children = Vec::new();
        let mut hashes = Vec::new();
        for line in self.lines(head) {
            match self.word(&line) {
                ("extra", rest) => children.extend(self.base64("extra data", "extra", rest)),
                ("index", rest) => children.extend(self.leaf("leaf index", "index", rest)),
                ("c2sp.org/tlog-proof@v1", _) => children.extend(self.leaf("header line", "format", line)),
                _ => hashes.push(line),
            }
        }
        children.push(self.hashes("inclusion proof", &hashes));
        children.push(self.checkpoint("checkpoint", checkpoint));
        Node::branch("tlog-proof", "proof of a log's entry (tlog-proof)", children)
    }

    fn fork(&mut self) -> Node {
        let (head, rest) = self.split(self.all());
        // A checkpoint's text has no empty lines, nor have its signatures: the second one ends the older checkpoint.
        let (text, more) = self.split(rest);
        let (signatures, newer) = self.split(more);
        let mut lines = self.lines(head);
        let hashes = lines.split_off(lines.len().min(2));
        let mut children = Vec::new();
        for line in lines {
            match self.word(&line) {
                ("root", rest) => children.extend(self.base64("root hash", "root of the newer tree then", rest)),
                _ => children.extend(self.leaf("header line", "format", line)),
            }
        }
        children.push(self.hashes("consistency proof", &hashes));
        children.push(self.checkpoint("older checkpoint", text.start..signatures.end));
        children.push(self.checkpoint("newer checkpoint", newer));
        Node::branch("tlog-fork", "evidence of a fork", children)
    }

    fn note(&mut self, note: &SignedNote) -> Node {
        if Checkpoint::parse(note.unverified_text()).is_ok() {
            return self.checkpoint("signed checkpoint of a log", self.all());
        }
        let all = self.all();
        // signed-note, "Format": the last empty line ends the text.
        let end = all.start + note.unverified_text().len();
        let mut text = Vec::new();
        for (i, line) in self.lines(all.start..end - 1).into_iter().enumerate() {
            text.extend(self.leaf("line", &format!("[{i}]"), line));
        }
        let text = Node::branch("note text", "text", text).at(self.place(all.start..end));
        let children = vec![text, self.signatures(end + 1..all.end)];
        Node::branch("signed note", "signed note", children)
    }

    /// tlog-checkpoint, "Note text": origin, size, root, and lines of extensions.
    fn checkpoint(&mut self, label: &str, range: Range<usize>) -> Node {
        const NAMES: [&str; 2] = ["origin", "size"];
        let (text, signatures) = self.split(range.clone());
        let mut children = Vec::new();
        for (i, line) in self.lines(text).into_iter().enumerate() {
            children.extend(match (NAMES.get(i), i) {
                (Some(name), _) => self.leaf(name, name, line),
                (None, 2) => self.base64("root hash", "root", line),
                _ => self.leaf("extension line", "extension", line),
            });
        }
        children.push(self.signatures(signatures));
        Node::branch("checkpoint", label, children).at(self.place(range))
    }

    fn policy(&mut self) -> Node {
        let mut children = Vec::new();
        for line in self.lines(self.all()) {
            let words = self.words(&line);
            let name = words.first().map_or("", |word| self.get(word)).to_owned();
            children.extend(match (name.as_str(), words.as_slice()) {
                ("log", [_, key, rest @ ..]) => self.member("log", line, None, key, rest.first()),
                ("witness", [_, name, key, rest @ ..]) => self.member("witness", line, Some(name), key, rest.first()),
                ("group", [_, name, threshold, members @ ..]) => self.group(line, name, threshold, members),
                ("quorum", [_, name]) => self.leaf("quorum", "quorum", name.clone()),
                ("", _) => None,
                _ => self.leaf("comment", "comment", line),
            });
        }
        Node::branch("tlog-policy", "policy of a log (tlog-policy)", children)
    }

    /// A log or a witness: its name in the file, its key, where it is.
    fn member(
        &mut self,
        kind: &'static str,
        line: Range<usize>,
        name: Option<&Range<usize>>,
        key: &Range<usize>,
        url: Option<&Range<usize>>,
    ) -> Option<Node> {
        self.room(1, |lines| {
            let mut children: Vec<Node> = Vec::new();
            children.extend(name.and_then(|name| lines.leaf("name", "name", name.clone())));
            children.extend(lines.verifier_key(key));
            children.extend(url.and_then(|url| lines.leaf("URL", "URL", url.clone())));
            // A log is known by its key's name, which ends with the first plus.
            let value =
                name.map_or_else(|| lines.get(key).split('+').next().unwrap_or_default(), |name| lines.get(name));
            Node::branch(kind, kind, children).with_value(quoted(value)).at(lines.place(line))
        })
    }

    fn group(
        &mut self,
        line: Range<usize>,
        name: &Range<usize>,
        threshold: &Range<usize>,
        members: &[Range<usize>],
    ) -> Option<Node> {
        self.room(1, |lines| {
            let mut children: Vec<Node> = lines.leaf("name", "name", name.clone()).into_iter().collect();
            children.extend(lines.leaf("threshold", "threshold", threshold.clone()));
            for (i, member) in members.iter().enumerate() {
                children.extend(lines.leaf("name", &format!("[{i}]"), member.clone()));
            }
            Node::branch("group", "group", children).with_value(quoted(lines.get(name))).at(lines.place(line))
        })
    }
}
