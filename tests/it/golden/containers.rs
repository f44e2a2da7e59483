//! Containers: what comes out of them, what does not, and what is said about it.

#![allow(clippy::unwrap_used, reason = "a test may end where its premise fails")]

mod corpus;
mod discs;
mod made;
mod mail;
mod mutations;
mod recorder;
mod sessions;
mod seven_zip;
