//! Journeys: the real program, as people and other programs meet it.

mod clients;
mod daemon;
mod form;
mod http;
mod serve;
mod tus;
mod watch;
