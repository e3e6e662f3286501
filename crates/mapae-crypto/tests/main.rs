//! Wycheproof for every primitive, both backends on the same inputs, and the containers of keys.
mod backends;
