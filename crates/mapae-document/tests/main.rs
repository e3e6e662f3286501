//! The catalogue and its refusals, rows, eligibility, facts in both formats, and the life of copies.

mod ages;
mod both_formats;
mod catalogue;
mod copies;
mod eligibility;
mod facts;
mod life;
mod packed;
mod page;
mod registers;
mod rows;
mod sixth;
mod support;
