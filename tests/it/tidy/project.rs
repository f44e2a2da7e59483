//! What the project has to hold beside code.

use super::{files, none, root};
use casegate::{
    domain::reason::Reason,
    outlet::words::{self, Audience},
};
use std::{collections::BTreeSet, fs};

/// Proves that every reason can be said to every reader.
#[test]
fn every_reason_has_words() {
    let mut breaches = Vec::new();
    for reason in Reason::ALL {
        for audience in Audience::ALL {
            let words = words::of(*reason, *audience);
            if words.wrong.is_empty() || words.next.is_empty() {
                breaches.push(format!("{reason} for {audience:?}"));
            }
        }
    }
    none("reasons without words", &breaches);
}

/// Proves that every folder of samples says what is expected of them and on what terms they may be used.
#[test]
fn samples_say_what_is_expected_and_their_licence() {
    let mut breaches = Vec::new();
    for folder in fs::read_dir(root().join("samples")).unwrap() {
        let folder = folder.unwrap();
        let expected = fs::read_to_string(folder.path().join("expected.toml")).unwrap_or_default();
        let licensed = ["licence", "free to use", "CC0"].iter().any(|word| expected.contains(word));
        if !licensed && !folder.path().join("LICENCE").exists() {
            breaches.push(format!("{:?} has neither expected.toml with a licence nor LICENCE", folder.file_name()));
        }
    }
    none("samples", &breaches);
}

/// Proves that every dependency says in half a line why it is there.
#[test]
fn every_dependency_has_a_reason() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let mut breaches = Vec::new();
    let (mut section, mut line_of_dependency) = (String::new(), String::new());
    for line in manifest.lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']').to_owned();
            continue;
        }
        if !section.ends_with("dependencies") || line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        // A dependency with many features runs over several lines; its reason stands at the end.
        line_of_dependency.push_str(line);
        if line_of_dependency.matches('[').count() > line_of_dependency.matches(']').count() {
            continue;
        }
        let reason = line_of_dependency.rsplit_once('#').map_or("", |(_, reason)| reason.trim());
        if reason.len() < 5 {
            breaches.push(line_of_dependency.clone());
        }
        line_of_dependency.clear();
    }
    none("dependencies without a reason", &breaches);
}

/// Proves that nothing names the machine it was written on, or a registry of its own.
#[test]
fn nothing_names_a_machine() {
    // Taken apart, so that this file does not name them either.
    let machine = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/tmp", "/bash")];
    let registries = [
        concat!("registry.", "npmjs"),
        concat!("index.", "crates.io"),
        concat!("go", "proxy"),
        concat!("artifact", "ory"),
    ];
    let mut breaches = Vec::new();
    for ending in
        [".rs", ".toml", ".md", ".sh", ".py", ".json", ".txt", "Makefile", "run", ".service", "Containerfile", ".html"]
    {
        for source in files("", ending) {
            let named = |word: &&&str| source.text.contains(**word);
            let lock = source.path.ends_with("package-lock.json");
            let words = machine.iter().chain(registries.iter().filter(|_| !lock));
            breaches.extend(words.filter(named).map(|word| format!("{} names {word}", source.path)));
        }
    }
    none("machine paths and registries", &breaches);
}

/// Proves that the links between the project's documents lead somewhere.
#[test]
fn documents_link_to_what_is_there() {
    let mut breaches = BTreeSet::new();
    for document in files("", ".md") {
        let folder = root().join(&document.path).parent().unwrap().to_owned();
        for (at, _) in document.text.match_indices("](") {
            let target = document.text[at + 2..].split([')', '#', ' ', '\n']).next().unwrap_or_default();
            let elsewhere = target.is_empty() || target.contains("://") || target.starts_with("mailto:");
            if !elsewhere && !folder.join(target).exists() {
                breaches.insert(format!("{} links to {target}", document.path));
            }
        }
    }
    none("links", &breaches.into_iter().collect::<Vec<_>>());
}

/// Proves that the changelog speaks of the version that is built, or of what is not yet released.
#[test]
fn changelog_is_kept() {
    let changelog = fs::read_to_string(root().join("CHANGELOG.md")).unwrap();
    let version = format!("## {}", env!("CARGO_PKG_VERSION"));
    assert!(changelog.contains("## Unreleased") || changelog.contains(&version), "neither Unreleased nor {version}");
}
