//! Archives: ZIP, 7z, tar, and single compressed streams.
//!
//! Nothing is ever written to disk; members go to the host one after the other through [`delivery::Delivery`], which
//! disc images and e-mail use too. An archive may not choose where anything lies: names are labels, links and devices
//! are listed without content.

mod bytes;
pub(super) mod delivery;
pub(super) mod names;
pub mod seven_zip;
pub mod stream;
pub mod tar;
pub mod zip;
