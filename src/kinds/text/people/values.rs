//! Values that can be what their label says, cut to it.

use super::{labels::Field, others};

/// A value that can be what its label says, cut to it.
pub(super) fn accepted(field: Field, value: &str) -> Option<String> {
    match field {
        Field::Name => name(value),
        Field::SomeName => name(value).or_else(|| lone_name(value)),
        Field::Given | Field::Family => lone_name(value),
        Field::Staff | Field::Kin => None,
        Field::Birth => date(value),
        Field::Id => value.split_whitespace().next().and_then(id),
        Field::Sex => {
            let word = value.split([' ', ',', '/']).next().unwrap_or_default();
            let fits = !word.is_empty() && word.chars().count() <= 12 && word.chars().all(char::is_alphabetic);
            fits.then(|| word.to_owned())
        }
    }
}

/// Two to six words that begin large, or a few letters of a script without capitals.
fn name(value: &str) -> Option<String> {
    let value = before_figures(value);
    let words: Vec<&str> =
        value.split(|c: char| c.is_whitespace() || c == '^').filter(|word| !word.is_empty()).collect();
    let letters = value.chars().all(|c| c.is_alphanumeric() || c.is_whitespace() || is_name_sign(c) || c == '^');
    let large = words.iter().filter(|word| word.chars().next().is_some_and(char::is_uppercase)).count();
    let fits = if has_case(value) {
        let several = (2..=6).contains(&words.len()) && large * 2 >= words.len() && large >= 2;
        several || words.len() == 1 && value.contains(['^', ','])
    } else {
        (2..=40).contains(&value.chars().count())
    };
    let named = !words.iter().any(|word| is_no_name(word));
    (letters && fits && named).then(|| value.to_owned())
}

/// One to three words, of a field that asks for one part of a name.
fn lone_name(value: &str) -> Option<String> {
    let value = before_figures(value);
    let words: Vec<&str> = value.split_whitespace().collect();
    let letters = value.chars().all(|c| c.is_alphanumeric() || c.is_whitespace() || is_name_sign(c));
    let large = !has_case(value) || words.iter().any(|word| word.chars().next().is_some_and(char::is_uppercase));
    let named = !words.iter().any(|word| is_no_name(word));
    ((1..=3).contains(&words.len()) && letters && large && named && value.chars().count() >= 2)
        .then(|| value.to_owned())
}

fn is_no_name(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    others::is_no_name(&word)
}

/// What follows a figure or a bracket is an age, a number, a date. A figure within a word is a misread letter.
fn before_figures(value: &str) -> &str {
    let mut before: Option<char> = None;
    let mut end = value.len();
    let mut chars = value.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let within =
            before.is_some_and(char::is_alphabetic) && chars.peek().is_some_and(|(_, next)| next.is_alphabetic());
        if matches!(c, '(' | '[' | '/' | ':') || c.is_ascii_digit() && !within {
            end = at;
            break;
        }
        before = Some(c);
    }
    value[..end].trim().trim_end_matches([',', '-', '–', '.']).trim_end()
}

fn is_name_sign(c: char) -> bool {
    matches!(c, '\'' | '’' | '-' | '.' | ',' | '·' | '・') || unicode_normalization::char::is_combining_mark(c)
}

/// The date at the start of a value, as written.
fn date(value: &str) -> Option<String> {
    let mut end = 0;
    let mut digits = 0;
    for (at, word) in value.split_inclusive(' ').scan(0, |at, word| {
        let start = *at;
        *at += word.len();
        Some((start, word))
    }) {
        let plain = word.trim().trim_matches([',', '.', '(', ')']);
        let count = plain.chars().filter(char::is_ascii_digit).count();
        let east_asian = plain.chars().any(|c| matches!(c, '年' | '月' | '日' | '년' | '월' | '일'));
        let part = count > 0
            && (east_asian
                || is_joined_by_signs(plain)
                || plain.chars().all(|c| {
                    c.is_ascii_digit() || matches!(c, '/' | '-' | '.' | '°' | 't' | 'h' | 's' | 'n' | 'd' | 'r')
                }));
        let month = count == 0 && at < 32 && plain.chars().all(is_of_month) && digits < 8;
        if !part && !month || digits >= 8 && count > 0 || digits >= 5 && month {
            break;
        }
        digits += count;
        if part {
            end = at + word.trim_end().len();
        }
    }
    let text = value[..end].trim_end_matches([',', '.', ')']);
    ((4..=8).contains(&digits) && text.chars().count() <= 40).then(|| text.to_owned())
}

/// `24-MAY-2019`: figures, a word and figures between two equal signs.
fn is_joined_by_signs(word: &str) -> bool {
    let figures = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    ['-', '/', '.'].into_iter().any(|sign| match word.split(sign).collect::<Vec<_>>().as_slice() {
        [day, month, year] => figures(day) && figures(year) && month.len() > 2 && month.chars().all(is_of_month),
        _ => false,
    })
}

/// Letters, and the signs above and below them that some scripts write.
fn is_of_month(c: char) -> bool {
    c.is_alphabetic() || c == '.' || unicode_normalization::char::is_combining_mark(c)
}

/// Three to twenty-four letters, digits and joints with at least two digits among them.
fn id(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let fits = (3..=24).contains(&word.chars().count())
        && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '/' | '_'))
        && word.chars().filter(char::is_ascii_digit).count() >= 2;
    fits.then(|| word.to_owned())
}

/// Is it in a script with capitals? Georgian letters have some since Unicode 11, and nobody begins a name with them.
pub(super) fn has_case(text: &str) -> bool {
    let georgian = |c: char| matches!(c, '\u{10A0}'..='\u{10FF}' | '\u{1C90}'..='\u{1CBF}');
    text.chars().any(|c| (c.is_lowercase() || c.is_uppercase()) && !georgian(c))
}
