//! What every catalog does. Each test runs on every adapter.

mod desk;
mod durability;
mod entries;
mod index;
mod model;
mod queue;
mod trail;
mod uploads;
