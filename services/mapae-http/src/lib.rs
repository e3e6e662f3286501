//! The shell of every service.
