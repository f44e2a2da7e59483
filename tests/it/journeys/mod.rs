//! Journeys: the real binary, used as people use it.

mod backup;
mod cli;
mod keys;
mod packet;
mod recovery;
mod shell;
mod verify;
