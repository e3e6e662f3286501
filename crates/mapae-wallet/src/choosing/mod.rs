//! Which cards answer a request, with the fewest data.

/// The ways to answer a request.
pub(crate) struct Choices {}
