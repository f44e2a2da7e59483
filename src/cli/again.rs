//! How this program was called, for the commands that it names as the next ones: taken literally, they have to reach the
//! same site.

use super::arguments::Arguments;
use crate::domain::ids::CaseId;
use std::{path::Path, sync::OnceLock};

static CALLED: OnceLock<String> = OnceLock::new();

/// Keeps what this call says about which site is meant.
pub(super) fn keep(arguments: &Arguments) {
    let mut called = "casegate".to_owned();
    for (option, path) in [(" --config ", &arguments.config), (" --data ", &arguments.data)] {
        if let Some(path) = path {
            called.push_str(option);
            called.push_str(&quoted(path));
        }
    }
    // One process is called once.
    let _ = CALLED.set(called);
}

/// `casegate` with the options that every next command needs as well.
pub(super) fn casegate() -> &'static str {
    CALLED.get().map_or("casegate", String::as_str)
}

/// Words in which commands stand in backquotes, with those options in each: whoever copies one reaches the same site. Who
/// wrote the words knows nothing of how this program was called, and may be the daemon.
pub(super) fn literally(words: &str) -> String {
    to_site(words, casegate())
}

/// The same about one case, whose id stands in place of `CASE` where the command is about it; a document may be brought to
/// any other.
pub(super) fn about(words: &str, case: CaseId) -> String {
    let words = words.replace("--case CASE", &format!("--case {case}"));
    literally(&words.replace("case password CASE", &format!("case password {case}")))
}

fn to_site(words: &str, casegate: &str) -> String {
    words.replace("`casegate ", &format!("`{casegate} "))
}

/// A path as a shell takes it for one word.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+=:,@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that every command that is named in a sentence gets the options, and nothing else of it changes.
    #[test]
    fn commands_in_sentences_reach_the_site() {
        let words = "casegate has none; `casegate case list` shows them, `casegate link list` too, `--yes` not";
        let said = to_site(words, "casegate --data 'my site'");
        let expected = "casegate has none; `casegate --data 'my site' case list` shows them, `casegate --data 'my site' \
                        link list` too, `--yes` not";
        assert_eq!(said, expected);
        assert_eq!(to_site(words, "casegate"), words);
    }

    /// Proves that a path is one word for a shell, whatever is in it.
    #[test]
    fn paths_are_one_word() {
        for (path, word) in
            [("/srv/casegate", "/srv/casegate"), ("my site", "'my site'"), ("it's", r"'it'\''s'"), ("$HOME", "'$HOME'")]
        {
            assert_eq!(quoted(Path::new(path)), word);
        }
    }
}
