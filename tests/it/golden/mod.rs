//! Kinds against documents whose truth is known.

mod containers;
