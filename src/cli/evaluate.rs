//! `evaluate`: how well verdicts agree with what people say of the same files.
//!
//! The files are looked at as `inspect` does, on a site that exists in memory only. The report shows documents: it is
//! written for its owner alone, and never over a file that is there.

use super::{
    arguments::Evaluate,
    inspect::{About, Looked, look},
    remark, say, say_json,
};
use crate::{
    config::Config,
    control::client::Refused,
    domain::{case::Patient, ids::EntryId, limits::REPORT_MISSES_MAX},
    outlet::evaluation::{Answer, Evaluation, KindLine, MissKind, Picture, Scope, Truths, page},
};

use std::{
    collections::HashMap,
    fmt::Write as _,
    fs::{self, OpenOptions},
    io::Write as _,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// A requirement was missed.
const MISSED: u8 = 1;

pub(super) async fn evaluate(config: Config, command: &Evaluate) -> Result<ExitCode, Refused> {
    let truths = read_truths(&command.corpus)?;
    let required = command.require.iter().map(|text| required(text)).collect::<Result<Vec<_>, _>>()?;
    let scope = if command.digital { Scope::Digital } else { Scope::Everything };
    must_be_measures(&required, &Evaluation::of(&truths, &[], scope))?;
    if let Some(report) = command.report.as_deref().filter(|report| report.exists()) {
        return Err(Refused::usage(format!("{} is there already; nothing is written over", report.display())));
    }
    let evaluation = match &command.answers {
        Some(file) => {
            let evaluation = Evaluation::of(&truths, &read_answers(file)?, scope);
            write_report(command, &evaluation, &HashMap::new())?;
            evaluation
        }
        None => inspected(config, command, (&truths, scope)).await?,
    };
    if command.json {
        say_json(&evaluation)?;
    } else {
        say(tables(&evaluation).trim_end());
    }
    Ok(if meets(&evaluation, &required) { ExitCode::SUCCESS } else { ExitCode::from(MISSED) })
}

/// Inspects the files, compares, and writes the report with pictures of what was missed.
async fn inspected(
    config: Config,
    command: &Evaluate,
    (truths, scope): (&Truths, Scope),
) -> Result<Evaluation, Refused> {
    let folder = fs::canonicalize(&command.corpus).map_err(|error| unreadable(&command.corpus, &error))?;
    let about = About { programme: &command.programme, patient: Patient::default(), passwords: Vec::new() };
    let looked = look(config, (folder, &[PathBuf::from(".")]), (about, command.json)).await?;
    let rows = &looked.shown.rows;
    let answers: Result<Vec<Answer>, _> =
        rows.iter().map(|row| serde_json::from_value(serde_json::to_value(row)?)).collect();
    let answers = answers.map_err(|error| Refused::world(format!("a row of the ledger cannot be read: {error}")))?;
    let evaluation = Evaluation::of(truths, &answers, scope);
    let pictures = match &command.report {
        Some(_) => pictures(&looked, &evaluation).await?,
        None => HashMap::new(),
    };
    looked.reach.close().await;
    write_report(command, &evaluation, &pictures)?;
    Ok(evaluation)
}

fn read_truths(corpus: &Path) -> Result<Truths, Refused> {
    let files = corpus.join("expected.tsv");
    let table = fs::read_to_string(&files).map_err(|error| unreadable(&files, &error))?;
    let groups = corpus.join("expected-duplicates.tsv");
    let groups = match fs::read_to_string(&groups) {
        Ok(table) => Some(table),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(unreadable(&groups, &error)),
    };
    Truths::read(&table, groups.as_deref()).map_err(|error| Refused::usage(format!("expected.tsv: {error}")))
}

fn unreadable(file: &Path, error: &std::io::Error) -> Refused {
    Refused::usage(format!("{} cannot be read: {error}", file.display()))
}

/// Rows that `inspect --json` wrote; its last line is no row.
fn read_answers(file: &Path) -> Result<Vec<Answer>, Refused> {
    let text = fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
    let mut answers = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let refuse = |error: serde_json::Error| Refused::usage(format!("line {} of the answers: {error}", at + 1));
        let row: serde_json::Value = serde_json::from_str(line).map_err(refuse)?;
        if row.get("path").is_some() {
            answers.push(serde_json::from_value(row).map_err(refuse)?);
        }
    }
    Ok(answers)
}

/// `NAME=VALUE`
fn required(text: &str) -> Result<(String, f64), Refused> {
    let parts = text.split_once('=').and_then(|(name, value)| Some((name.to_owned(), value.parse().ok()?)));
    parts.ok_or_else(|| Refused::usage(format!("`--require {text}`: NAME=VALUE, as in unreadable_f1=0.95")))
}

/// What is required must be measured at all: that is said before hours of work.
fn must_be_measures(required: &[(String, f64)], measured: &Evaluation) -> Result<(), Refused> {
    let known: Vec<&str> = measured.measures.iter().map(|measure| measure.name).collect();
    match required.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        Some((name, _)) => {
            Err(Refused::usage(format!("`--require {name}`: no measure of that name; there are {}", known.join(", "))))
        }
        None => Ok(()),
    }
}

/// Names what falls short.
fn meets(evaluation: &Evaluation, required: &[(String, f64)]) -> bool {
    let mut all = true;
    for (name, value) in required {
        let measure = evaluation.measures.iter().find(|measure| measure.name == name);
        if !measure.is_some_and(|measure| measure.meets(*value)) {
            let got = evaluation.value(name).map_or_else(|| "not measured".to_owned(), |got| format!("{got:.3}"));
            remark(format_args!("falls short: {name} {got}, required {value}"));
            all = false;
        }
    }
    all
}

/// First pages of what was missed and can be drawn, in the jail.
async fn pictures(looked: &Looked, evaluation: &Evaluation) -> Result<HashMap<String, Picture>, Refused> {
    let rows = looked.shown.rows.iter();
    let ids: HashMap<&str, EntryId> =
        rows.filter_map(|row| Some((row.path.trim_start_matches("./"), row.id?))).collect();
    let mut pictures = HashMap::new();
    let mut told: HashMap<MissKind, usize> = HashMap::new();
    for miss in evaluation.misses.iter().filter(|miss| miss.what != MissKind::Duplicates) {
        let count = told.entry(miss.what).or_default();
        *count += 1;
        if *count > REPORT_MISSES_MAX || pictures.contains_key(&miss.path) {
            continue;
        }
        let Some(entry) = ids.get(miss.path.as_str()).copied() else { continue };
        // A page that cannot be drawn has no picture; the report says so in its place.
        if let Some(bitmap) = looked.reach.draw(looked.case, entry).await? {
            pictures.extend(Picture::of(&bitmap).map(|picture| (miss.path.clone(), picture)));
        }
    }
    Ok(pictures)
}

fn write_report(
    command: &Evaluate,
    evaluation: &Evaluation,
    pictures: &HashMap<String, Picture>,
) -> Result<(), Refused> {
    let Some(file) = &command.report else { return Ok(()) };
    let corpus = command.corpus.display().to_string();
    let made = jiff::Timestamp::now().strftime("%-d %B %Y %H:%M UTC").to_string();
    let html = page(evaluation, (&corpus, &made), pictures)
        .map_err(|error| Refused::world(format!("the report cannot be made: {error}")))?;
    let failed = |error: std::io::Error| Refused::world(format!("{} cannot be written: {error}", file.display()));
    let mut opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map_err(failed)?;
    opened.write_all(html.as_bytes()).and_then(|()| opened.sync_all()).map_err(failed)?;
    remark(format_args!("The report shows documents: keep {} as closely as those.", file.display()));
    Ok(())
}

/// Measures, then tables, then misses.
fn tables(evaluation: &Evaluation) -> String {
    let mut text = String::new();
    for measure in &evaluation.measures {
        let value = measure.value().map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"));
        let _ = writeln!(text, "{:<24} {value:>6}   {} of {}", measure.name, measure.part, measure.whole);
    }
    let _ = writeln!(text, "\n{:<16} {:>6} {:>7} {:>7} {:>7}", "Kind", "files", "found", "missed", "alarms");
    for line in &evaluation.kinds {
        let KindLine { kind, found, missed, alarms, .. } = line;
        let _ = writeln!(text, "{kind:<16} {:>6} {found:>7} {missed:>7} {alarms:>7}", line.files());
    }
    reasons(&mut text, evaluation);
    let _ = writeln!(text, "\n{:<16} {:>6} {:>6}   answered instead", "Language", "files", "exact");
    for line in &evaluation.languages {
        let instead: Vec<String> = line.instead.iter().map(|(tag, files)| format!("{tag} ({files})")).collect();
        let _ = writeln!(text, "{:<16} {:>6} {:>6}   {}", line.language, line.files, line.exact, instead.join(", "));
    }
    for what in MissKind::ALL {
        let misses: Vec<_> = evaluation.misses.iter().filter(|miss| miss.what == *what).collect();
        if !misses.is_empty() {
            let _ = writeln!(text, "\n{} ({})", what.words(), misses.len());
        }
        for miss in misses {
            let codes: Vec<&str> = miss.codes.iter().map(|code| code.code()).collect();
            let _ =
                writeln!(text, "  {}: {}, answered {} {}", miss.path, miss.expected, miss.answered, codes.join(" "));
        }
    }
    text
}

fn reasons(text: &mut String, evaluation: &Evaluation) {
    let heads = ("Reason", "unreadable", "readable", "alarms", "expected", "found");
    let (code, unreadable, readable, alarms, expected, found) = heads;
    let _ = writeln!(text, "\n{code:<24} {unreadable:>10} {readable:>9} {alarms:>7} {expected:>9} {found:>6}");
    for line in &evaluation.reasons {
        let _ = writeln!(
            text,
            "{:<24} {:>10} {:>9} {:>7} {:>9} {:>6}",
            line.code.code(),
            line.on_unreadable,
            line.on_readable,
            line.on_alarms,
            line.expected,
            line.expected_found
        );
    }
}
