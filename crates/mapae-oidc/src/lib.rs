//! OpenID Connect 1.0, the provider's half: requests, codes, tokens. No socket, store, clock or randomness.
