//! C2SP transparency logs and nothing else.
