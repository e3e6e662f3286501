//! Registers of people who do not exist: the same for one seed, plausible in shape, and marked as samples.

mod offices;
mod people;
mod portraits;
mod registers;
