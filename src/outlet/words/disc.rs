//! Discs and their directories.

use super::{Texts, say};

pub(super) const LISTED_MISSING: Texts = Texts {
    family: say(
        "This disc says that it holds a picture that is not there.",
        "Please ask the hospital for a new disc. You can send all of it again; we will sort it.",
    ),
    physician: say(
        "The disc's directory lists an image that is not on the disc.",
        "Please burn or send the whole study again.",
    ),
    desk: say(
        "The DICOMDIR lists a file that did not arrive.",
        "Ask for the disc again, or for the study by another way; late files are matched by themselves.",
    ),
};

pub(super) const UNLISTED_PRESENT: Texts = Texts {
    family: say(
        "This disc holds a file that is not on its own list.",
        "You do not need to do anything. We kept the file.",
    ),
    physician: say("A file is on the disc and not in its directory; it was taken in.", "Nothing is needed."),
    desk: say(
        "The file is on the medium and not in its DICOMDIR.",
        "Nothing is needed; it was judged like the others.",
    ),
};

pub(super) const NO_DICOMDIR: Texts = Texts {
    family: say("This disc has no list of what is on it.", "You do not need to do anything. We looked at each file."),
    physician: say(
        "The medium has no DICOMDIR; each file was read by itself.",
        "Please make sure that the whole disc was copied.",
    ),
    desk: say(
        "There are DICOM files and no DICOMDIR, so nobody can say whether all of them are here.",
        "Ask the sender how many images there should be where the series do not tell.",
    ),
};

pub(super) const DICOMDIR_DAMAGED: Texts = Texts {
    family: say(
        "The list on this disc cannot be read.",
        "If you can, please ask the hospital for a new disc. We looked at each file anyway.",
    ),
    physician: say(
        "The disc's DICOMDIR is faulty; each file was read by itself.",
        "A new copy of the disc would be the surer way.",
    ),
    desk: say(
        "The DICOMDIR cannot be read to its end; missing files cannot be named by it.",
        "Compare with the sender's list of images, or ask for a new disc.",
    ),
};

pub(super) const VIEWER_SOFTWARE: Texts = Texts {
    family: say("This is a program from the disc. We do not need it.", "You do not need to do anything."),
    physician: say("Viewer software from the disc; it is neither run nor kept.", "Nothing is needed."),
    desk: say(
        "Software that came with the medium; listed by its hash, never run, never released.",
        "Nothing is needed.",
    ),
};

pub(super) const SYSTEM_JUNK: Texts = Texts {
    family: say("Your computer made this file by itself. We do not need it.", "You do not need to do anything."),
    physician: say("A file that the operating system made; it is not kept.", "Nothing is needed."),
    desk: say(
        "A file of an operating system, known by name and content.",
        "Nothing is needed; its row stays in the ledger.",
    ),
};
