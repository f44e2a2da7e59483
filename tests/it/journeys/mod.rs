//! Journeys: the real program, as people and other programs meet it.

#![allow(clippy::print_stderr, reason = "a test says why it was skipped, and its seed")]

mod backup;
mod broken_off;
mod cli;
mod clients;
mod daemon;
mod desk;
mod discarding;
mod discs;
mod elsewhere;
mod evaluate;
mod flagging;
mod form;
mod keys;
mod limits;
mod links;
mod moving;
mod naming;
mod packet;
mod page;
mod reading;
mod recovery;
mod serve;
mod shell;
mod shredding;
mod tus;
mod verify;
mod verify_rows;
mod waiving;
mod watch;
