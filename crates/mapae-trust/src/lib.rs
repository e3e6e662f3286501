//! The bundle: whom to trust, how fresh, with its evidence.
