//! The same thing twice.

use super::{Texts, say};

pub(super) const EXACT_DUPLICATE: Texts = Texts {
    family: say("We have this file already.", "You do not need to do anything. We keep one copy."),
    physician: say("The same file has arrived before.", "Nothing is needed."),
    desk: say(
        "Every byte agrees with a document that the case holds already.",
        "Nothing is needed; who sent it, and when, is kept as well.",
    ),
};

pub(super) const SAME_INSTANCE: Texts = Texts {
    family: say("We have this picture already.", "You do not need to do anything."),
    physician: say("The same image has arrived before in another file.", "Nothing is needed."),
    desk: say("Same SOP Instance UID and the same content as an image that is here already.", "Nothing is needed."),
};

pub(super) const NEAR_DUPLICATE: Texts = Texts {
    family: say(
        "This file looks very much like another one you sent.",
        "You do not need to do anything. We keep both.",
    ),
    physician: say("The document is very similar to another one.", "Nothing is needed; both are kept."),
    desk: say(
        "Its text or picture is very close to that of the document named beside this.",
        "Look at both where the difference matters; forms look alike and are not the same.",
    ),
};

pub(super) const INSTANCE_CONFLICT: Texts = Texts {
    family: say(
        "Two of the pictures have the same number but are not the same.",
        "You do not need to do anything now. We keep both, and our team will ask the hospital.",
    ),
    physician: say(
        "Two images share a SOP Instance UID and differ in content.",
        "Please tell the desk which one holds, or send the study again.",
    ),
    desk: say(
        "Same SOP Instance UID, other content; both are kept and neither replaces the other.",
        "Compare the two, and ask the sender which one holds.",
    ),
};
