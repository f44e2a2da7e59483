//! The character set that a message states in MSH-18 (HL7 table 0211), as a label of the WHATWG Encoding Standard.

/// Names of the table and their labels.
const SETS: &[(&str, &str)] = &[
    ("ASCII", "windows-1252"),
    ("8859/1", "iso-8859-1"),
    ("8859/2", "iso-8859-2"),
    ("8859/3", "iso-8859-3"),
    ("8859/4", "iso-8859-4"),
    ("8859/5", "iso-8859-5"),
    ("8859/6", "iso-8859-6"),
    ("8859/7", "iso-8859-7"),
    ("8859/8", "iso-8859-8"),
    ("8859/9", "iso-8859-9"),
    ("8859/15", "iso-8859-15"),
    ("ISO IR14", "iso-2022-jp"),
    ("ISO IR87", "iso-2022-jp"),
    ("ISO IR159", "iso-2022-jp"),
    ("GB 18030-2000", "gb18030"),
    ("KS X 1001", "euc-kr"),
    ("BIG-5", "big5"),
    ("UNICODE", "utf-8"),
    ("UNICODE UTF-8", "utf-8"),
    ("UTF-8", "utf-8"),
];

/// Bytes at the start in which the first MSH segment ends.
const HEAD_BYTES: usize = 4096;

/// The label of the set that the first message states; `None` where it states none that is known.
pub(super) fn label(bytes: &[u8]) -> Option<&'static str> {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    let start = head.windows(3).position(|window| window == b"MSH")?;
    let line = head[start..].split(|byte| matches!(byte, b'\r' | b'\n')).next()?;
    let (separator, repeat) = (*line.get(3)?, *line.get(5)?);
    // MSH-1 is the separator itself, so the field at this place counts one more.
    let field = line.split(|byte| *byte == separator).nth(17)?;
    // Of several sets the first is the one to start with; the others come in by escapes that state themselves.
    let sets = field.split(|byte| *byte == repeat).filter_map(|set| std::str::from_utf8(set).ok());
    let known =
        |set: &str| SETS.iter().find(|(name, _)| name.eq_ignore_ascii_case(set.trim())).map(|(_, label)| *label);
    let labels: Vec<&str> = sets.filter_map(known).collect();
    // An extension by ISO 2022 covers ASCII as well.
    labels.iter().copied().find(|label| *label == "iso-2022-jp").or_else(|| labels.first().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that the stated set is found, the Japanese extension before plain ASCII, and nothing where none is stated.
    #[test]
    fn stated_sets() {
        let msh = |set: &str| format!("\u{B}MSH|^~\\&|A|B|C|D|20240101||ORU^R01|1|P|2.5||||||{set}\rPID|1");
        assert_eq!(label(msh("8859/2").as_bytes()), Some("iso-8859-2"));
        assert_eq!(label(msh("ASCII~ISO IR87").as_bytes()), Some("iso-2022-jp"));
        assert_eq!(label(msh("UNICODE UTF-8").as_bytes()), Some("utf-8"));
        assert_eq!(label(msh("").as_bytes()), None);
        assert_eq!(label(b"MSH|^~\\&|A\rPID"), None);
        assert_eq!(label(b"MSH"), None);
    }
}
