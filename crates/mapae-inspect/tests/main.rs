//! Trees of what the project writes, bytes changed by them, and limits for what it does not write.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test by panicking")]

mod bounds;
mod change;
mod ledger;
mod mdoc;
mod others;
mod sd_jwt;
mod texts;

use mapae_inspect::{Node, inspect};
use testkit::{Format, World};

/// A presentation and its tree.
fn shown(world: &World, format: Format) -> (Vec<u8>, Node) {
    let presentation = world.show(format);
    let tree = inspect(&presentation).unwrap();
    (presentation, tree)
}

/// The node at the end of a path of labels.
fn at<'t>(tree: &'t Node, path: &[&str]) -> &'t Node {
    path.iter().fold(tree, |node, label| {
        let labels: Vec<_> = node.children().iter().map(Node::label).collect();
        node.children().iter().find(|child| child.label() == *label).unwrap_or_else(|| panic!("{label} in {labels:?}"))
    })
}

/// The kinds on a path of labels.
fn kinds(tree: &Node, path: &[&str]) -> Vec<&'static str> {
    (1..=path.len()).map(|end| at(tree, &path[..end]).kind()).collect()
}

/// The tree and all below it.
fn all(tree: &Node) -> Vec<&Node> {
    let below = tree.children().iter().flat_map(all);
    core::iter::once(tree).chain(below).collect()
}
