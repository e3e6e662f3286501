//! The catalogue that ships with the page, as `build.rs` packed it.

use mapae_document::Catalogue;

use crate::problem::Problem;

const PACKED: &str = include_str!(concat!(env!("OUT_DIR"), "/catalogue.json"));

pub(crate) fn builtin() -> Result<Catalogue, Problem> {
    Catalogue::unpack(PACKED).map_err(|error| Problem::new("catalogue", error))
}
