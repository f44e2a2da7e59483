//! Reads a question as people type it: words, `"a phrase"`, `prefix*`, `fuzzy~`, `field:word`, `-not`.
//!
//! All clauses must match. What looks like no syntax is a word; what looks like broken syntax is refused with a
//! sentence that says what to do. Bounded in characters, clauses and words of a phrase.

use super::{
    SearchError,
    words::{Role, Word, Words},
};
use crate::domain::limits::{QUERY_CHARS_MAX, QUERY_CLAUSES_MAX, QUERY_PHRASE_WORDS_MAX, WORD_PARTS_MAX};

/// Letters a word needs before `*`: with fewer nearly everything matches.
const PREFIX_CHARS_MIN: usize = 2;
/// Letters a word needs before `~`: shorter words all resemble each other.
const FUZZY_CHARS_MIN: usize = 4;

/// What a clause looks in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// Text of pages, and the document's own words.
    Text,
    /// The shown path.
    Name,
    /// The kind's name.
    Kind,
    /// Study words.
    Study,
    /// Series words.
    Series,
    /// Patients named in structured places.
    Patient,
    /// Slide rows.
    Slide,
    /// Titles.
    Title,
}

impl Place {
    /// Every place with the words that name it in a question; the first is the index's own.
    pub(super) const ALL: &[(Self, &[&str])] = &[
        (Self::Text, &["text"]),
        (Self::Name, &["name", "path", "file"]),
        (Self::Kind, &["kind"]),
        (Self::Study, &["study"]),
        (Self::Series, &["series"]),
        (Self::Patient, &["patient"]),
        (Self::Slide, &["slide"]),
        (Self::Title, &["title"]),
    ];

    /// The place that word names.
    pub(super) fn named(name: &str) -> Option<Self> {
        let named = |(_, names): &&(Self, &[&str])| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        Self::ALL.iter().find(named).map(|(place, _)| *place)
    }
}

/// How a pattern matches a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum How {
    /// The word itself.
    Exact,
    /// Words that begin so.
    Prefix,
    /// Words that differ in so many letters; the exact word ranks higher.
    Fuzzy(u8),
}

/// A pattern for one word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Pattern {
    /// Folded.
    pub(super) text: String,
    /// How it matches.
    pub(super) how: How,
    /// Words behind the phrase's first.
    pub(super) offset: usize,
}

/// Must it match, or must it not?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wanted {
    /// It must.
    Present,
    /// It must not.
    Absent,
}

/// One clause: any of its phrases, each of one word or more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Clause {
    /// Must it match?
    pub(super) wanted: Wanted,
    /// Where it looks.
    pub(super) place: Place,
    /// Alternatives; never empty, nor is any of them.
    pub(super) phrases: Vec<Vec<Pattern>>,
}

/// Reads a question. At least one clause is [`Wanted::Present`].
///
/// # Errors
/// [`SearchError::Query`] with a sentence for the person who asked; it repeats no word of the question but a field's.
pub(super) fn read(text: &str) -> Result<Vec<Clause>, SearchError> {
    if text.chars().count() > QUERY_CHARS_MAX {
        return refuse(format!("it is longer than {QUERY_CHARS_MAX} characters"));
    }
    let mut clauses = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (clause, after) = read_clause(rest)?;
        clauses.extend(clause);
        if clauses.len() > QUERY_CLAUSES_MAX {
            return refuse(format!(
                "it has more than {QUERY_CLAUSES_MAX} words; put those that belong together in quotes"
            ));
        }
        rest = after.trim_start();
    }
    if !clauses.iter().any(|clause| clause.wanted == Wanted::Present) {
        return refuse("it needs at least one word to look for, not only words to leave out".to_owned());
    }
    Ok(clauses)
}

fn refuse<T>(why: String) -> Result<T, SearchError> {
    Err(SearchError::Query(why))
}

/// Reads the clause `text` begins with; `None` where it has no letter or digit. Also what comes behind it.
fn read_clause(text: &str) -> Result<(Option<Clause>, &str), SearchError> {
    let (wanted, text) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (Wanted::Absent, rest),
        None => (Wanted::Present, text),
    };
    let (place, text) = read_place(text)?;
    let (phrases, rest) = match text.strip_prefix(is_quote) {
        Some(quoted) => {
            let Some(end) = quoted.find(is_quote) else {
                return refuse("a quotation mark is not closed".to_owned());
            };
            let rest = quoted[end..].trim_start_matches(is_quote);
            if rest.starts_with(['*', '~']) {
                return refuse("`*` and `~` belong behind a word, not behind a closing quotation mark".to_owned());
            }
            let (words, how) = match quoted[..end].trim_end().strip_suffix('*') {
                Some(words) => (words, How::Prefix),
                None => (&quoted[..end], How::Exact),
            };
            (phrases(words, how)?, rest)
        }
        None => {
            let end = text.find(|char: char| char.is_whitespace() || is_quote(char)).unwrap_or(text.len());
            let (word, how) = read_how(&text[..end])?;
            (phrases(word, how)?, &text[end..])
        }
    };
    let clause = (!phrases.is_empty()).then_some(Clause { wanted, place, phrases });
    Ok((clause, rest))
}

/// Takes `field:` off the front. A colon between digits (`12:30`) is none.
fn read_place(text: &str) -> Result<(Place, &str), SearchError> {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let Some(rest) = text[letters..].strip_prefix(':').filter(|_| letters > 0) else {
        return Ok((Place::Text, text));
    };
    match Place::named(&text[..letters]) {
        Some(_) if !rest.starts_with(|char: char| !char.is_whitespace()) => {
            refuse(format!("`{}:` needs a word directly behind it", &text[..letters]))
        }
        Some(place) => Ok((place, rest)),
        None => {
            let names: Vec<&str> = Place::ALL.iter().map(|(_, names)| names[0]).collect();
            let names = names.join(", ");
            refuse(format!(
                "`{}` is no field; there are {names}. Quotes find the words as they stand",
                &text[..letters]
            ))
        }
    }
}

/// Takes `*`, `~`, `~1` or `~2` off the end of a word.
fn read_how(word: &str) -> Result<(&str, How), SearchError> {
    if let Some(start) = word.strip_suffix('*') {
        return Ok((start.trim_end_matches('*'), How::Prefix));
    }
    match word.rsplit_once('~') {
        None => Ok((word, How::Exact)),
        Some((start, "" | "1")) => Ok((start, How::Fuzzy(1))),
        Some((start, "2")) => Ok((start, How::Fuzzy(2))),
        Some(_) => refuse("behind `~` may stand 1 or 2, the number of letters that may differ".to_owned()),
    }
}

/// The phrases that stand for a text: its words in order, and glued where they are joined in all.
fn phrases(text: &str, how: How) -> Result<Vec<Vec<Pattern>>, SearchError> {
    let words: Vec<Word<'_>> = Words::of(text).take(QUERY_PHRASE_WORDS_MAX * 2).collect();
    let mut parts: Vec<Pattern> = Vec::new();
    let mut last_role = Role::Word;
    for (index, word) in words.iter().enumerate() {
        let alone = index == 0 || words[index - 1].role != Role::Pair;
        if word.role == Role::Glued || (word.role == Role::Last && !alone) {
            continue;
        }
        parts.push(Pattern { text: word.text.clone().into_owned(), how: How::Exact, offset: word.position });
        last_role = word.role;
    }
    if parts.len() > QUERY_PHRASE_WORDS_MAX {
        return refuse(format!("a phrase has more than {QUERY_PHRASE_WORDS_MAX} words"));
    }
    let single = parts.len() == 1;
    let Some(last) = parts.last_mut() else { return Ok(Vec::new()) };
    last.how = match (last_role, how) {
        // The single character may stand before another one: then the index has it as the first of a pair.
        (Role::Last, _) => How::Prefix,
        (Role::Word, how) => checked(how, last, single)?,
        (Role::Pair | Role::Glued, _) => How::Exact,
    };
    let last_how = last.how;
    let mut glued = words.iter().filter(|word| word.role == Role::Glued);
    let mut phrases = vec![parts];
    if let (Some(glued), None) = (glued.next(), glued.next())
        && phrases[0].len() <= WORD_PARTS_MAX
        && words.iter().all(|word| word.start >= glued.start && word.end <= glued.end)
    {
        phrases.push(vec![Pattern { text: glued.text.clone().into_owned(), how: last_how, offset: 0 }]);
    }
    Ok(phrases)
}

/// Is the word long enough for what follows it?
fn checked(how: How, word: &Pattern, single: bool) -> Result<How, SearchError> {
    let chars = word.text.chars().count();
    match how {
        How::Exact => Ok(How::Exact),
        How::Prefix if single && chars < PREFIX_CHARS_MIN => {
            refuse(format!("`*` needs at least {PREFIX_CHARS_MIN} letters before it"))
        }
        How::Prefix => Ok(How::Prefix),
        How::Fuzzy(_) if !single => refuse("`~` belongs behind a single word without hyphens".to_owned()),
        How::Fuzzy(_) if chars < FUZZY_CHARS_MIN => {
            refuse(format!("`~` needs at least {FUZZY_CHARS_MIN} letters before it"))
        }
        How::Fuzzy(distance) => Ok(How::Fuzzy(distance)),
    }
}

/// Quotation marks as keyboards and word processors write them.
fn is_quote(char: char) -> bool {
    matches!(char, '"' | '\u{201C}'..='\u{201F}' | '\u{00AB}' | '\u{00BB}' | '\u{300C}' | '\u{300D}' | '\u{FF02}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::fmt::Write;

    fn shown(text: &str) -> String {
        let clauses = match read(text) {
            Ok(clauses) => clauses,
            Err(error) => return error.to_string(),
        };
        let mut shown = String::new();
        for clause in clauses {
            let sign = if clause.wanted == Wanted::Absent { "-" } else { "+" };
            let _ = write!(shown, "{sign}{:?}(", clause.place);
            let phrases: Vec<String> = clause.phrases.iter().map(|phrase| shown_phrase(phrase)).collect();
            let _ = write!(shown, "{}) ", phrases.join("|"));
        }
        shown.trim_end().to_owned()
    }

    fn shown_phrase(phrase: &[Pattern]) -> String {
        let word = |pattern: &Pattern| match pattern.how {
            How::Exact => format!("{}:{}", pattern.offset, pattern.text),
            How::Prefix => format!("{}:{}*", pattern.offset, pattern.text),
            How::Fuzzy(distance) => format!("{}:{}~{distance}", pattern.offset, pattern.text),
        };
        phrase.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    /// Proves that each form of clause is read as meant.
    #[test]
    fn forms() {
        assert_eq!(shown("Brain tumour"), "+Text(0:brain) +Text(0:tumour)");
        assert_eq!(shown("\"Left Lobe\" -cyst"), "+Text(0:left 1:lobe) -Text(0:cyst)");
        assert_eq!(shown("medull* gliom~ gliom~2"), "+Text(0:medull*) +Text(0:gliom~1) +Text(0:gliom~2)");
        assert_eq!(shown("\"left lo*\""), "+Text(0:left 1:lo*)");
        assert_eq!(shown("path:scan -kind:\"pdf\""), "+Name(0:scan) -Kind(0:pdf)");
        assert_eq!(shown("S15-2041"), "+Text(0:s15 1:2041|0:s152041)");
        assert_eq!(shown("S15-20*"), "+Text(0:s15 1:20*|0:s1520*)");
        assert_eq!(shown("検査結果 肝 CT検"), "+Text(0:検査 1:査結 2:結果) +Text(0:肝*) +Text(0:ct 1:検*)");
        assert_eq!(shown("“curly quotes” *** -"), "+Text(0:curly 1:quotes)");
        assert_eq!(shown("12:30"), "+Text(0:12 1:30|0:1230)");
    }

    /// Proves that what cannot be meant is refused with a sentence that helps.
    #[test]
    fn refusals() {
        let check = |text: &str, expected: &str| {
            let said = shown(text);
            assert!(said.starts_with("this search cannot be understood: "), "{text}: {said}");
            assert!(said.contains(expected), "{text}: {said}");
        };
        check("", "at least one word");
        check("*** !!!", "at least one word");
        check("-cyst", "at least one word");
        check("\"open", "not closed");
        check("dx:glioma", "`dx` is no field");
        check("study: brain", "directly behind");
        check("a*", "at least 2 letters");
        check("cat~", "at least 4 letters");
        check("brain~7", "1 or 2");
        check("\"a b\"~2", "closing quotation mark");
        check("well-known~", "without hyphens");
        check(&"word ".repeat(33), "more than 32");
        check(&"x".repeat(1_001), "longer than");
        check(&format!("\"{}\"", "a ".repeat(65)), "more than 64");
    }

    proptest! {
        /// Proves for any question that reading ends in clauses that keep their invariants, or in a refusal.
        #[test]
        fn any_question(text in "\\PC{0,60}|[a-z\"*~:\\- 肝臓é.]{0,60}") {
            if let Ok(clauses) = read(&text) {
                prop_assert!(clauses.len() <= QUERY_CLAUSES_MAX);
                for clause in clauses {
                    prop_assert!(!clause.phrases.is_empty());
                    prop_assert!(clause.phrases.iter().all(|phrase| !phrase.is_empty() && phrase[0].offset == 0));
                }
            }
        }
    }
}
