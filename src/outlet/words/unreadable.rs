//! Can a person get at the content?

use super::{Texts, say};

pub(super) const EMPTY_FILE: Texts = Texts {
    family: say(
        "This file has nothing in it.",
        "Please look at it on your own device, and send it again if there is something in it.",
    ),
    physician: say(
        "The file arrived with a length of zero, or as a disc or archive with nothing of a patient on it.",
        "Please export it again and send the new copy.",
    ),
    desk: say(
        "The file has no bytes at all, or it is a disc or archive with nothing of a patient on it.",
        "Ask the sender for a new copy; an export or the burning of a disc often breaks off like this.",
    ),
};

pub(super) const TRUNCATED: Texts = Texts {
    family: say(
        "The end of this file is missing.",
        "Please send the whole file again. If it came from someone else, ask them for a new copy.",
    ),
    physician: say(
        "The file breaks off before its end; what is there was kept.",
        "Please send it again from the original system.",
    ),
    desk: say(
        "The data ends before the file says it should.",
        "Ask for a new copy; when one arrives, both are kept and the new one is judged by itself.",
    ),
};

pub(super) const DAMAGED: Texts = Texts {
    family: say(
        "Part of this file cannot be opened.",
        "Please send it again. If that does not help, ask the place that gave it to you for a new copy.",
    ),
    physician: say(
        "The file's structure is faulty, and not all of it can be trusted.",
        "Please export it again from the original system and send the new copy.",
    ),
    desk: say(
        "The file's structure is broken at the place named beside this.",
        "Look at what could be read, and ask for a new copy where that is not enough.",
    ),
};

pub(super) const PASSWORD_REQUIRED: Texts = Texts {
    family: say(
        "This file is locked with a password.",
        "Please send us a copy without a password, or tell the intake desk the password by phone.",
    ),
    physician: say(
        "The document is encrypted and its password is not known to us.",
        "Please send an unlocked copy, or give the intake desk the password by telephone.",
    ),
    desk: say(
        "The content is encrypted, and none of the case's passwords opens it.",
        "Ask for the password and supply it with `casegate case password CASE`; the document is then read again.",
    ),
};

pub(super) const UNSUPPORTED_FORMAT: Texts = Texts {
    family: say(
        "We cannot open this kind of file.",
        "Please send it as a PDF or a photo if you can, or ask the place it came from to do that.",
    ),
    physician: say(
        "Files of this format cannot be read here; it was kept as it came.",
        "Please send the content as PDF, or the images as DICOM.",
    ),
    desk: say(
        "The format is recognised but not supported, or not known at all.",
        "Decide whether the content matters; if it does, ask for it as PDF, or for images as DICOM.",
    ),
};

pub(super) const PARSER_FAILED: Texts = Texts {
    family: say(
        "Our computer could not finish reading this file.",
        "There is nothing you need to do now. Our team will look at it and write to you if they need a new copy.",
    ),
    physician: say(
        "Automatic reading of this file stopped before its end.",
        "Nothing is needed from you yet; the desk will ask for a new copy if the file cannot be used.",
    ),
    desk: say(
        "The inspector died, hung or met a limit on this file; no other document was touched.",
        "Open the file by hand in a safe place, or ask for it in another format.",
    ),
};

pub(super) const BLANK: Texts = Texts {
    family: say(
        "This page looks empty.",
        "Please check the paper. If there is something on it, scan or photograph that side again.",
    ),
    physician: say(
        "The page has no visible content.",
        "Please check whether the back of a sheet was scanned, and send the page again if something is missing.",
    ),
    desk: say(
        "Nothing is drawn on the page, or less ink than a stray mark.",
        "Compare with the page numbers around it; ask for the page if one is missing.",
    ),
};

pub(super) const ILLEGIBLE: Texts = Texts {
    family: say(
        "We cannot read the words on this page.",
        "Please take a new photo in good light, with the whole page in view, and send it again.",
    ),
    physician: say(
        "The text of this page cannot be read.",
        "Please send a better copy, at best the original electronic document.",
    ),
    desk: say(
        "Neither a person nor a machine is likely to read this page.",
        "Look at the page; ask for a new scan at 300 dpi or for the original file.",
    ),
};

pub(super) const HARD_TO_READ: Texts = Texts {
    family: say(
        "Some words on this page are hard to read.",
        "If you can, please send a clearer copy. We will work with this one until then.",
    ),
    physician: say(
        "Parts of this page are hard to read.",
        "A better copy would help; the present one is used until it comes.",
    ),
    desk: say(
        "The page can be read only in part or with doubt.",
        "Look at the page and decide whether it will do for the specialist.",
    ),
};

pub(super) const CUT_OFF: Texts = Texts {
    family: say(
        "A part of this page is outside the picture.",
        "Please take the photo again so that all four corners of the page can be seen.",
    ),
    physician: say(
        "Content runs over the edge of the scanned page.",
        "Please scan the page again with all its margins.",
    ),
    desk: say(
        "Text or lines touch the edge of the page and seem to go on beyond it.",
        "Look at the page; ask for a new scan where something of weight is cut.",
    ),
};

pub(super) const BAD_EXPOSURE: Texts = Texts {
    family: say(
        "This picture is too dark or too bright.",
        "Please take it again by a window or a lamp, without a flash.",
    ),
    physician: say("The image is under- or overexposed.", "Please scan or photograph the page again with even light."),
    desk: say(
        "Contrast is too low for safe reading.",
        "Look at the page; ask for a new picture where it cannot be read.",
    ),
};

pub(super) const ROTATED: Texts = Texts {
    family: say("This page lies on its side or upside down.", "You do not need to do anything. We can turn it."),
    physician: say("The page is turned; its content is complete.", "Nothing is needed."),
    desk: say(
        "The page is not upright.",
        "Nothing is needed; it is turned for reading, and the original stays as it came.",
    ),
};

pub(super) const HANDWRITING: Texts = Texts {
    family: say("This page is written by hand.", "If there is a typed copy, please send that as well."),
    physician: say(
        "The page is handwritten and was not read automatically.",
        "If a typed version exists, please send it as well.",
    ),
    desk: say(
        "The page is mostly handwritten; language and names on it were not checked.",
        "Read it yourself, and ask for a typed copy where it matters.",
    ),
};

pub(super) const LOW_RESOLUTION: Texts = Texts {
    family: say(
        "This picture is too small to read well.",
        "Please send the first picture from your phone or scanner, not a small copy from a chat.",
    ),
    physician: say(
        "The image has too few pixels for the text on it.",
        "Please scan again at 300 dpi, or send the original electronic document.",
    ),
    desk: say(
        "The image's resolution is below what reading needs.",
        "Ask for the original picture or a scan at 300 dpi.",
    ),
};

pub(super) const IMAGE_ONLY: Texts = Texts {
    family: say(
        "This page is a picture.",
        "You do not need to do anything now. We will tell you if we need a clearer copy.",
    ),
    physician: say(
        "The page is an image, and no text on it was read.",
        "Nothing is needed now; if it shows a text, the original electronic document is the better copy.",
    ),
    desk: say(
        "The page holds a picture, and no words of it were read: language and names on it are not checked.",
        "Look at the page before the case goes out; what stands beside this says why nothing was read.",
    ),
};

pub(super) const UNMAPPABLE_TEXT: Texts = Texts {
    family: say(
        "We can see the words on this page, but our computer cannot copy them.",
        "You do not need to do anything now. If you have the page in another form, please send that too.",
    ),
    physician: say(
        "The document's fonts do not say which letters they draw, so its text cannot be checked or searched.",
        "If possible, please print it to a new PDF and send that.",
    ),
    desk: say(
        "The page draws letters that cannot be turned into text.",
        "Read the page by eye; ask for a new PDF where search or language matter.",
    ),
};

pub(super) const READING_PENDING: Texts = Texts {
    family: say(
        "We are still reading this file.",
        "Please come back a little later. You do not need to send it again.",
    ),
    physician: say("This file has been received and is still being read.", "Nothing is needed."),
    desk: say("The first look is done, the slow reading is not.", "Wait for it, or look at the document yourself."),
};

pub(super) const OPENS_WITH_PASSWORD: Texts = Texts {
    family: say(
        "This file is locked. We could open it with the password that we have.",
        "You do not need to do anything.",
    ),
    physician: say(
        "The document is encrypted; it was read with its password, and every copy of it is still locked.",
        "Whoever opens it needs the password: please ask the intake desk for it by telephone.",
    ),
    desk: say(
        "The content is encrypted; a password of the case opens it, and the document that goes out stays locked.",
        "Tell the specialist the password by another way than the packet, or ask the sender for a copy without one.",
    ),
};
