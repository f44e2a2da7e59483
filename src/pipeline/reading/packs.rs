//! Which language pack reads which language: names in tesseract for BCP 47 tags and for scripts.

use crate::jail::Stands;

/// A script is worth a try where the page's stand is told with this confidence: on pages that are only blur the reader
/// names scripts with confidence, and their stand with less than 1.5.
const STAND_CONFIDENCE_TRY_MIN: f32 = 2.0;

/// A script is believed without being read where the stand's confidence is well above what blur and charts give (1.5),
/// and the script's own above nothing. Asked only of pages that are noise when read as Latin.
const STAND_CONFIDENCE_SURE_MIN: f32 = 5.0;

/// See [`STAND_CONFIDENCE_SURE_MIN`].
const SCRIPT_CONFIDENCE_SURE_MIN: f32 = 0.5;

/// The pack a page is read with first: most pages are English, and its letters are those of half the world.
const FIRST: &str = "eng";

/// Tag and pack. Relatives that share letters and most words share a pack.
const TAGS: &[(&str, &str)] = &[
    ("af", "afr"),
    ("am", "amh"),
    ("ar", "ara"),
    ("az", "aze"),
    ("be", "bel"),
    ("bg", "bul"),
    ("bn", "ben"),
    ("bs", "bos"),
    ("ca", "cat"),
    ("cs", "ces"),
    ("cy", "cym"),
    ("da", "dan"),
    ("de", "deu"),
    ("el", "ell"),
    ("en", "eng"),
    ("es", "spa"),
    ("et", "est"),
    ("eu", "eus"),
    ("fa", "fas"),
    ("fi", "fin"),
    ("fr", "fra"),
    ("ga", "gle"),
    ("gu", "guj"),
    ("he", "heb"),
    ("hi", "hin"),
    ("hr", "hrv"),
    ("ht", "hat"),
    ("hu", "hun"),
    ("hy", "hye"),
    ("id", "ind"),
    ("is", "isl"),
    ("it", "ita"),
    ("ja", "jpn"),
    ("ka", "kat"),
    ("kk", "kaz"),
    ("km", "khm"),
    ("kn", "kan"),
    ("ko", "kor"),
    ("lo", "lao"),
    ("lt", "lit"),
    ("lv", "lav"),
    ("mk", "mkd"),
    ("ml", "mal"),
    ("mn", "mon"),
    ("mr", "mar"),
    ("ms", "msa"),
    ("my", "mya"),
    ("nb", "nor"),
    ("ne", "nep"),
    ("nl", "nld"),
    ("nn", "nor"),
    ("no", "nor"),
    ("pa", "pan"),
    ("pl", "pol"),
    ("ps", "pus"),
    ("pt", "por"),
    ("ro", "ron"),
    ("ru", "rus"),
    ("si", "sin"),
    ("sk", "slk"),
    ("sl", "slv"),
    ("sq", "sqi"),
    ("sr", "srp"),
    ("sv", "swe"),
    ("sw", "swa"),
    ("ta", "tam"),
    ("te", "tel"),
    ("th", "tha"),
    ("tl", "fil"),
    ("tr", "tur"),
    ("uk", "ukr"),
    ("ur", "urd"),
    ("uz", "uzb"),
    ("vi", "vie"),
    ("zh", "chi_sim"),
];

/// Script by its name in tesseract, the packs that read it, the likeliest first, and the tag of the script where no pack
/// is installed: the language it is mostly written for.
const SCRIPTS: &[(&str, &[&str], &str)] = &[
    ("Arabic", &["ara", "fas", "urd", "pus"], "ar"),
    ("Armenian", &["hye"], "hy"),
    ("Bengali", &["ben"], "bn"),
    ("Cyrillic", &["rus", "ukr", "bul", "srp", "mkd", "bel", "kaz", "mon"], "ru"),
    ("Devanagari", &["hin", "nep", "mar"], "hi"),
    ("Ethiopic", &["amh"], "am"),
    ("Georgian", &["kat"], "ka"),
    ("Greek", &["ell"], "el"),
    ("Gujarati", &["guj"], "gu"),
    ("Gurmukhi", &["pan"], "pa"),
    ("Han", &["chi_sim", "chi_tra", "jpn"], "zh"),
    ("Hangul", &["kor"], "ko"),
    ("Hebrew", &["heb"], "he"),
    ("Japanese", &["jpn"], "ja"),
    ("Kannada", &["kan"], "kn"),
    ("Khmer", &["khm"], "km"),
    ("Korean", &["kor"], "ko"),
    ("Lao", &["lao"], "lo"),
    ("Malayalam", &["mal"], "ml"),
    ("Myanmar", &["mya"], "my"),
    ("Sinhala", &["sin"], "si"),
    ("Tamil", &["tam"], "ta"),
    ("Telugu", &["tel"], "te"),
    ("Thai", &["tha"], "th"),
];

/// A pack for each script other than Latin that is much written in, by how much.
const COMMON_SCRIPTS: &[&str] = &["chi_sim", "ara", "hin", "rus", "jpn", "kor", "ben", "heb", "ell"];

/// A pack for each of the others.
const OTHER_SCRIPTS: &[&str] =
    &["tel", "tam", "kan", "mal", "guj", "pan", "amh", "mya", "khm", "hye", "kat", "sin", "lao", THAI];

/// Thai, tried last: its pack takes much for Thai that is not.
const THAI: &str = "tha";

/// The packs that are installed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packs<'a>(pub(super) &'a [String]);

impl<'a> Packs<'a> {
    /// The pack to begin with; `None` where nothing can be read.
    pub(super) fn first(self) -> Option<&'a str> {
        let readers = || self.0.iter().map(String::as_str).filter(|pack| *pack != "osd");
        readers().find(|pack| *pack == FIRST).or_else(|| readers().next())
    }

    /// The installed pack of a language.
    pub(super) fn of_tag(self, tag: &str) -> Option<&'a str> {
        let primary = tag.split('-').next().unwrap_or(tag);
        let (_, pack) = TAGS.iter().find(|(known, _)| *known == primary)?;
        self.installed(pack)
    }

    /// The installed packs of a script, the likeliest first; empty for Latin, which [`Self::first`] reads.
    pub(super) fn of_script(self, script: &str) -> Vec<&'a str> {
        let known = SCRIPTS.iter().find(|(name, _, _)| *name == script);
        known.map(|(_, packs, _)| packs.iter().filter_map(|pack| self.installed(pack)).collect()).unwrap_or_default()
    }

    /// Installed packs for the scripts most written in, one each: for a page whose script cannot be told.
    pub(super) fn of_common_scripts(self) -> Vec<&'a str> {
        COMMON_SCRIPTS.iter().filter_map(|pack| self.installed(pack)).collect()
    }

    /// The same for the other scripts.
    pub(super) fn of_other_scripts(self) -> Vec<&'a str> {
        OTHER_SCRIPTS.iter().filter_map(|pack| self.installed(pack)).collect()
    }

    /// The installed packs of the script that this pack reads, itself among them; empty for Latin.
    pub(super) fn of_the_script_of(self, pack: &str) -> Vec<&'a str> {
        let known = SCRIPTS.iter().find(|(_, packs, _)| packs.contains(&pack));
        known.map(|(script, _, _)| self.of_script(script)).unwrap_or_default()
    }

    fn installed(self, pack: &str) -> Option<&'a str> {
        self.0.iter().map(String::as_str).find(|installed| *installed == pack)
    }
}

/// Do these read so much into whatever they are given that only a good result counts?
pub(super) fn believes_anything(packs: &[String]) -> bool {
    packs.iter().any(|pack| pack == THAI)
}

/// Is it sure how the page stands, so that there is text on it?
pub(super) fn stands_surely(stands: &Stands) -> bool {
    stands.confidence >= STAND_CONFIDENCE_TRY_MIN
}

/// The script other than Latin in which a page may be written.
pub(super) fn likely_script(stands: &Stands) -> Option<&'static str> {
    let known = SCRIPTS.iter().find(|(name, _, _)| *name == stands.script)?;
    stands_surely(stands).then_some(known.0)
}

/// The same, where it is so sure that it may be said of a page that cannot be read.
pub(super) fn certain_script(stands: &Stands) -> Option<&'static str> {
    let sure = stands.confidence >= STAND_CONFIDENCE_SURE_MIN && stands.script_confidence >= SCRIPT_CONFIDENCE_SURE_MIN;
    likely_script(stands).filter(|_| sure)
}

/// The language a script is mostly written for.
pub(super) fn tag_of_script(script: &str) -> Option<&'static str> {
    SCRIPTS.iter().find(|(name, _, _)| *name == script).map(|(_, _, tag)| *tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that packs are offered only where they are installed, and that English comes first.
    #[test]
    fn only_installed_packs_are_offered() {
        let installed = ["ara", "eng", "osd", "spa"].map(str::to_owned);
        let packs = Packs(&installed);
        assert_eq!(packs.first(), Some("eng"));
        assert_eq!(packs.of_tag("es-MX"), Some("spa"));
        assert_eq!(packs.of_tag("pl"), None);
        assert_eq!(packs.of_script("Arabic"), ["ara"]);
        assert_eq!(packs.of_common_scripts(), ["ara"]);
        assert_eq!(packs.of_the_script_of("urd"), ["ara"]);
        assert!(packs.of_the_script_of("spa").is_empty());
        assert!(packs.of_script("Han").is_empty() && packs.of_script("Latin").is_empty());
        assert_eq!(Packs(&installed[2..3]).first(), None);
    }

    /// Proves that a script is tried on a doubt, and believed only where nothing speaks against it.
    #[test]
    fn scripts_need_confidence() {
        let stands = |script: &str, confidence, script_confidence| Stands {
            quarter_turns: 0,
            confidence,
            script: script.to_owned(),
            script_confidence,
        };
        let clear = stands("Devanagari", 12.0, 2.0);
        assert_eq!((likely_script(&clear), certain_script(&clear)), (Some("Devanagari"), Some("Devanagari")));
        let doubtful = stands("Han", 10.0, 0.2);
        assert_eq!((likely_script(&doubtful), certain_script(&doubtful)), (Some("Han"), None));
        assert_eq!(likely_script(&stands("Arabic", 0.4, 3.3)), None);
        assert_eq!(likely_script(&stands("Latin", 9.0, 9.0)), None);
        assert!(SCRIPTS.iter().all(|(script, _, tag)| tag_of_script(script) == Some(*tag)));
    }
}
