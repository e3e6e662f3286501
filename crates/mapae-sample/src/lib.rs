//! People who do not exist: registers and portraits from a seed.
