//! What tells an image from its neighbours in a series, beside position and orientation. As written, unjudged.

use serde::{Deserialize, Serialize};

/// The place of whom a DICOM object is about: Patient's Name, which stands for the patient module (PS3.3 C.7.1.1).
pub const PATIENT_MODULE: &str = "(0010,0010)";

/// How one object lies among the others of its series. Numbers are finite; absent and senseless values are `None` or
/// empty.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Slicing {
    /// Frame of Reference UID (0020,0052).
    pub frame_of_reference: String,
    /// Spacing Between Slices (0018,0088), millimetres.
    pub spacing_between: Option<f64>,
    /// Gantry/Detector Tilt (0018,1120), degrees.
    pub tilt: Option<f64>,
    /// Echo Number(s) (0018,0086).
    pub echo: String,
    /// Echo Time (0018,0081), milliseconds.
    pub echo_time: Option<f64>,
    /// Temporal Position Identifier (0020,0100).
    pub temporal_position: String,
    /// Number of Temporal Positions (0020,0105): how many the maker counts in the series.
    pub temporal_positions: Option<u32>,
    /// Acquisition Number (0020,0012).
    pub acquisition: String,
    /// Acquisition Time (0008,0032).
    pub acquisition_time: String,
    /// Trigger Time (0018,1060), milliseconds.
    pub trigger_time: Option<f64>,
    /// Diffusion b-value (0018,9087), s/mm².
    pub diffusion_b_value: Option<f64>,
    /// Convolution Kernel (0018,1210).
    pub kernel: String,
    /// Stack ID (0020,9056).
    pub stack: String,
    /// Conversion Type (0008,0064): how a secondary capture came about.
    pub conversion: String,
    /// Images in Acquisition (0020,1002): a count that many writers copy from elsewhere, and nothing to rely on alone.
    pub images_in_acquisition: Option<u32>,
    /// Number of Slices (0054,0081) of each volume of a PET series (PS3.3 C.8.9.1); absent of reprojections.
    pub pet_slices: Option<u32>,
    /// Volumes of that PET series: time slices (0054,0101) by R-R intervals (0054,0061) by time slots (0054,0071).
    pub pet_volumes: Option<u32>,
    /// Number of Series Related Instances (0020,1209): an archive's count.
    pub series_instances: Option<u32>,
    /// Number of Study Related Instances (0020,1208): an archive's count.
    pub study_instances: Option<u32>,
    /// Concatenation UID (0020,9161): the object is one piece of a multi-frame object that was divided.
    pub concatenation: String,
    /// In-concatenation Total Number (0020,9163): pieces there are.
    pub concatenation_total: Option<u32>,
    /// Positions of the frames of a multi-frame object (PS3.3 C.7.6.16), where all of them have one and lie in one
    /// direction; empty otherwise.
    pub frame_positions: Vec<[f64; 3]>,
    /// In-concatenation Number (0020,9162): which piece this is.
    pub concatenation_number: Option<u32>,
    /// Concatenation Frame Offset Number (0020,9228): frames of the divided object before this piece.
    pub concatenation_offset: Option<u32>,
    /// For each frame the row it belongs to: frames that share stack, temporal position, b-value and direction of
    /// diffusion, echo time and frame type share a number, from 0 in the order in which they come. Empty where the
    /// functional groups tell none apart, or without `frame_positions`.
    pub frame_rows: Vec<u32>,
    /// In-Stack Position Number (0020,9057) of each frame; empty unless each has one, and without `frame_positions`.
    pub frame_numbers: Vec<u32>,
}
