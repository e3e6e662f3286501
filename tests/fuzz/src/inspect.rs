//! Trees of whatever comes in.

use mapae_inspect::{MAX_NODES, Node, inspect as tree};

/// Beyond [`MAX_NODES`]: the nodes that say that something is left out.
const MORE: usize = 200;

/// A tree has a limited size, its places lie in the input, and a byte changed by it is that byte and no other.
pub fn inspect(data: &[u8]) -> bool {
    let Ok(root) = tree(data) else { return false };
    let _json = root.to_json();
    let mut nodes = vec![&root];
    let mut seen = 0;
    while let Some(node) = nodes.pop() {
        seen += 1;
        check(node, data);
        nodes.extend(node.children());
    }
    assert!(seen <= MAX_NODES + MORE, "{seen} nodes");
    true
}

fn check(node: &Node, data: &[u8]) {
    let Some(place) = node.place() else { return };
    let (item, value) = (place.item(), place.value());
    assert!(item.start <= value.start && value.end <= item.end && item.end <= data.len(), "{node:?}");
    if !node.is_editable() {
        return;
    }
    let Some(first) = place.bytes(data).and_then(|bytes| bytes.first().copied()) else {
        panic!("{node:?} has no bytes")
    };
    let changed = place.change(data, 0, !first);
    let back = changed.as_ref().and_then(|changed| place.change(changed, 0, first));
    assert_ne!(changed.as_deref(), Some(data));
    assert_eq!(back.as_deref(), Some(data));
}
