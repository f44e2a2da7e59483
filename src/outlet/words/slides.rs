//! Slide manifests and slides.

use super::{Texts, say};

pub(super) const SLIDE_MISSING: Texts = Texts {
    family: say(
        "The list names a slide that has not come to us yet.",
        "Please send the missing slide, or ask the hospital to send it.",
    ),
    physician: say(
        "The slide manifest names a slide that has not arrived.",
        "Please send the slide, or a corrected manifest.",
    ),
    desk: say(
        "A row of the manifest has no file.",
        "Ask for the slide or for a corrected manifest; a late file is matched by itself.",
    ),
};

pub(super) const CHECKSUM_MISMATCH: Texts = Texts {
    family: say("This slide changed on its way to us.", "Please send this slide again."),
    physician: say(
        "The slide's checksum differs from the one in the manifest.",
        "Please send the slide again, or a corrected manifest.",
    ),
    desk: say(
        "The file's checksum is not the one that its manifest states.",
        "Ask for the file again; use it for nothing until it agrees.",
    ),
};

pub(super) const SIZE_MISMATCH: Texts = Texts {
    family: say("This slide is not as big as the list says.", "If you can, please send this slide again."),
    physician: say(
        "The slide's size differs from the one in the manifest.",
        "Please check the file and the manifest, and send the right one.",
    ),
    desk: say(
        "The file's length is not the one that its manifest states.",
        "Ask which of the two is right, and for the file again where it was cut.",
    ),
};

pub(super) const DUPLICATE_SLIDE: Texts = Texts {
    family: say(
        "The list names the same slide two times.",
        "You do not need to do anything now. Our team will ask the hospital.",
    ),
    physician: say("The manifest has more than one row for this slide.", "Please send a corrected manifest."),
    desk: say("Several rows of the manifest stand for the same slide or file.", "Ask whether another slide was meant."),
};

pub(super) const UNLISTED_SLIDE: Texts = Texts {
    family: say("This slide is not on the list of slides.", "You do not need to do anything. We kept it."),
    physician: say(
        "The slide arrived without a row in the manifest; it was taken in.",
        "Please send a corrected manifest if it belongs to the case.",
    ),
    desk: say("The slide is here, and no manifest names it.", "Check that it belongs to the case."),
};

pub(super) const MANIFEST_MALFORMED: Texts = Texts {
    family: say(
        "We could not read all of the list of slides.",
        "You do not need to do anything now. Our team will ask the hospital for a new list.",
    ),
    physician: say(
        "The slide manifest cannot be read in full.",
        "Please send it again as a table with one slide in each row.",
    ),
    desk: say(
        "Rows or columns of the manifest could not be understood; the readable ones were used.",
        "Look at the rows named, and ask for a corrected manifest.",
    ),
};

pub(super) const COMPANION_MISSING: Texts = Texts {
    family: say(
        "This slide needs a second file that has not come to us yet.",
        "Please send the whole folder of the slide.",
    ),
    physician: say(
        "The slide consists of several files and some of them are missing.",
        "Please send the slide's folder as a whole.",
    ),
    desk: say("The slide's main file is here, and files that it refers to are not.", "Ask for the whole folder."),
};

pub(super) const IMPLAUSIBLE_MPP: Texts = Texts {
    family: say(
        "The size of this slide does not look right.",
        "You do not need to do anything now. Our team will ask the hospital.",
    ),
    physician: say(
        "The stated micrometres per pixel are not those of a slide scanner.",
        "Please check the scan and its settings.",
    ),
    desk: say(
        "The resolution stated in the slide is outside what scanners make, so lengths cannot be measured.",
        "Ask for the scanner's magnification.",
    ),
};
