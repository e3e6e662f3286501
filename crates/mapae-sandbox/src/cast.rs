//! The few people that a page shows.

/// Numbers of people who between them have every document of the catalogue: adults with a card and a licence first, then
/// officials, people abroad and disabled people, and two who are 17 and 18 when the sample registers are drawn up.
pub(crate) const CAST: [u64; 12] = [15, 195, 354, 8, 59, 131, 245, 199, 1, 223, 81, 249];
