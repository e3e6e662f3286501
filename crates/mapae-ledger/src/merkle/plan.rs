//! Of which hashes a proof consists (RFC 6962 §2.1.1 and §2.1.2), as ranges of leaves.

/// Leaves from `start` up to `end`, exclusive: a subtree of RFC 6962's division.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u64,
    pub(crate) end: u64,
}

/// A complete subtree: the 2^`level` leaves from `index`·2^`level` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) level: u32,
    pub(crate) index: u64,
}

/// PATH(index, D[size]), from the leaf's sibling up. `index` is below `size`.
pub(crate) fn inclusion(index: u64, size: u64) -> Vec<Span> {
    let mut tree = Span { start: 0, end: size };
    let mut path = Vec::new();
    while tree.end - tree.start > 1 {
        let (left, right) = tree.halves();
        let (down, sibling) = if index < right.start { (left, right) } else { (right, left) };
        path.push(sibling);
        tree = down;
    }
    path.reverse();
    path
}

/// PROOF(old, D[new]) for 0 < `old` ≤ `new`.
pub(crate) fn consistency(old: u64, new: u64) -> Vec<Span> {
    let mut tree = Span { start: 0, end: new };
    let mut proof = Vec::new();
    // SUBPROOF(m, D[n], b): b says that the subtree is still the old tree itself, whose hash the other side has.
    let mut known = true;
    while tree.end != old {
        let (left, right) = tree.halves();
        let in_left = old <= right.start;
        let (down, sibling) = if in_left { (left, right) } else { (right, left) };
        known &= in_left;
        proof.push(sibling);
        tree = down;
    }
    proof.extend((!known).then_some(tree));
    proof.reverse();
    proof
}

impl Span {
    /// Divided at the largest power of two below its length.
    fn halves(self) -> (Self, Self) {
        let length = self.end - self.start;
        let middle = self.start + (1 << (length - 1).ilog2());
        (Self { end: middle, ..self }, Self { start: middle, ..self })
    }

    /// The complete subtrees that it consists of, from the left, each larger than the next.
    pub(crate) fn nodes(self) -> Vec<Node> {
        let mut nodes = Vec::new();
        let mut start = self.start;
        while start < self.end {
            let level = (self.end - start).ilog2().min(start.trailing_zeros());
            nodes.push(Node { level, index: start >> level });
            start += 1 << level;
        }
        nodes
    }
}
