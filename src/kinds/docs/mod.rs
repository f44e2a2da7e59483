//! Documents made of characters: plain text, CSV, JSON, HTML, RTF, XML.
//!
//! Whatever the encoding, their text goes to the sink page by page. Nothing in them is followed, run or expanded:
//! no links, no scripts, no entities, no embedded objects. People named in text are recognised by the caller, from
//! the pages.

mod data_links;
pub mod decode;
pub mod deliver;
mod entities;
pub mod html;
mod labelled;
pub mod plain;
pub mod read;
pub mod rtf;
mod rtf_tokens;
pub mod sealed;
mod tables;
pub mod xml;

pub(super) use entities::character;
