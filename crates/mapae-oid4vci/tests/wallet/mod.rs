//! The wallet's states against a scripted issuer: each flow once as it should be, and each rule broken on its own.

mod copies;
mod discovery;
mod flows;
mod grants;
mod peer;
mod phone;
mod provider;
mod sign_in;
