//! Inlets: each knows a protocol and nothing else. It says where an arrival comes from, opens the one door, writes
//! bytes, and acknowledges only with a receipt in hand.

pub mod body;
pub mod files;
pub mod form;
pub mod problem;
pub mod tus;
pub mod watch;
pub mod way;
