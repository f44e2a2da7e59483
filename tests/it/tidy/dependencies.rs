//! What may be depended on, by `deploy/deny.toml`: licences, bans, sources. cargo-deny checks the same and more where it is
//! installed; this needs nothing but Cargo, and no network.

use super::root;
use semver::{Version, VersionReq};
use serde_json::Value;
use spdx::{Expression, ParseMode};
use std::{collections::BTreeSet, fs, process::Command};

/// Every package that is compiled here, ours among them.
fn packages() -> Vec<Value> {
    let metadata = |further: &[&str]| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["metadata", "--format-version=1", "--locked", "--filter-platform=x86_64-unknown-linux-gnu"]);
        cargo.args(further).current_dir(root()).output().unwrap()
    };
    // What was compiled is there; what was not, and is named all the same, Cargo may have to look up.
    let mut output = metadata(&["--offline"]);
    if !output.status.success() {
        output = metadata(&[]);
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let resolved: BTreeSet<String> =
        metadata["resolve"]["nodes"].as_array().unwrap().iter().map(|node| node["id"].to_string()).collect();
    let all = metadata["packages"].as_array().unwrap().iter();
    all.filter(|package| resolved.contains(&package["id"].to_string())).cloned().collect()
}

fn rules() -> toml::Table {
    fs::read_to_string(root().join("deploy/deny.toml")).unwrap().parse().unwrap()
}

fn word<'a>(package: &'a Value, field: &str) -> &'a str {
    package[field].as_str().unwrap_or_default()
}

/// Is a licence of this expression among the allowed ones, however its parts are joined?
fn is_allowed(expression: &str, allowed: &[Expression]) -> bool {
    // Older manifests write `/` for `OR`.
    let Ok(expression) = Expression::parse_mode(expression, ParseMode::LAX) else { return false };
    expression.evaluate(|wanted| allowed.iter().any(|one| one.requirements().any(|rule| rule.req == *wanted)))
}

fn allowed() -> Vec<Expression> {
    let rules = rules();
    let allow = rules["licenses"]["allow"].as_array().unwrap();
    allow.iter().map(|licence| Expression::parse(licence.as_str().unwrap()).unwrap()).collect()
}

/// Proves that whatever is compiled may be shipped under our own licences.
#[test]
fn licences_are_allowed() {
    let allowed = allowed();
    let strangers = packages().into_iter().filter(|package| !is_allowed(word(package, "license"), &allowed));
    let strangers: Vec<String> = strangers.map(|p| format!("{} {}", word(&p, "name"), word(&p, "license"))).collect();
    super::none("licences that are not allowed", &strangers);
}

/// Proves that no banned version of a crate is among them, and that none comes from anywhere but the registry.
#[test]
fn bans_and_sources_are_kept() {
    let (packages, rules) = (packages(), rules());
    let mut breaches = Vec::new();
    for ban in rules["bans"]["deny"].as_array().unwrap() {
        let banned = ban["crate"].as_str().unwrap();
        let (name, versions) = banned.split_once(':').unwrap_or((banned, "*"));
        let versions = VersionReq::parse(versions).unwrap();
        let found = packages.iter().filter(|package| word(package, "name") == name);
        let found = found.filter(|package| versions.matches(&Version::parse(word(package, "version")).unwrap()));
        breaches.extend(found.map(|package| format!("{name} {}: {}", word(package, "version"), ban["reason"])));
    }
    for package in &packages {
        let source = word(package, "source");
        let ours = source.is_empty() && word(package, "name") == env!("CARGO_PKG_NAME");
        if !ours && !source.starts_with("registry+https://github.com/rust-lang/crates.io-index") {
            breaches.push(format!("{} comes from {source:?}", word(package, "name")));
        }
    }
    super::none("bans and sources", &breaches);
    assert!(packages.len() > 100, "Cargo named the packages");
}

/// Proves that these rules can fail.
#[test]
fn rules_can_fail() {
    let allowed = allowed();
    for (licence, fits) in [
        ("MIT/Apache-2.0", true),
        ("GPL-3.0-only", false),
        ("MIT AND GPL-3.0-only", false),
        ("GPL-2.0-only OR Apache-2.0", true),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("", false),
    ] {
        assert_eq!(is_allowed(licence, &allowed), fits, "{licence}");
    }
}
