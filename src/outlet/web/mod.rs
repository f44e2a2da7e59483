//! Pages of who holds an upload link: a family, a physician, an imaging department.
//!
//! A page tells only about what came through its own link, in the words of its reader, and never shows content, evidence
//! or the child's name. Names of files are untrusted: templates escape them, and no page runs script but our own.

pub mod assets;
pub mod events;
pub mod page;
pub mod status;
