//! Nothing that a family sent, and nothing about the child, lies readable on disk: unique words are planted wherever
//! words can stand, the site lives a whole life, and then every byte it has left is searched for them.

mod life;
mod memory;
mod scan;

pub(crate) use memory::children;
