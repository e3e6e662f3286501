//! An issuer under fire: a real process with clerks and phones at work, killed at its crash points and at any moment, and an
//! audit of its store: every acknowledged copy is in it, nobody has two active documents, no number was given twice, and
//! whatever was committed can be revoked (design D9, D10).

mod audit;
mod clerk;
mod phone;
mod runs;
mod site;
mod spoilt;
mod traced;
mod wire;
