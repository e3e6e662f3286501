//! Registers: read, refused, followed.

mod events;
mod guard;
mod reading;
mod targets;
mod view;
mod world;

pub(crate) use world::World;
