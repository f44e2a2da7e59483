//! What a test needs and the machine it runs on may lack: outside programs, the corpus beside the project, rights. A test
//! that lacks something says so and passes, unless everything is required: then it fails.

/// What is lacking.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Lack {
    /// A program, client or collection that `make test` installs, or that lies beside the project.
    Installable,
    /// A right that not every machine gives.
    Right,
}

/// Says why a test proves nothing here. `CASEGATE_REQUIRE_ALL=installed` fails it where something installable is lacking,
/// `CASEGATE_REQUIRE_ALL=1` in any case.
///
/// # Panics
/// Where what is lacking is required.
#[allow(clippy::print_stderr, reason = "the reader of a test run must see what was not tested")]
pub(crate) fn skip(lack: Lack, why: &str) {
    let required = std::env::var("CASEGATE_REQUIRE_ALL").unwrap_or_default();
    assert!(!is_required(&required, lack), "CASEGATE_REQUIRE_ALL={required}, and this cannot be tested: {why}");
    eprintln!("skipped: {why}");
}

fn is_required(required: &str, lack: Lack) -> bool {
    match required {
        "" | "0" => false,
        "installed" => lack == Lack::Installable,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves what is required by which value: nothing, what can be installed, everything.
    #[test]
    fn what_is_required() {
        for (required, installable, right) in [
            ("", false, false),
            ("0", false, false),
            ("installed", true, false),
            ("1", true, true),
            ("yes", true, true),
        ] {
            assert_eq!(is_required(required, Lack::Installable), installable, "{required}");
            assert_eq!(is_required(required, Lack::Right), right, "{required}");
        }
    }
}
