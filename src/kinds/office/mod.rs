//! Office documents: Office Open XML (ECMA-376: DOCX, XLSX, PPTX), OpenDocument (ODT, ODS, ODP), and the encrypted
//! wrapper of the former (MS-OFFCRYPTO).
//!
//! Only the parts that hold words are read, each under a limit on what it inflates to; entities are never expanded,
//! macros never run, links never followed. Embedded pictures and objects are handed over as members.

mod chunks;
mod encrypted;
mod members;
mod open_document;
mod open_xml;
mod package;
mod sheets;
mod words;

pub use encrypted::ENCRYPTED;
pub use open_document::OPEN_DOCUMENT;
pub use open_xml::OPEN_XML;
