//! Examinations compared with what a person wrote down about each file.

mod dicom;
