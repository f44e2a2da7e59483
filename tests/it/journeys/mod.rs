//! Journeys: the real program, as people and other programs meet it.

#![allow(clippy::disallowed_methods, reason = "these tests start programs: ours, and the clients that talk to it")]

mod clients;
mod daemon;
mod form;
mod http;
mod serve;
mod tus;
mod watch;
