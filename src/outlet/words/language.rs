//! Is it in English?

use super::{Texts, say};

pub(super) const NOT_ENGLISH: Texts = Texts {
    family: say(
        "This page is not in English.",
        "Please send an English translation as well, and keep the first page with it.",
    ),
    physician: say("The page is not in English.", "Please send an English translation together with the original."),
    desk: say(
        "Most of the page is in the language shown beside it.",
        "Ask for a translation; keep the original with it. A programme may only warn of this.",
    ),
};

pub(super) const MIXED_LANGUAGE: Texts = Texts {
    family: say("A part of this page is not in English.", "Please send an English translation of that part."),
    physician: say(
        "The page holds text in English and in another language.",
        "Please send a translation of the parts that are not in English.",
    ),
    desk: say(
        "At least a fifth of the page's letters are in another language.",
        "Look whether the foreign part matters, and ask for a translation where it does.",
    ),
};

pub(super) const LANGUAGE_UNDETERMINED: Texts = Texts {
    family: say(
        "We could not tell which language this page is in.",
        "You do not need to do anything now. Our team will look at it.",
    ),
    physician: say("The page has too little text to tell its language.", "Nothing is needed now."),
    desk: say("Too few words to name a language; nothing was guessed.", "Look at the page when you open the document."),
};

pub(super) const POOR_TRANSLATION: Texts = Texts {
    family: say(
        "Some words of this translation are hard to understand.",
        "If you can, please ask for a better translation and send it with the first text.",
    ),
    physician: say(
        "The English of this document reads as an unclear translation.",
        "Please send the original with it, and a certified translation if there is one.",
    ),
    desk: say(
        "The text is English by its words, and hardly by its sentences.",
        "Read a paragraph; ask for the original or a better translation where the meaning is in doubt.",
    ),
};
