//! Journeys: the real program, as people and other programs meet it.

mod backup;
mod cli;
mod clients;
mod daemon;
mod form;
mod http;
mod keys;
mod packet;
mod recovery;
mod serve;
mod shell;
mod tus;
mod verify;
mod watch;
