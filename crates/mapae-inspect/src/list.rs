//! What a status list says, in three lines.

use mapae_status_list::{Status, StatusList};

use crate::Node;

/// How many entries a list has, and how many are not valid.
pub(crate) fn node(list: &StatusList) -> Node {
    let other: Vec<u64> = (0..list.len()).filter(|index| list.get(*index) != Ok(Status::Valid)).collect();
    let mut text: Vec<String> = other.iter().take(20).map(u64::to_string).collect();
    if other.len() > text.len() {
        text.push("…".to_owned());
    }
    let children = vec![
        Node::leaf("summary", "bits", list.bits().count().to_string()),
        Node::leaf("summary", "length", list.len().to_string()),
        Node::leaf("summary", "not valid", format!("{} ({})", other.len(), text.join(", "))),
    ];
    Node::branch("summary", "entries", children)
}
