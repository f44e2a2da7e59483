//! Specific Character Set (0008,0005): bytes of text to Unicode.
//!
//! Single-byte repertoires, UTF-8, GB18030, GBK, and code extensions after ISO/IEC 2022 with several character sets in one
//! value (PS3.3 C.12.1.1.2, PS3.5 6.1.2 and annexes H to K). What cannot be decoded becomes U+FFFD; nothing is
//! dropped and nothing fails, because the declaration is often wrong. What bytes say against it is heard in `contradicted`.

use super::contradicted::{self, Declared};
use encoding_rs::Encoding;

/// The repertoires a data set declares.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Charset {
    terms: Vec<Term>,
}

/// What one value of (0008,0005) stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Term {
    /// ISO-IR 6, or an empty value.
    Ascii,
    /// A set that lives in G1 from the start.
    Upper(Set),
    /// A set that is only reached through an escape sequence into G0.
    Escaped,
    /// A whole encoding without code extensions.
    Whole(&'static Encoding),
}

/// A coded character set that may be designated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Set {
    /// ISO-IR 6 and, near enough, ISO-IR 14.
    Ascii,
    /// ISO-IR 100: each byte is its code point.
    Latin1,
    /// ISO-IR 13: half-width katakana.
    Katakana,
    /// A single-byte set by its table.
    Single(&'static Encoding),
    /// Two bytes of 94: JIS X 0208, KS X 1001, GB 2312, through the EUC form of the table.
    Double(&'static Encoding),
    /// JIS X 0212: two bytes of 94 behind SS3 in EUC-JP.
    Supplement,
}

/// Escape sequences without ESC (PS3.3 tables C.12-3 and C.12-4), whether they set G1, and the set.
const ESCAPES: &[(&[u8], Plane, Set)] = &[
    (b"(B", Plane::G0, Set::Ascii),
    (b"(J", Plane::G0, Set::Ascii),
    (b"$B", Plane::G0, Set::Double(encoding_rs::EUC_JP)),
    (b"$@", Plane::G0, Set::Double(encoding_rs::EUC_JP)),
    (b"$(D", Plane::G0, Set::Supplement),
    (b")I", Plane::G1, Set::Katakana),
    (b"-A", Plane::G1, Set::Latin1),
    (b"-B", Plane::G1, Set::Single(encoding_rs::ISO_8859_2)),
    (b"-C", Plane::G1, Set::Single(encoding_rs::ISO_8859_3)),
    (b"-D", Plane::G1, Set::Single(encoding_rs::ISO_8859_4)),
    (b"-L", Plane::G1, Set::Single(encoding_rs::ISO_8859_5)),
    (b"-G", Plane::G1, Set::Single(encoding_rs::ISO_8859_6)),
    (b"-F", Plane::G1, Set::Single(encoding_rs::ISO_8859_7)),
    (b"-H", Plane::G1, Set::Single(encoding_rs::ISO_8859_8)),
    (b"-M", Plane::G1, Set::Single(encoding_rs::WINDOWS_1254)),
    (b"-b", Plane::G1, Set::Single(encoding_rs::ISO_8859_15)),
    (b"-T", Plane::G1, Set::Single(encoding_rs::WINDOWS_874)),
    (b"$)C", Plane::G1, Set::Double(encoding_rs::EUC_KR)),
    (b"$)A", Plane::G1, Set::Double(encoding_rs::GBK)),
];

/// Single-byte sets in Latin letters, ISO-IR 100 aside.
const LATIN: &[&Encoding] = &[
    encoding_rs::ISO_8859_2,
    encoding_rs::ISO_8859_3,
    encoding_rs::ISO_8859_4,
    encoding_rs::ISO_8859_15,
    encoding_rs::WINDOWS_1254,
];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Plane {
    G0,
    G1,
}

impl Charset {
    /// From the value of (0008,0005).
    pub(super) fn declared(value: &[u8]) -> Self {
        let text = String::from_utf8_lossy(value);
        let terms: Vec<Term> = text.split('\\').map(term).collect();
        Self { terms }
    }

    /// Text of one element: all its values, still joined by `\`.
    pub(super) fn decode(&self, bytes: &[u8]) -> String {
        if let Some(text) = contradicted::as_utf8(bytes, self.contradictable()) {
            return text.to_owned();
        }
        let whole = self.terms.iter().find_map(|term| match term {
            Term::Whole(encoding) => Some(*encoding),
            _ => None,
        });
        if let Some(encoding) = whole {
            return encoding.decode_without_bom_handling(bytes).0.into_owned();
        }
        if self.is_default() && !bytes.contains(&0x1B) && !bytes.is_ascii() {
            // Undeclared: Latin-1 is what those mostly are that are not UTF-8.
            return bytes.iter().map(|byte| char::from(*byte)).collect();
        }
        Decoder::new(&self.terms).run(bytes)
    }

    /// What an element of person names may read, all its values still joined by `\`: one reading where the declaration
    /// can be believed, else the likeliest first, with U+FFFD for words whose letters nobody knows.
    pub(super) fn decode_names(&self, bytes: &[u8]) -> Vec<String> {
        let declared = self.contradictable();
        let doubtful = matches!(declared, Declared::Nothing | Declared::Latin1);
        let plain = bytes.is_ascii() || bytes.contains(&0x1B) || contradicted::as_utf8(bytes, declared).is_some();
        if plain || !doubtful { vec![self.decode(bytes)] } else { contradicted::names(bytes, declared) }
    }

    fn contradictable(&self) -> Declared {
        let upper = |term: &Term| match term {
            Term::Upper(set) => Some(*set),
            _ => None,
        };
        let whole = |term: &Term| matches!(term, Term::Whole(_));
        match self.terms.iter().find_map(upper) {
            _ if self.terms.iter().any(whole) => Declared::Bytes,
            None => Declared::Nothing,
            Some(Set::Latin1) => Declared::Latin1,
            Some(Set::Single(encoding)) if LATIN.contains(&encoding) => Declared::Latin,
            Some(Set::Single(_) | Set::Katakana | Set::Ascii) => Declared::OtherScript,
            Some(Set::Double(_) | Set::Supplement) => Declared::Bytes,
        }
    }

    fn is_default(&self) -> bool {
        self.terms.iter().all(|term| *term == Term::Ascii)
    }
}

/// Reads a defined term, however it is punctuated.
fn term(written: &str) -> Term {
    let key: String = written.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    let number = key.strip_prefix("ISO2022IR").or_else(|| key.strip_prefix("ISOIR")).unwrap_or(&key);
    match number {
        "100" | "ISO88591" | "LATIN1" => Term::Upper(Set::Latin1),
        "101" | "ISO88592" => Term::Upper(Set::Single(encoding_rs::ISO_8859_2)),
        "109" => Term::Upper(Set::Single(encoding_rs::ISO_8859_3)),
        "110" => Term::Upper(Set::Single(encoding_rs::ISO_8859_4)),
        "144" => Term::Upper(Set::Single(encoding_rs::ISO_8859_5)),
        "127" => Term::Upper(Set::Single(encoding_rs::ISO_8859_6)),
        "126" => Term::Upper(Set::Single(encoding_rs::ISO_8859_7)),
        "138" => Term::Upper(Set::Single(encoding_rs::ISO_8859_8)),
        // ISO 8859-9 and TIS 620 agree with these Windows tables from A0H on; below that are controls.
        "148" => Term::Upper(Set::Single(encoding_rs::WINDOWS_1254)),
        "166" => Term::Upper(Set::Single(encoding_rs::WINDOWS_874)),
        "203" => Term::Upper(Set::Single(encoding_rs::ISO_8859_15)),
        "13" => Term::Upper(Set::Katakana),
        "149" => Term::Upper(Set::Double(encoding_rs::EUC_KR)),
        "58" => Term::Upper(Set::Double(encoding_rs::GBK)),
        "87" | "159" => Term::Escaped,
        "192" | "UTF8" | "ISO10646" => Term::Whole(encoding_rs::UTF_8),
        "GB18030" | "ISO2022GB18030" => Term::Whole(encoding_rs::GB18030),
        "GBK" | "ISO2022GBK" => Term::Whole(encoding_rs::GBK),
        _ => Term::Ascii,
    }
}

/// The state of ISO/IEC 2022 decoding: what G0 and G1 hold now.
struct Decoder {
    g0: Set,
    g1: Option<Set>,
    first: Option<Set>,
    fallback: Option<Set>,
    text: String,
}

impl Decoder {
    fn new(terms: &[Term]) -> Self {
        let upper = |term: &Term| match term {
            Term::Upper(set) => Some(*set),
            _ => None,
        };
        let first = terms.first().and_then(upper);
        // For G1 that nothing designated: the only sensible guess is the first set that is declared at all.
        let fallback = terms.iter().find_map(upper);
        Self { g0: Set::Ascii, g1: first, first, fallback, text: String::new() }
    }

    fn run(mut self, bytes: &[u8]) -> String {
        let mut rest = bytes;
        while let Some(&byte) = rest.first() {
            let taken = match byte {
                0x1B => self.escape(rest),
                0x00..=0x20 => self.control(byte),
                0x21..=0x7F => self.lower(rest),
                0x80..=0xFF => self.upper(rest),
            };
            rest = &rest[taken..];
        }
        self.text
    }

    /// Designates; an unknown sequence is shown as undecodable, ESC alone being taken.
    fn escape(&mut self, rest: &[u8]) -> usize {
        for (sequence, plane, set) in ESCAPES {
            if rest[1..].starts_with(sequence) {
                match plane {
                    Plane::G0 => self.g0 = *set,
                    Plane::G1 => {
                        self.g1 = Some(*set);
                        self.fallback = Some(*set);
                    }
                }
                return 1 + sequence.len();
            }
        }
        self.text.push(char::REPLACEMENT_CHARACTER);
        1
    }

    /// Any control character but ESC brings back the first value's sets (PS3.5 6.1.2.5.3); a space does not.
    fn control(&mut self, byte: u8) -> usize {
        if byte != 0x20 {
            self.reset();
        }
        self.text.push(char::from(byte));
        1
    }

    fn reset(&mut self) {
        self.g0 = Set::Ascii;
        self.g1 = self.first;
    }

    fn lower(&mut self, rest: &[u8]) -> usize {
        if let (Set::Double(_) | Set::Supplement, Some(&[lead, trail])) = (self.g0, rest.first_chunk::<2>())
            && (0x21..=0x7E).contains(&trail)
            && lead != 0x7F
        {
            return self.pair(self.g0, lead, trail);
        }
        // `\`, and the delimiters of names, bring back the first value's sets too.
        if matches!(rest[0], b'\\' | b'^' | b'=') {
            self.reset();
        }
        self.text.push(char::from(rest[0]));
        1
    }

    fn upper(&mut self, rest: &[u8]) -> usize {
        let byte = rest[0];
        match self.g1.or(self.fallback) {
            Some(set @ (Set::Double(_) | Set::Supplement)) => {
                if let Some(&[lead, trail]) = rest.first_chunk::<2>()
                    && trail >= 0xA1
                    && lead >= 0xA1
                {
                    return self.pair(set, lead, trail);
                }
                self.text.push(char::REPLACEMENT_CHARACTER);
            }
            Some(Set::Latin1) => self.text.push(char::from(byte)),
            Some(Set::Katakana) => self.text.push(katakana(byte)),
            Some(Set::Single(encoding)) => self.text.push_str(&encoding.decode_without_bom_handling(&[byte]).0),
            Some(Set::Ascii) | None => self.text.push(char::REPLACEMENT_CHARACTER),
        }
        1
    }

    fn pair(&mut self, set: Set, lead: u8, trail: u8) -> usize {
        let (lead, trail) = (lead | 0x80, trail | 0x80);
        let decoded = match set {
            Set::Double(encoding) => encoding.decode_without_bom_handling(&[lead, trail]).0.into_owned(),
            _ => encoding_rs::EUC_JP.decode_without_bom_handling(&[0x8F, lead, trail]).0.into_owned(),
        };
        self.text.push_str(&decoded);
        2
    }
}

fn katakana(byte: u8) -> char {
    match byte {
        0xA1..=0xDF => char::from_u32(0xFF61 + u32::from(byte - 0xA1)).unwrap_or(char::REPLACEMENT_CHARACTER),
        _ => char::REPLACEMENT_CHARACTER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Declared repertoires, bytes and the text they mean: the examples of PS3.5 annexes H to K and one word for each
    /// single-byte set. Compared with an independent implementation, where that knows the set.
    #[rustfmt::skip]
    const CASES: &[(&str, &[u8], &str)] = &[
        ("\\ISO 2022 IR 87", b"Yamada^Tarou=\x1B$B;3ED\x1B(B^\x1B$BB@O:\x1B(B=\x1B$B$d$^$@\x1B(B^\x1B$B$?$m$&\x1B(B", "Yamada^Tarou=山田^太郎=やまだ^たろう"),
        ("ISO 2022 IR 13\\ISO 2022 IR 87", b"\xD4\xCF\xC0\xDE^\xC0\xDB\xB3=\x1B$B;3ED\x1B(J^\x1B$BB@O:\x1B(J", "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎"),
        ("\\ISO 2022 IR 149", b"Hong^Gildong=\x1B$)C\xFB\xF3^\x1B$)C\xD1\xCE\xD4\xD7=\x1B$)C\xC8\xAB^\x1B$)C\xB1\xE6\xB5\xBF", "Hong^Gildong=洪^吉洞=홍^길동"),
        ("\\ISO 2022 IR 58", b"Zhang^XiaoDong=\x1B$)A\xD5\xC5^\x1B$)A\xD0\xA1\xB6\xAB=", "Zhang^XiaoDong=张^小东="),
        ("\\ISO 2022 IR 87\\ISO 2022 IR 159", b"\x1B$(D0!\x1B(B", "丂"),
        ("GB18030", b"Wang^XiaoDong=\xCD\xF5^\xD0\xA1\xB6\xAB=", "Wang^XiaoDong=王^小东="),
        ("ISO_IR 192", b"Wang^XiaoDong=\xE7\x8E\x8B^\xE5\xB0\x8F\xE6\x9D\xB1=", "Wang^XiaoDong=王^小東="),
        ("ISO 2022 IR 100\\ISO 2022 IR 144\\ISO 2022 IR 126", b"Dionysios is \x1B-F\xC4\xE9\xEF\xED\xF5\xF3\xE9\xEF\xF2^\x1B-L\xBB\xEE\xDAce\xDC\xD1yp\xD3^\xE9", "Dionysios is Διονυσιος^Люкceмбypг^é"),
        ("ISO_IR 166", b"\xCA\xC1\xAA\xD2\xC2", "สมชาย"),
        ("ISO_IR 148", b"\xC7a\xF0^I\xFE\xFDk", "Çağ^Işık"),
        ("ISO_IR 138", b"\xF9\xF8\xE5\xEF^\xE3\xE1\xE5\xF8\xE4", "שרון^דבורה"),
        ("ISO_IR 101", b"Dvo\xF8\xE1k", "Dvořák"),
        ("ISO_IR 109", b"\xA1\xC5", "ĦĊ"),
        ("ISO_IR 110", b"\xA1\xF3e", "Ąķe"),
        ("ISO_IR 203", b"\xA4\xBD", "€œ"),
        ("GBK", b"\xE9F^\xCD\xF5", "镕^王"),
    ];

    /// Proves that each repertoire and each code extension is decoded as the standard's examples say.
    #[test]
    fn repertoires_are_decoded() {
        for (declared, bytes, expected) in CASES {
            assert_eq!(Charset::declared(declared.as_bytes()).decode(bytes), *expected, "{declared}");
        }
    }

    /// Proves that a wrong or missing declaration replaces what it must and keeps the rest.
    #[test]
    fn wrong_declarations_lose_nothing_else() {
        let check = |declared: &str, bytes: &[u8], expected| {
            assert_eq!(Charset::declared(declared.as_bytes()).decode(bytes), expected, "{declared}");
        };
        check("", b"J\xE9r\xF4me", "J\u{e9}r\u{f4}me");
        check("", "J\u{e9}r\u{f4}me".as_bytes(), "J\u{e9}r\u{f4}me");
        check("ISO_IR 192", b"J\xE9r^A", "J\u{fffd}r^A");
        check("\\ISO 2022 IR 87", b"A\xFFB\x1B[C", "A\u{fffd}B\u{fffd}[C");
        check("\\ISO 2022 IR 149", b"\x1B$)C\xB1", "\u{fffd}");
        check("iso-ir_100", b"\xE9", "\u{e9}");
        check("ISO_IR 100", "J\u{e9}r\u{f4}me".as_bytes(), "J\u{e9}r\u{f4}me");
        check("ISO_IR 144", b"\xC2\xB0\xC2\xB0", "ТАТА");
    }

    /// Proves that names are read as declared where that can be, and that a declared script is believed.
    #[test]
    fn names_are_read_as_declared() {
        let names = |declared: &str, bytes: &[u8]| Charset::declared(declared.as_bytes()).decode_names(bytes);
        for (declared, bytes, expected) in CASES {
            assert_eq!(names(declared, bytes), [*expected], "{declared}");
        }
        assert_eq!(names("ISO_IR 144", b"\xC2\xB0\xC2\xB0"), ["ТАТА"]);
        assert!(names("ISO_IR 100", b"\xCB\xE5\xED\xE0")[0].chars().all(|c| c == char::REPLACEMENT_CHARACTER));
    }

    /// Proves that a set invoked in one line or component does not leak into the next.
    #[test]
    fn line_ends_and_delimiters_reset() {
        let charset = Charset::declared(b"ISO 2022 IR 100\\ISO 2022 IR 126");
        assert_eq!(charset.decode(b"\x1B-F\xC4\n\xE9"), "\u{394}\n\u{e9}");
        assert_eq!(charset.decode(b"\x1B-F\xC4=\xE9"), "\u{394}=\u{e9}");
    }
}
