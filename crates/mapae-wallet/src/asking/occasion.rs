//! A request, as far as an answer depends on it, however it came.

use mapae_dcql::DcqlQuery;
use mapae_mdoc::SessionTranscript;

/// A request that is authentic as far as it can be.
pub(crate) struct Occasion {
    pub(crate) client_id: String,
    pub(crate) nonce: String,
    pub(crate) transcript: SessionTranscript,
    pub(crate) query: DcqlQuery,
}
