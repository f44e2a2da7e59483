//! Content that could do harm.

use super::{Texts, say};

pub(super) const ARCHIVE_BOMB: Texts = Texts {
    family: say(
        "This file unpacks to far more than we can take in.",
        "Please send the files in it one by one, or in smaller parts.",
    ),
    physician: say(
        "The archive unpacks to more than the limits allow; unpacking stopped.",
        "Please send its content in smaller parts.",
    ),
    desk: say(
        "Unpacking went over the limit of bytes or of growth and was stopped; what came before is listed.",
        "Ask for the files themselves. Do not unpack it by hand on a desk computer.",
    ),
};

pub(super) const PATH_ESCAPE: Texts = Texts {
    family: say("Something in this file points to a place outside of it.", "Please send the files in it one by one."),
    physician: say(
        "A member of the archive points outside of it and was held back.",
        "Please send the member as a file of its own.",
    ),
    desk: say(
        "A name in the container leads outside of it; nothing was written there, and the name is kept as it was.",
        "Ask what was meant; treat the sender's system with care.",
    ),
};

pub(super) const LINK_ENTRY: Texts = Texts {
    family: say("This is only a shortcut. The real file did not come with it.", "Please send the real file."),
    physician: say(
        "A link was received instead of a file; it is not followed.",
        "Please send the file that it points to.",
    ),
    desk: say(
        "A link, pipe or device was listed; it was neither followed nor opened.",
        "Ask for the file that was meant.",
    ),
};

pub(super) const TOO_DEEP: Texts = Texts {
    family: say(
        "There are too many boxes inside boxes in this file.",
        "Please unpack it, and send the files one by one.",
    ),
    physician: say(
        "Containers lie deeper inside each other than is allowed.",
        "Please send the inner files by themselves.",
    ),
    desk: say("Nesting is deeper than the limit; what lies below was not opened.", "Ask for the inner files."),
};

pub(super) const TOO_MANY_ENTRIES: Texts = Texts {
    family: say("There are more files in here than we can take in at one time.", "Please send them in smaller parts."),
    physician: say("The container holds more entries than is allowed.", "Please send its content in smaller parts."),
    desk: say(
        "There are more entries than the limit; the rest was not read.",
        "Ask for it in parts, or raise the limit if this is a real study.",
    ),
};

pub(super) const EXECUTABLE: Texts = Texts {
    family: say("This is a computer program. We do not need it.", "You do not need to do anything."),
    physician: say("A program was received; it is never run nor passed on.", "Please send documents and images only."),
    desk: say(
        "The file is a program or a script; its object is not kept, and it never leaves.",
        "Nothing is needed, unless the sender meant a document.",
    ),
};

pub(super) const MALWARE: Texts = Texts {
    family: say(
        "Our virus check found something bad in this file, so we put it aside.",
        "Please check your device for viruses, and ask the place it came from for a clean copy.",
    ),
    physician: say(
        "The virus scanner found something in this file; it is locked away.",
        "Please scan your system and send a clean copy.",
    ),
    desk: say(
        "The scanner named a signature; the file is held and cannot be released.",
        "Tell your security people, and ask for a clean copy.",
    ),
};

pub(super) const POLYGLOT: Texts = Texts {
    family: say(
        "This file is two kinds of file at the same time.",
        "You do not need to do anything now. Our team will look at it.",
    ),
    physician: say(
        "The file can be read as two different kinds; only one was used.",
        "Please export it again from the original system.",
    ),
    desk: say(
        "A second kind of file lies inside or behind the first.",
        "Ask for a new export; open it on no desk computer.",
    ),
};

pub(super) const ACTIVE_CONTENT: Texts = Texts {
    family: say("This file has small programs in it. We did not run them.", "You do not need to do anything."),
    physician: say("The document contains macros, scripts or forms; they were not run.", "Nothing is needed."),
    desk: say(
        "Macros, scripts or outside references are in the document; nothing was run or fetched.",
        "Open it only in a safe viewer.",
    ),
};

pub(super) const WRONG_EXTENSION: Texts = Texts {
    family: say(
        "The name of this file does not fit what is in it.",
        "You do not need to do anything. We looked inside it.",
    ),
    physician: say("The file's extension disagrees with its content; the content was used.", "Nothing is needed."),
    desk: say("The name says one kind, the content another; it was judged by its content.", "Nothing is needed."),
};
