//! Any file of the project as a tree of names and values, each node with its place in the bytes: CBOR with COSE inside,
//! JWTs and SD-JWTs, JSON, certificates, the texts of logs, and bundles with all that is in them.
//!
//! Nothing is verified here. A node says what stands where in the words of its standard (ISO/IEC 18013-5 §8.3 and
//! §9.1, RFC 9052, RFC 9901 §4, RFC 5280 §4.1, C2SP), and [`Place::change`] gives the input with one byte of it changed,
//! through base64url where the byte stands inside that. So a page can show which rule notices.
//!
//! Bounded for hostile input: [`MAX_NODES`], [`MAX_EMBEDDED`], and the limits of the readers below. What is embedded
//! and cannot be read is shown as bytes; only the outermost form must be known.
//!
//! Left out: the content of compressed status lists but for a summary, the inside of public keys and extensions, PEM
//! by bytes, private keys altogether.
//!
//! ```
//! use mapae_inspect::inspect;
//! let input = [0xa1, 0x64, b'n', b'a', b'm', b'e', 0x63, b'K', b'i', b'm'];
//! let tree = inspect(&input).unwrap();
//! let name = &tree.children()[0];
//! assert_eq!((name.label(), name.value()), ("name", Some("\"Kim\"")));
//! let changed = name.place().unwrap().change(&input, 0, b'T').unwrap();
//! assert_eq!(changed[7..], *b"Tim");
//! ```

mod certificate;
mod cose;
mod error;
mod item;
mod json;
mod jwt;
mod kind;
mod lines;
mod list;
mod message;
mod node;
mod pem;
mod place;
mod text;
mod title;
mod tlog;
mod view;

pub use error::InspectError;
pub use node::Node;
pub use place::Place;

use view::{Budget, View};

/// Nodes of a tree. What comes after them is left out, and a node `…` says so.
pub const MAX_NODES: usize = 10_000;

/// How often one encoding may stand inside another. Presentations need four: SD-JWT, base64url, JSON, certificate.
pub const MAX_EMBEDDED: u8 = 8;

/// Finds out what `input` is and shows it.
pub fn inspect(input: &[u8]) -> Result<Node, InspectError> {
    let (view, budget) = (View::of(input), &mut Budget::new());
    if let Ok(text) = core::str::from_utf8(input) {
        // Not trimmed: the last line of these texts ends as well.
        let log = if text.contains("-----BEGIN ") { None } else { tlog::document(text, &view, budget) };
        if let Some(found) = log {
            return found;
        }
        let start = text.len() - text.trim_start().len();
        let text = text.trim();
        if let Some(found) = of_text(text, &view.part(start..start + text.len()), budget) {
            return found;
        }
    }
    // DER starts with a SEQUENCE; in CBOR the same byte would be a negative integer.
    if input.first() == Some(&0x30) { certificate::document(&view, budget) } else { message::document(&view, budget) }
}

/// The text's tree, if its beginning or its marks say what text it is.
fn of_text(text: &str, view: &View<'_>, budget: &mut Budget) -> Option<Result<Node, InspectError>> {
    if text.contains("-----BEGIN ") {
        return Some(pem::document(text, view, budget));
    }
    if text.starts_with('{') {
        return Some(json::document(view, budget));
    }
    if text.contains('~') {
        return Some(jwt::sd_jwt(text, view, budget));
    }
    let jwt = text.split('.').count() == 3 && text.is_ascii();
    jwt.then(|| jwt::jwt(text, view, budget))
}
