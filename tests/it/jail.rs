//! The jail's walls, each tested by trying (T22), and one bad document harming one document (T21).
//!
//! Documents `casegate-probe:WHAT` make a child, once locked in, try WHAT; see `jail::worker::probe`.

mod leftovers;
mod streams;
mod tools;
mod walls;
mod warder;
