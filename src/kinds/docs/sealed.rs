//! Text that is encrypted for somebody: it is made of letters, and nobody here can read it.
//!
//! OpenPGP (RFC 9580, 6.2) writes messages between two lines of dashes, age (its specification at age-encryption.org)
//! likewise, or as a file that begins with its name. Signatures and keys are written so too and hide nothing.

/// What begins and ends a sealed passage.
const FRAMES: &[(&str, &str)] = &[
    ("-----BEGIN PGP MESSAGE", "-----END PGP MESSAGE"),
    ("-----BEGIN AGE ENCRYPTED FILE-----", "-----END AGE ENCRYPTED FILE-----"),
];

/// What a sealed file begins with.
const AGE_FILE: &str = "age-encryption.org/v1";

/// Lines of letters that make a passage of it where its end is missing: who writes about such lines shows none.
const LETTER_LINES_MIN: usize = 2;

/// Letters of the shortest full line: 64 and more in every program's output.
const LINE_LETTERS_MIN: usize = 60;

/// Is a file with this head sealed as a whole by age?
pub fn is_age_file(head: &[u8]) -> bool {
    head.strip_prefix(AGE_FILE.as_bytes()).is_some_and(|rest| rest.starts_with(b"\n-> "))
}

/// The text without its sealed passages; `None` where it has none.
pub fn open_part(text: &str) -> Option<String> {
    if is_age_file(text.as_bytes()) {
        return Some(String::new());
    }
    let mut open = String::new();
    let mut sealed = false;
    // What has no end further down has none from any later line either.
    let mut hopeful = true;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        // A quoted message has marks before each line.
        let bare = line.trim_start_matches(['>', ' ', '\t', '|', '\u{FEFF}']);
        let frame = FRAMES.iter().find(|(begin, _)| hopeful && bare.starts_with(begin));
        let rest = frame.map(|(_, end)| behind(lines.clone(), end));
        hopeful &= rest.as_ref().is_none_or(Option::is_some);
        match rest.flatten() {
            Some(rest) => {
                lines = rest;
                sealed = true;
            }
            None => {
                open.push_str(line);
                open.push('\n');
            }
        }
    }
    sealed.then_some(open)
}

/// The lines behind a passage that ends so, or none of them where its end was lost; `None` where there is no passage.
fn behind<'a>(lines: std::str::Lines<'a>, end: &str) -> Option<std::str::Lines<'a>> {
    let mut rest = lines;
    let mut letters = 0;
    for line in rest.by_ref() {
        if line.contains(end) {
            return Some(rest);
        }
        let line = line.trim_start_matches(['>', ' ']).trim_end();
        let coded = line.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
        letters += usize::from(coded && line.len() >= LINE_LETTERS_MIN);
    }
    (letters >= LETTER_LINES_MIN).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passage(end: &str) -> String {
        format!("-----BEGIN PGP MESSAGE-----\nVersion: 1\n\n{}{end}", format!("{}\n", "hQEMA+w/9".repeat(7)).repeat(3))
    }

    /// Proves that sealed passages are cut out, quoted and cut off ones too, and that what stands around them stays.
    #[test]
    fn passages_are_cut_out() {
        let whole = passage("=abcd\n-----END PGP MESSAGE-----\n");
        assert_eq!(open_part(&whole).as_deref(), Some(""));
        assert_eq!(open_part(&passage("")).as_deref(), Some(""), "the end is lost");
        assert_eq!(open_part(&format!("Dear all,\n{whole}Yours")).as_deref(), Some("Dear all,\nYours\n"));
        let quoted: String = whole.lines().map(|line| format!("> {line}\n")).collect();
        assert_eq!(open_part(&quoted).as_deref(), Some(""));
        assert_eq!(open_part("age-encryption.org/v1\n-> X25519 abc\nxyz\n--- mac\n").as_deref(), Some(""));
    }

    /// Proves that signed text, keys and letters that speak of such things are left alone.
    #[test]
    fn nothing_sealed() {
        for text in [
            "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nThe child is well.\n-----BEGIN PGP SIGNATURE-----\n",
            "-----BEGIN PGP PUBLIC KEY BLOCK-----\nmQENBF\n-----END PGP PUBLIC KEY BLOCK-----\n",
            "Please send it with -----BEGIN PGP MESSAGE----- before it.\nThank you.",
            "-----BEGIN PGP MESSAGE----- is how it begins.\nWe could not open it.",
            "age-encryption.org/v1 is a format.",
        ] {
            assert_eq!(open_part(text), None, "{text}");
        }
    }
}
