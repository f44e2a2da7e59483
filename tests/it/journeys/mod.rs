//! Journeys: the real binary, used as people use it.

#![allow(clippy::print_stderr, reason = "a test says why it was skipped, and its seed")]

mod backup;
mod cli;
mod keys;
mod packet;
mod recovery;
mod shell;
mod verify;
