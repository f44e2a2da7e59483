//! Is it about this child?

use super::{Texts, say};

pub(super) const WRONG_PATIENT: Texts = Texts {
    family: say(
        "This file may belong to someone else.",
        "Please check the name and birth date on it. Nobody will use it until our team has talked with you.",
    ),
    physician: say(
        "The name or birth date in this file does not agree with the patient of the case.",
        "Please check that it belongs to this patient, and tell the desk if it does.",
    ),
    desk: say(
        "Name, birth date or number disagree with the case's child; the document is kept from the case.",
        "Compare the page with the case; if it is another child's, tell the sender and do not release it.",
    ),
};

pub(super) const PATIENT_UNCONFIRMED: Texts = Texts {
    family: say(
        "We could not tell for sure whose file this is.",
        "You do not need to do anything. Our team will check it.",
    ),
    physician: say(
        "The file does not say for sure that it is about the patient of the case.",
        "Nothing is needed unless the desk asks.",
    ),
    desk: say(
        "Name, birth date and number do not tell for sure that it is about the case's child.",
        "Compare it with the case; where something differs it stays out of the packet until somebody has.",
    ),
};

pub(super) const MULTIPLE_PATIENTS: Texts = Texts {
    family: say(
        "This file seems to hold papers of more than one person.",
        "Please send only the pages about your child.",
    ),
    physician: say(
        "The file names more than one patient.",
        "Please send the pages of this patient as a file of their own.",
    ),
    desk: say(
        "Different persons are named on different pages or images.",
        "Look at the pages named; ask for a copy with only this child's pages.",
    ),
};
