//! A presentation as a tree, and a byte of it changed: what the playground does.

use mapae_inspect::{Node, Place, inspect};
use serde_json::Value;

use crate::problem::Problem;

pub(crate) fn of(file: &[u8]) -> Result<Node, Problem> {
    inspect(file).map_err(|error| Problem::new("cannot_be_shown", error))
}

/// Places are those of the original: once a byte is changed, nothing may be readable.
pub(crate) fn leaf(original: &[u8], changed: &[u8], path: &[u32]) -> Result<Vec<u8>, Problem> {
    place(original, path)?.bytes(changed).ok_or_else(nowhere)
}

pub(crate) fn change(
    original: &[u8],
    changed: &[u8],
    path: &[u32],
    index: usize,
    byte: u8,
) -> Result<Vec<u8>, Problem> {
    place(original, path)?.change(changed, index, byte).ok_or_else(nowhere)
}

/// With a nonce that nobody answered.
pub(crate) fn other_request(request: &[u8]) -> Result<Vec<u8>, Problem> {
    let mut request: Value =
        serde_json::from_slice(request).map_err(|error| Problem::new("request_unusable", error))?;
    request["nonce"] = "another-nonce".into();
    Ok(request.to_string().into_bytes())
}

fn place(original: &[u8], path: &[u32]) -> Result<Place, Problem> {
    let path: Vec<usize> = path.iter().filter_map(|index| usize::try_from(*index).ok()).collect();
    of(original)?.find(&path).and_then(|node| node.place().cloned()).ok_or_else(nowhere)
}

fn nowhere() -> Problem {
    Problem::new("no_such_byte", "there is no such byte")
}
