//! Messages between systems of health care: C-CDA documents, FHIR resources, HL7 version 2.
//!
//! What they say is text with a declared language, patients in structured places, and documents packed inside as
//! base64, which become entries of their own. Nothing in them is followed: no style sheet, no reference, no URL, and no
//! entity of a document type. E-mail is a message too and is with [`crate::kinds::mail`].

mod attachment;
pub mod cda;
mod deliver;
pub mod fhir;
pub mod hl7;
mod json;
mod tree;
mod xml;
