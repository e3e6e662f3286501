//! Where the status of one copy of a document is published.

/// A reference into a status list (Token Status List §6): the list's URI and the position in it.
///
/// Both formats carry it, in an MSO and in a JWT, and whoever publishes lists allocates it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StatusReference {
    /// Where the status list token is published; the token's `sub` is equal to it.
    pub uri: String,
    /// The position in the list, from 0.
    pub idx: u64,
}
