//! Token Status List: lists, tokens as JWT and CWT, index allocation.
