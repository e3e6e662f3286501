//! What of the wallet answers a request, and with the fewest data.
//!
//! - [`holding`]: a copy that could be shown now, for each card and format, by the order of design D7.
//! - [`part`]: what of one holding would answer one credential query.
//! - [`ask`]: what is asked for, as the request groups it, with the ways to answer; the one that says least comes first.
//!
//! OpenID4VP 1.0 §6.4 lets a wallet choose among what the verifier takes. It states an order of preference, which decides here
//! between ways that say equally much.

mod ask;
mod contents;
mod holding;
mod part;

pub(crate) use ask::{Choices, Shelf};
pub(crate) use holding::{Holding, Place, state_of};
pub(crate) use part::Part;

/// Keeps the first of items that are the same.
fn distinct<T>(items: &mut Vec<T>, same: impl Fn(&T, &T) -> bool) {
    let mut kept: Vec<T> = Vec::new();
    for item in items.drain(..) {
        if !kept.iter().any(|other| same(other, &item)) {
            kept.push(item);
        }
    }
    *items = kept;
}
