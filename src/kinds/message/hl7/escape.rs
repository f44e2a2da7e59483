//! Escape sequences in text (HL7 v2 2.7): separators, line breaks, characters by their code.

/// The characters that mean something, as a message's head states them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Separators {
    pub(super) field: char,
    pub(super) component: char,
    pub(super) repeat: char,
    pub(super) escape: char,
    pub(super) subcomponent: char,
}

impl Separators {
    /// Those that nearly all messages use (HL7 v2 2.5.4).
    pub(super) const USUAL: Self = Self { field: '|', component: '^', repeat: '~', escape: '\\', subcomponent: '&' };

    /// Those that a head segment states behind its name; missing ones are the usual.
    pub(super) fn stated(head: &str) -> Self {
        let mut chars = head.chars().skip(3);
        let usual = Self::USUAL;
        let field = chars.next().unwrap_or(usual.field);
        let mut stated: Vec<char> = chars.take_while(|c| *c != field && c.is_ascii_punctuation()).collect();
        stated.resize(4, '\0');
        let or = |at: usize, usual: char| if stated[at] == '\0' { usual } else { stated[at] };
        Self {
            field,
            component: or(0, usual.component),
            repeat: or(1, usual.repeat),
            escape: or(2, usual.escape),
            subcomponent: or(3, usual.subcomponent),
        }
    }
}

/// Text with its escapes resolved. What is not known says nothing and is left out; a lone escape character stays.
pub(super) fn resolved(text: &str, separators: Separators) -> String {
    let mut resolved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(separators.escape) {
        let (before, behind) = rest.split_at(at);
        resolved.push_str(before);
        let behind = &behind[separators.escape.len_utf8()..];
        match behind.find(separators.escape).map(|end| (&behind[..end], &behind[end + separators.escape.len_utf8()..]))
        {
            // Sequences are short and hold no blanks but `.sp 2`: otherwise the character stands for itself.
            Some((sequence, after)) if is_sequence(sequence) => {
                put(&mut resolved, sequence, separators);
                rest = after;
            }
            _ => {
                resolved.push(separators.escape);
                rest = behind;
            }
        }
    }
    resolved.push_str(rest);
    resolved
}

fn is_sequence(sequence: &str) -> bool {
    let hexadecimal = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    match sequence.as_bytes().first() {
        Some(b'.') => sequence.len() <= 8,
        Some(b'X' | b'C' | b'M') => hexadecimal(&sequence[1..]),
        Some(b'Z') => sequence.len() <= 64 && sequence.is_ascii(),
        Some(_) => sequence.len() == 1 && "FSTREHNP".contains(sequence),
        None => false,
    }
}

fn put(text: &mut String, sequence: &str, separators: Separators) {
    match sequence {
        "F" => text.push(separators.field),
        "S" => text.push(separators.component),
        "T" => text.push(separators.subcomponent),
        "R" => text.push(separators.repeat),
        "E" => text.push(separators.escape),
        ".br" | ".ce" => text.push('\n'),
        _ if sequence.starts_with(".sp") => {
            let lines = sequence[3..].trim().trim_start_matches('+').parse::<usize>().unwrap_or(1);
            text.extend(std::iter::repeat_n('\n', lines.clamp(1, 10)));
        }
        _ if sequence.starts_with('X') => put_codes(text, &sequence[1..]),
        // Highlighting, indents, and characters of sets that are switched to: nothing of it is a word.
        _ => {}
    }
}

/// Characters by their code. Most often line ends; beyond ASCII they are UTF-8, or Latin-1 where they cannot be.
fn put_codes(text: &mut String, digits: &str) {
    let Ok(bytes) = data_encoding::HEXLOWER_PERMISSIVE.decode(digits.as_bytes()) else { return };
    let read = match std::str::from_utf8(&bytes) {
        Ok(read) => read.to_owned(),
        Err(_) => encoding_rs::mem::decode_latin1(&bytes).into_owned(),
    };
    text.push_str(&read.replace("\r\n", "\n").replace('\r', "\n"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(resolved(text, Separators::USUAL), expected, "{text}");
    }

    /// Proves that every kind of sequence is resolved or left out, and that stray characters stay.
    #[test]
    fn sequences() {
        check("a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f", "a|b^c&d~e\\f");
        check("one\\.br\\two\\.sp 2\\three", "one\ntwo\n\nthree");
        check("\\H\\bold\\N\\ \\X0D0A\\x\\Xc3a9\\\\XE9\\", "bold \nxéé");
        check("C:\\scans\\a b", "C:\\scans\\a b");
        check("cut\\", "cut\\");
        check("\\.in+5\\text\\Zlocal\\", "text");
        check("\\X4\\", "");
    }

    /// Proves that separators are taken from the head, and the usual ones where it states none.
    #[test]
    fn stated_separators() {
        assert_eq!(Separators::stated("MSH|^~\\&|LAB"), Separators::USUAL);
        let own = Separators::stated("MSH#:~?*#X");
        assert_eq!((own.field, own.component, own.escape, own.subcomponent), ('#', ':', '?', '*'));
        assert_eq!(Separators::stated("MSH|^~|X").escape, '\\');
        assert_eq!(Separators::stated("MSH"), Separators::USUAL);
    }
}
