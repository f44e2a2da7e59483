//! The jail of outside programs: each wall tried from within, and what the real programs answer.
//!
//! `inside` holds the misdeeds: this test binary is itself the outside program that is jailed, told by its arguments to
//! try one of them and to say on standard output what came of it.

mod inside;
mod leftovers;
mod pages;
mod walls;
mod warder;
