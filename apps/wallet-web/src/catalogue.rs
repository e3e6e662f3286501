//! The catalogue that ships with the page, as `build.rs` turned it into JSON.

use mapae_document::Catalogue;

use crate::problem::Problem;

const FILES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

pub(crate) fn builtin() -> Result<Catalogue, Problem> {
    Catalogue::from_json(FILES).map_err(|error| Problem::new("catalogue", error))
}
