//! Bytes to characters: is it text at all, in which encoding, and what does it say?
//!
//! A byte order mark decides; then UTF-8, if it is valid; then UTF-16 without a mark, by where its zero bytes stand;
//! then chardetng's guess among the legacy encodings of the WHATWG Encoding Standard, decoded by encoding_rs.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Bytes that the guess among legacy encodings looks at: enough for any language to show itself, and cheap.
const GUESS_BYTES_MAX: usize = 1 << 20;

/// Control characters per thousand characters that text may have. Telnet captures and printer files have a few;
/// random bytes have 109.
const CONTROLS_PER_MILLE_MAX: usize = 20;

/// Text as decoded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decoded {
    /// The characters, without a byte order mark and without trailing zero padding.
    pub text: String,
    /// The encoding's name in the WHATWG Encoding Standard.
    pub encoding: &'static str,
    /// Sequences that mean nothing in that encoding; each stands in `text` as U+FFFD.
    pub malformed: usize,
}

/// Do these bytes, the head of a document, look like text in any encoding? Empty ones do not.
pub fn looks_like_text(head: &[u8]) -> bool {
    let head = trim_padding(head);
    if head.is_empty() {
        return false;
    }
    if Encoding::for_bom(head).is_some() {
        let decoded = decode(head);
        return few(controls(decoded.text.chars()) + decoded.malformed, decoded.text.len());
    }
    if head.contains(&0) {
        return sixteen_bits(head).is_some();
    }
    few(controls(head.iter().map(|byte| char::from(*byte)).filter(char::is_ascii)), head.len())
}

/// Decodes a whole document, or its head.
pub fn decode(bytes: &[u8]) -> Decoded {
    let bytes = trim_padding(bytes);
    decode_as(encoding_of(bytes), bytes)
}

/// Decodes with an encoding that the document declares; a byte order mark overrules it, and so does valid UTF-8.
pub fn decode_declared(bytes: &[u8], label: &str) -> Decoded {
    let bytes = trim_padding(bytes);
    let declared = Encoding::for_label(label.trim().as_bytes());
    let unmarked = Encoding::for_bom(bytes).is_none() && !valid_utf8(bytes);
    match declared {
        // A declaration of UTF-16 that could be read as ASCII is wrong: the declaration itself would be unreadable.
        Some(encoding) if unmarked && encoding != UTF_16LE && encoding != UTF_16BE => decode_as(encoding, bytes),
        _ => decode_as(encoding_of(bytes), bytes),
    }
}

fn decode_as(encoding: &'static Encoding, bytes: &[u8]) -> Decoded {
    let (text, used, flawed) = encoding.decode(bytes);
    let malformed = if flawed { text.matches('\u{FFFD}').count() } else { 0 };
    Decoded { text: text.into_owned(), encoding: used.name(), malformed }
}

fn encoding_of(bytes: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    if bytes.contains(&0)
        && let Some(encoding) = sixteen_bits(&bytes[..bytes.len().min(GUESS_BYTES_MAX)])
    {
        return encoding;
    }
    if valid_utf8(bytes) && !bytes.contains(&0x1B) {
        return UTF_8;
    }
    let guessed = &bytes[..bytes.len().min(GUESS_BYTES_MAX)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(guessed, guessed.len() == bytes.len());
    detector.guess(None, Utf8Detection::Allow)
}

/// Valid, or valid up to a sequence that is cut off at the very end of text that has whole ones before.
fn valid_utf8(bytes: &[u8]) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && !bytes[..error.valid_up_to()].is_ascii(),
    }
}

/// UTF-16 without a mark: spaces, line ends and Latin letters put zero bytes on one side of each pair only, and
/// the whole decodes without a fault. Scripts whose text has neither are not recognised.
fn sixteen_bits(bytes: &[u8]) -> Option<&'static Encoding> {
    let pairs = bytes.len() / 2;
    let zeros_at = |parity: usize| bytes.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros_at(0), zeros_at(1));
    let encoding = match (even, odd) {
        (0, odd) if odd * 50 >= pairs => UTF_16LE,
        (even, 0) if even * 50 >= pairs => UTF_16BE,
        _ => return None,
    };
    let (text, _) = encoding.decode_without_bom_handling(&bytes[..pairs * 2]);
    let faults = text.matches('\u{FFFD}').count() + controls(text.chars());
    (pairs > 1 && few(faults, pairs)).then_some(encoding)
}

/// Control characters that have no business in text; form feed, escape (ISO 2022) and the DOS end mark have.
fn controls(chars: impl Iterator<Item = char>) -> usize {
    chars.filter(|c| c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{C}' | '\u{1B}' | '\u{1A}')).count()
}

fn few(faults: usize, of: usize) -> bool {
    faults * 1000 <= of * CONTROLS_PER_MILLE_MAX
}

/// Records of fixed length end in zeros; they are no part of the text.
fn trim_padding(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    // The last zero byte of UTF-16LE text belongs to its last character.
    let little =
        bytes.starts_with(&[0xFF, 0xFE]) || (end > 1 && bytes[1..end].iter().step_by(2).all(|byte| *byte == 0));
    &bytes[..if little && end % 2 == 1 && end < bytes.len() { end + 1 } else { end }]
}

#[cfg(test)]
mod tests {
    use super::*;

    const GERMAN: &str = "Sehr geehrte Frau Kollegin, wir berichten über die Vorstellung des Mädchens in der Ambulanz. \
                          Größe und Gewicht sind altersgemäß, die Prüfung der Hörfähigkeit ergab keine Auffälligkeit.";

    fn utf16(text: &str, low_first: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if low_first { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    }

    fn check(bytes: &[u8], expected: &str) {
        assert!(looks_like_text(bytes), "not taken for text");
        assert_eq!(decode(bytes).text, expected);
    }

    /// Proves that UTF-8 and UTF-16, with and without marks, come out alike.
    #[test]
    fn unicode_in_every_form() {
        check(GERMAN.as_bytes(), GERMAN);
        check(&[b"\xEF\xBB\xBF".as_slice(), GERMAN.as_bytes()].concat(), GERMAN);
        check(&[b"\xFF\xFE".as_slice(), &utf16(GERMAN, true)].concat(), GERMAN);
        check(&[b"\xFE\xFF".as_slice(), &utf16(GERMAN, false)].concat(), GERMAN);
        check(&utf16(GERMAN, true), GERMAN);
        check(&utf16(GERMAN, false), GERMAN);
    }

    /// Proves that legacy encodings of several scripts are guessed from prose of a few sentences.
    #[test]
    fn legacy_encodings_are_guessed() {
        let russian = "Пациент поступил в отделение с жалобами на головную боль. Состояние удовлетворительное, \
                       сознание ясное. Рекомендовано повторное обследование через месяц.";
        let japanese = "患者は三歳の女児で、発熱と咳を主訴に来院した。検査の結果、異常は認められなかった。";
        let korean = "환자는 세 살 여자아이로 발열과 기침을 주소로 내원하였다. 검사 결과 이상 소견은 없었다.";
        let chinese = "患儿女，三岁，因发热咳嗽三天入院。体格检查未见明显异常，建议一个月后复查。";
        for (label, text) in [
            ("windows-1252", GERMAN),
            ("windows-1251", russian),
            ("koi8-r", russian),
            ("shift_jis", japanese),
            ("euc-jp", japanese),
            ("euc-kr", korean),
            ("gb18030", chinese),
        ] {
            let encoding = Encoding::for_label(label.as_bytes()).unwrap();
            check(&encoding.encode(text).0, text);
        }
    }

    /// Proves that binaries, zeros and nothing are not text, and that zero padding does not make a binary of text.
    #[test]
    fn binaries_are_not_text() {
        let noise: Vec<u8> = (0..4096_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert!(!looks_like_text(&noise));
        assert!(!looks_like_text(&[0; 512]));
        assert!(!looks_like_text(b""));
        assert!(!looks_like_text(b"SQLite format 3\0\x10\0\x01\x01\0@  \0\0\0\0"));
        check(b"short record\0\0\0\0", "short record");
    }

    /// Proves that a declared encoding is believed unless the bytes contradict it.
    #[test]
    fn declarations_are_claims() {
        assert_eq!(decode_declared(b"caf\xE9", "iso-8859-1").text, "café");
        assert_eq!(decode_declared("café".as_bytes(), "iso-8859-1").text, "café");
        assert_eq!(decode_declared(b"plain", "utf-16").text, "plain");
        assert_eq!(decode_declared(b"plain", "no such label").text, "plain");
    }
}
