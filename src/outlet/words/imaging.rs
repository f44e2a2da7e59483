//! Studies and series.

use super::{Texts, say};

pub(super) const SERIES_INCOMPLETE: Texts = Texts {
    family: say(
        "Some pictures of this scan are missing.",
        "Please ask the hospital for all pictures of the scan, and send them to us.",
    ),
    physician: say("Images are missing inside this series.", "Please send the whole series again from the archive."),
    desk: say(
        "The positions of the slices leave gaps where images should be.",
        "Ask for the whole series; late images are matched by themselves.",
    ),
};

pub(super) const SERIES_INCONSISTENT: Texts = Texts {
    family: say(
        "The pictures of this scan do not all fit together.",
        "You do not need to do anything now. Our team will look at it.",
    ),
    physician: say(
        "Images of this series disagree in size, direction or frame of reference.",
        "Please check the export; the desk may ask for the series again.",
    ),
    desk: say(
        "Images that share a series differ where they should agree.",
        "Look at the series in a viewer; ask for a new export where it cannot be read.",
    ),
};

pub(super) const PIXEL_DATA_MISSING: Texts = Texts {
    family: say(
        "This file tells about a picture, but the picture is not in it.",
        "Please ask the hospital for the pictures themselves.",
    ),
    physician: say(
        "The DICOM object has no usable pixel data.",
        "Please send the object again from the archive, with its images.",
    ),
    desk: say(
        "The object's header is here and its pixels are not.",
        "Ask for the images; a header alone is no imaging.",
    ),
};

pub(super) const SCREENSHOT_NOT_IMAGING: Texts = Texts {
    family: say(
        "This is a photo of a scan, not the scan itself.",
        "Please ask the hospital for a disc or a link with the pictures of the scan.",
    ),
    physician: say(
        "A screenshot or photograph of imaging was received; the images themselves are needed.",
        "Please send the DICOM study.",
    ),
    desk: say(
        "The picture shows imaging and is no DICOM object, so it cannot be reported on.",
        "Ask for the study itself, on disc or online.",
    ),
};
