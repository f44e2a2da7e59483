//! The case as a whole.

use super::{Texts, say};

pub(super) const MISSING_ITEM: Texts = Texts {
    family: say(
        "Something that we need has not come yet.",
        "Please look at the list, and send us what is still missing.",
    ),
    physician: say(
        "An item that this programme requires has not arrived.",
        "Please send it, or tell the desk that it does not exist.",
    ),
    desk: say("A required item of the checklist is absent.", "Ask for it, or waive it with a reason."),
};

pub(super) const UNUSABLE_ITEM: Texts = Texts {
    family: say(
        "We have what we asked for, but we cannot use it yet.",
        "Please look at the note beside it, and send a new copy.",
    ),
    physician: say(
        "A required item arrived and cannot be used as it is.",
        "Please see the note beside the file, and send a better copy.",
    ),
    desk: say(
        "The item arrived, but every document for it has a blocking finding.",
        "Ask for a usable copy, or waive the item with a reason.",
    ),
};

pub(super) const NOT_ELIGIBLE: Texts = Texts {
    family: say(
        "The rules of this service may not allow us to help from where you live.",
        "Please call or write to the intake desk. They will tell you what is possible.",
    ),
    physician: say(
        "By the patient's place of residence, this programme cannot take the case.",
        "Please speak with the desk about other ways.",
    ),
    desk: say(
        "The child's residence lies outside of what the programme may serve.",
        "Check the address; if it is right, close the case and tell the family what else there is.",
    ),
};

pub(super) const AUTHORITY_MISSING: Texts = Texts {
    family: say(
        "We do not know yet who may decide for the child.",
        "Please send the paper that shows that you may, or ask the intake desk what will do.",
    ),
    physician: say(
        "There is no proof yet of who may legally act for the patient.",
        "Please ask the family to send it, or tell the desk on what basis you act.",
    ),
    desk: say(
        "The basis of the requester's legal authority is not recorded.",
        "Ask for it, and note which of the bases applies.",
    ),
};

pub(super) const PHYSICIAN_MISSING: Texts = Texts {
    family: say(
        "We do not know yet who your child's doctor at home is.",
        "Please tell us the doctor's name and how we can reach them.",
    ),
    physician: say(
        "The local physician's name or contact is missing.",
        "Please give us name, address and telephone number.",
    ),
    desk: say(
        "The case has no local physician with a contact; the report could go to nobody.",
        "Ask for name and contact, and check the licence where the programme needs it.",
    ),
};

pub(super) const TOO_MANY_QUESTIONS: Texts = Texts {
    family: say(
        "There are more questions than the doctors can answer at one time.",
        "Please choose the questions that matter most to you.",
    ),
    physician: say("The case holds more questions than the programme allows.", "Please choose those that matter most."),
    desk: say("More questions than the programme answers.", "Ask the family or physician to choose."),
};

pub(super) const REQUEST_OPEN: Texts = Texts {
    family: say(
        "We asked you for something, and we are waiting for it.",
        "Please look at our question and answer it when you can.",
    ),
    physician: say("An information request is open.", "Please answer it; the clock stands until then."),
    desk: say("A request to the sender has no answer yet; the clock stands.", "Remind them, or withdraw the request."),
};

pub(super) const PAYMENT_OPEN: Texts = Texts {
    family: say(
        "The payment has not come to us yet.",
        "Please look at the letter about the payment, or call the intake desk. They are glad to help.",
    ),
    physician: say(
        "The programme's fee has not been received.",
        "Nothing is needed from you unless you agreed to pay it.",
    ),
    desk: say("The fee is neither received nor waived.", "Check with billing; note it when it is paid or waived."),
};

pub(super) const STUCK: Texts = Texts {
    family: say("Our computer needs help with this file.", "You do not need to do anything. Our team has been told."),
    physician: say("Processing stopped on our side; nothing is lost.", "Nothing is needed; the desk has been told."),
    desk: say(
        "Work on this was tried as often as allowed and did not end; the sealed original is safe.",
        "Tell the operator: the daemon's log names the entry's id and the step that failed.",
    ),
};

pub(super) const HOLDING_CASE: Texts = Texts {
    family: say(
        "We have not put these papers in the right place yet.",
        "You do not need to do anything. Our team will.",
    ),
    physician: say(
        "These documents belong to no case yet.",
        "Nothing is needed from you; the desk finds out where they belong.",
    ),
    desk: say(
        "This is the holding case: what came in without a case lies here, whoever it is about; it never goes to a specialist.",
        "Bring each document to the case it belongs to: `casegate case move holding DOCUMENT --to CASE`.",
    ),
};
