//! Would a name leave the folder that it is unpacked into?
//!
//! We never unpack into folders, so such a name cannot harm us. It tells that the container was made to harm others.

/// How a name leaves its folder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::kinds) enum Escape {
    /// It starts at the root.
    Absolute,
    /// It names a drive (`C:`).
    Drive,
    /// It climbs with `..`.
    Climbs,
}

impl Escape {
    /// In words, for the detail of an observation.
    pub(in crate::kinds) const fn words(self) -> &'static str {
        match self {
            Self::Absolute => "the name starts at the root of the file system",
            Self::Drive => "the name starts with a drive",
            Self::Climbs => "the name climbs out with `..`",
        }
    }
}

/// Says whether the name escapes. Both slashes separate, because on some system each of them does.
pub(in crate::kinds) fn escape(name: &[u8]) -> Option<Escape> {
    let separator = |byte: &u8| matches!(byte, b'/' | b'\\');
    if name.first().is_some_and(separator) {
        return Some(Escape::Absolute);
    }
    if name.len() > 1 && name[0].is_ascii_alphabetic() && name[1] == b':' {
        return Some(Escape::Drive);
    }
    name.split(separator).any(|part| part == b"..").then_some(Escape::Climbs)
}

/// Does this link lead out of the folder it lies in? A relative one may climb as many folders as it lies deep.
pub(in crate::kinds) fn link_escapes(name: &[u8], target: &[u8]) -> bool {
    if matches!(escape(target), Some(Escape::Absolute | Escape::Drive)) {
        return true;
    }
    let mut depth = name.iter().filter(|byte| **byte == b'/').count() as i64;
    for part in target.split(|byte| matches!(byte, b'/' | b'\\')) {
        match part {
            b"" | b"." => {}
            b".." => depth -= 1,
            _ => depth += 1,
        }
        if depth < 0 {
            return true;
        }
    }
    false
}

/// Is the last part of this name `DICOMDIR`? Then the container is a medium (PS3.10 8.6).
pub(in crate::kinds) fn is_dicomdir(name: &[u8]) -> bool {
    let last = name.rsplit(|byte| *byte == b'/').next().unwrap_or(name);
    last.eq_ignore_ascii_case(b"DICOMDIR")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that each way out of a folder is seen, and that dots within names are not taken for one.
    #[test]
    fn sees_names_that_escape() {
        assert_eq!(escape(b"../x"), Some(Escape::Climbs));
        assert_eq!(escape(b"a/../../x"), Some(Escape::Climbs));
        assert_eq!(escape(b"a\\..\\x"), Some(Escape::Climbs));
        assert_eq!(escape(b"/etc/passwd"), Some(Escape::Absolute));
        assert_eq!(escape(b"\\\\host\\share"), Some(Escape::Absolute));
        assert_eq!(escape(b"c:x"), Some(Escape::Drive));
        for fine in [&b"a/b.txt"[..], b"a..b/...", b"..a", b"dir\\file", b""] {
            assert_eq!(escape(fine), None);
        }
    }

    /// Proves that a link may climb within its archive but not out of it.
    #[test]
    fn tells_links_inside_from_links_outside() {
        assert!(!link_escapes(b"a/b/link", b"../../c"));
        assert!(link_escapes(b"a/link", b"../../c"));
        assert!(link_escapes(b"link", b"/etc/passwd"));
        assert!(link_escapes(b"a/link", b"b/../../../c"));
    }
}
