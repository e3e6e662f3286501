//! A verifier under fire: two real processes on one PostgreSQL, killed at their crash points and at any moment, while
//! thousands of sessions are open, wallets ask and answer twice and at once, by links and by browsers, people sign in at
//! applications, and a receiver of webhooks fails. Then an audit: each presentation was consumed once, each answer that was
//! taken has one result, each result came by webhook under one id, whoever listened heard of the end, each code gave tokens
//! once, and nothing personal is left in the database, in its files or in the logs.

mod audit;
mod hooks;
mod library;
mod listen;
mod people;
mod replicas;
mod residue;
mod runs;
mod sign_ins;
mod spoilt;
mod visit;
mod wallet;
mod work;
