//! The catalogue, eligibility, facts in both formats.
