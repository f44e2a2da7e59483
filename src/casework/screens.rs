//! Is a picture the screen of a viewer? Told by what viewers and ultrasound machines write over what they show.
//!
//! Only words that stand in light letters over a dark picture are looked at (`kinds::raster::overlay`): the same words in
//! a report are a report. One alone may be chance; two of different sorts are not (docs/verdicts.md, "Pictures of a
//! viewer").

use crate::domain::reading::{ReadWord, ScreenSign};
use std::collections::BTreeSet;

/// Sorts of signs that make a screen.
const SIGNS_MIN: usize = 2;

/// Words below this confidence are noise.
const CONFIDENCE_MIN: f32 = 0.3;

/// Words that a number follows, by what they say; in the languages of common viewers, with what readers make of them.
const LABELS: &[(ScreenSign, &[&str])] = &[
    (ScreenSign::Window, &["wl", "ww", "wil", "wwl", "window", "level", "fenster", "ventana", "nivel", "fenêtre"]),
    (ScreenSign::Number, &["se", "series", "serie", "série", "im", "img", "image", "imagen", "bild", "ima", "frame"]),
    (ScreenSign::Zoom, &["zoom", "zeom", "mag", "mf", "vergr", "ampliación", "agrandissement"]),
    (ScreenSign::Exposure, &["kv", "kvp", "ky", "mas", "ma"]),
    (ScreenSign::Slice, &["sl", "thk", "thickness", "schichtdicke", "grosor", "épaisseur", "location", "tischpos"]),
    (ScreenSign::Echo, &["tr", "te"]),
    (ScreenSign::Field, &["fov", "dfov"]),
    (ScreenSign::Gain, &["gn", "gain", "dr", "frq", "prf"]),
];

/// Words that say a place or a thickness where millimetres follow.
const MILLIMETRES: &[&str] = &["t", "l", "st", "sp", "loc", "pos", "position", "posición", "slice", "coupe"];

/// Words that say a sign by themselves.
const NAMES: &[&str] = &["horos", "osirix", "weasis", "ohif", "radiant", "microdicom", "uncompressed", "lossy"];

/// Do these signs make a screen?
pub fn is_screen(signs: &[ScreenSign]) -> bool {
    signs.len() >= SIGNS_MIN
}

/// The sorts of signs among words that were read over a dark picture, each once, in order.
pub fn signs(words: &[ReadWord]) -> Vec<ScreenSign> {
    let mut found = BTreeSet::new();
    let sure: Vec<&ReadWord> = words.iter().filter(|word| word.confidence >= CONFIDENCE_MIN).collect();
    for line in sure.chunk_by(|one, next| one.line == next.line) {
        let tokens: Vec<Token> = line.iter().flat_map(|word| tokens(&word.text)).collect();
        of_line(&tokens, &mut found);
    }
    found.into_iter().collect()
}

/// A run of letters, or a number.
#[derive(Clone, PartialEq, Debug)]
enum Token {
    /// In small letters.
    Word(String),
    /// With its value, and whether it has a decimal point.
    Number(f32, bool),
}

impl Token {
    fn is(&self, words: &[&str]) -> bool {
        matches!(self, Self::Word(word) if words.contains(&word.as_str()))
    }

    /// A number without a fraction, of two digits and more.
    fn is_count(&self) -> bool {
        matches!(self, Self::Number(value, false) if *value >= 10.0)
    }

    fn is_number(&self) -> bool {
        matches!(self, Self::Number(..))
    }
}

fn of_line(tokens: &[Token], found: &mut BTreeSet<ScreenSign>) {
    let at = |index: usize| tokens.get(index);
    let number_at = |index: usize| at(index).is_some_and(Token::is_number);
    for (index, token) in tokens.iter().enumerate() {
        let labels = LABELS.iter().filter(|(_, words)| token.is(words) && number_at(index + 1));
        found.extend(labels.map(|(sign, _)| *sign));
        if token.is(NAMES) || token.is(&["dicom"]) && at(index + 1).is_some_and(|next| next.is(&["viewer"])) {
            found.insert(ScreenSign::Viewer);
        }
        let millimetres = number_at(index + 1) && at(index + 2).is_some_and(|unit| unit.is(&["mm"]));
        if token.is(MILLIMETRES) && millimetres {
            found.insert(ScreenSign::Slice);
        }
        if token.is(&["size"]) && number_at(index + 1) && at(index + 2).is_some_and(|by| by.is(&["x"])) {
            found.insert(ScreenSign::Field);
        }
        if token.is(&["z"]) && matches!(at(index + 1), Some(Token::Number(_, true))) {
            found.insert(ScreenSign::Zoom);
        }
        if token.is_number() && at(index + 1).is_some_and(|unit| unit.is(&["mhz", "db"])) {
            found.insert(ScreenSign::Gain);
        }
        if is_index(token, at(index + 1)) {
            found.insert(ScreenSign::Acoustic);
        }
    }
    if is_window(tokens) {
        found.insert(ScreenSign::Window);
    }
}

/// `W 400 L 40`, `W/L 400/40`, `C40 W400`, and `W400` as a line of its own.
fn is_window(tokens: &[Token]) -> bool {
    const BESIDE: &[&str] = &["l", "c", "w"];
    let pair = tokens.windows(4).any(|four| {
        four[0].is(BESIDE) && four[1].is_number() && four[2].is(BESIDE) && four[3].is_number() && four[0] != four[2]
    });
    let both = tokens.windows(3).any(|three| three[0].is(&["w"]) && three[1].is(&["l"]) && three[2].is_count());
    let alone = matches!(tokens, [word, number] if word.is(&["w", "c"]) && number.is_count());
    pair || both || alone
}

/// Mechanical index 0.1 to 1.9, thermal indices up to 6 (IEC 62359), as they are displayed: with one decimal.
fn is_index(token: &Token, next: Option<&Token>) -> bool {
    let Some(Token::Number(value, fraction)) = next else { return false };
    // No word is like what readers make of `TIs 0.4` and its kin.
    let index = |below: f32| *fraction && *value < below;
    token.is(&["tiso", "tibo", "tico"])
        || token.is(&["mi"]) && index(2.0)
        || token.is(&["tis", "tib", "tic"]) && index(6.0)
}

/// Takes a word apart where letters, numbers and anything else meet: `kV:140/mAs` is four of them.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length_of = |part: fn(char) -> bool| rest.find(|c| !part(c)).unwrap_or(rest.len());
        let length = if first.is_ascii_digit() {
            length_of(|c| c.is_ascii_digit() || c == '.' || c == ',')
        } else if first.is_alphabetic() {
            length_of(char::is_alphabetic)
        } else {
            first.len_utf8()
        };
        let (part, after) = rest.split_at(length);
        if first.is_ascii_digit() {
            let digits = part.trim_end_matches(['.', ',']).replace(',', ".");
            tokens.extend(digits.parse().ok().map(|value| Token::Number(value, digits.contains('.'))));
        } else if first.is_alphabetic() {
            tokens.push(Token::Word(part.to_lowercase()));
        }
        rest = after;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(lines: &[&str]) -> Vec<ReadWord> {
        let word = |text: &str, line: usize| ReadWord {
            text: text.to_owned(),
            confidence: 0.9,
            line: line as u32,
            ..ReadWord::default()
        };
        lines
            .iter()
            .enumerate()
            .flat_map(|(line, text)| text.split_whitespace().map(move |text| word(text, line)))
            .collect()
    }

    #[track_caller]
    fn check(lines: &[&str], expected: &[ScreenSign]) {
        assert_eq!(signs(&words(lines)), expected, "{lines:?}");
    }

    /// Proves that what viewers write is understood in their several ways.
    #[test]
    fn viewers_are_understood() {
        use ScreenSign::{Acoustic, Echo, Exposure, Field, Gain, Number, Slice, Viewer, Window, Zoom};
        check(&["WL: 50 WW: 350", "Im: 13/24", "Zoom: 187%"], &[Window, Number, Zoom]);
        check(&["W/L 2500/600", "Se: 2"], &[Window, Number]);
        check(&["W400", "C40", "kV: 140/mAs: 73"], &[Window, Exposure]);
        check(&["W = 640 L = 312", "DFOV 28.7cm"], &[Window, Field]);
        check(&["T: 2.5mm L: -144.0mm"], &[Slice]);
        check(&["Fenster. 60", "Bild 231 von 245", "Schichtdicke: 1,2 mm"], &[Window, Number, Slice]);
        check(&["TR: 450/TE: 114.0", "SL 1.2"], &[Slice, Echo]);
        check(&["Image size: 512 x 512", "Made In Horos"], &[Field, Viewer]);
        check(&["MI 1.2 TIs 0.6", "Gn 14", "3.5MHz"], &[Acoustic, Gain]);
    }

    /// Proves that what other dark pictures have written on them is not a screen, nor what is not sure.
    #[test]
    fn other_words_are_no_screen() {
        let others: &[&[&str]] = &[
            &["2024-03-14 02:21:17", "CAM 03", "GARAGE"],
            &["Tumour Board 14.03.2024", "CA 19-9: 412 U/ml", "Question: resectable?"],
            &["They did the CT, the doctor said W/L something", "yes, 3 series, 120 images"],
            &["Haemoglobin 12.4 g/dL", "Platelets 312", "CRP 48 mg/L"],
            &["HR 84", "SpO2 97 %", "RESP 18", "II 25 mm/s"],
            &["CH1 500mV", "M 2.00ms", "Trig: Auto"],
        ];
        for lines in others {
            assert!(!is_screen(&signs(&words(lines))), "{lines:?}: {:?}", signs(&words(lines)));
        }
        let mut unsure = words(&["WL: 50", "Zoom 100"]);
        unsure.iter_mut().for_each(|word| word.confidence = 0.1);
        assert!(signs(&unsure).is_empty());
    }
}
