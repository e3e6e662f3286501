//! ISO 18013-5 documents: issue, present, verify; the handovers.
