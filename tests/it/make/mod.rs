//! Makes documents for tests and for the demonstration.

pub(crate) mod dicom;
