//! Makes documents for tests and for the demonstration.

pub(crate) mod dicom;
pub(crate) mod hostile;
pub(crate) mod iso;
pub(crate) mod pdf;
pub(crate) mod zip;
