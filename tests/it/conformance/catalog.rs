//! What every catalog does. Each test runs on every adapter.

#![allow(clippy::unwrap_used, reason = "clippy sees tests only in functions marked as such, not in their helpers")]

mod desk;
mod durability;
mod entries;
mod index;
mod leave;
mod model;
mod queue;
mod rulings;
mod trail;
mod uploads;
