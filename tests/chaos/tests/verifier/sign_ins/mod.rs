//! Sign-ins at the library's applications (OpenID Connect) while replicas die: a browser walks from the application to the
//! page with the wallet's links and back with a code, which the application's server brings for tokens and claims. Whatever
//! is good once is brought again, at both replicas. A sign-in of which an answer got lost is started anew.

mod application;
mod attempt;
mod audit;
mod keys;
mod sign_in;
mod spoilt;
mod walk;

pub(crate) use application::{SECRET, SUBJECT_SECRET, settings};
pub(crate) use audit::audit;
pub(crate) use keys::Keys;
pub(crate) use sign_in::{CALM, STORM, SignIn};
