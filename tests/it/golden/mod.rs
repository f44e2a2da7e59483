//! Examinations compared with what a person wrote down about each file, or with what was made.

mod dicom;
mod dicom_content;
mod dicom_damage;
