//! Slide manifests: lists of slides that come with, before or after the slides themselves. CSV, TSV, `;` and `|`,
//! JSON, spreadsheets, the format of `md5sum`, the manifests of the Genomic Data Commons.
//!
//! A manifest is recognised by what its columns are called, in any of the words laboratories use. Its rows are
//! claims; `casework` compares them with what arrived. As a list of ids and hashes it is in no language.

mod fields;
mod json;
mod kind;
mod names;
mod rows;
mod sheet;
mod table;

pub use kind::{MANIFEST, facts_of_sheets};
pub use sheet::Row;
