//! Pictures: PNG, JPEG, GIF, BMP, WebP, HEIC. (TIFF is with the slides.)
//!
//! A picture is walked by its own structure first, without decoding: what it claims, whether it is all there, what
//! hangs behind it. Only then, and only if its claims are modest, it is decoded once to see whether it can be. What it
//! shows is not known here: a picture is never readable by itself, and never in a language.

pub mod bmp;
pub mod decode;
pub mod gif;
pub mod heic;
mod heic_claims;
mod heic_items;
pub mod jpeg;
mod judge;
pub mod png;
mod walk;
pub mod webp;

pub use heic::HEIC;
pub(crate) use judge::orientation;
pub use judge::{BMP, GIF, JPEG, PNG, WEBP, too_large};
pub use walk::Walk;
