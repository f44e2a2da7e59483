//! The command line: reads arguments, gives commands to the desk (the daemon's, or one opened here), shows answers.
//!
//! Exit codes: 0 done, 1 done with blocking findings, 2 usage or configuration, 3 the world failed.

mod again;
pub mod arguments;
mod cases;
mod desk;
mod discarding;
mod elsewhere;
mod evaluate;
mod flagging;
mod inspect;
mod keys;
mod links;
mod media;
mod open;
mod passwords;
mod progress;
mod rows;
mod serve;
mod table;
mod upkeep;
mod waiving;

use crate::{casework::identity::is_sex, config::Config, control::client::Refused};
use arguments::{Arguments, Command};
use std::{path::Path, process::ExitCode, sync::OnceLock};

/// Carries out what the arguments ask for.
///
/// # Errors
/// [`Refused`], with words for the person and the exit code.
pub async fn run(arguments: Arguments) -> Result<ExitCode, Refused> {
    again::keep(&arguments);
    let done = carry_out(arguments).await.and_then(|code| match ANSWER_LOST.get() {
        None => Ok(code),
        Some(error) => Err(Refused::world(format!(
            "what was asked was done, and the answer could not be written to standard output: {error}"
        ))),
    });
    done.map_err(|refused| Refused { message: again::literally(&refused.message), ..refused })
}

async fn carry_out(arguments: Arguments) -> Result<ExitCode, Refused> {
    let config = load(&arguments)?;
    if !matches!(arguments.command, Command::Serve(_)) {
        crate::ops::telemetry::log(&config, crate::ops::telemetry::Voice::Command);
    }
    match arguments.command {
        Command::Init(init) => keys::init(&config, &init),
        Command::Serve(_) => serve::serve(config).await,
        Command::Inspect(inspect) => inspect::inspect(config, &inspect).await,
        Command::Evaluate(evaluate) => evaluate::evaluate(config, &evaluate).await,
        Command::Case(case) => cases::case(&config, case).await,
        Command::Ingest(ingest) => cases::ingest(&config, ingest).await,
        Command::Disc(disc) => cases::disc(&config, disc).await,
        Command::Search(search) => cases::search(&config, search).await,
        Command::Export(export) => cases::export(&config, export).await,
        Command::Link(link) => links::link(&config, link).await,
        Command::Backup(backup) => upkeep::backup(&config, &backup).await,
        Command::Restore(restore) => upkeep::restore(&config, &restore).await,
        Command::Verify(verify) => upkeep::verify(&config, verify).await,
        Command::Keys(action) => keys::keys(&config, action).await,
        Command::Audit(audit) => upkeep::audit(&config, audit).await,
        Command::CheckConfig(check) => upkeep::check_config(&config, check.reasons),
    }
}

fn load(arguments: &Arguments) -> Result<Config, Refused> {
    let file = match &arguments.command {
        Command::Serve(serve) => serve.config.as_deref().or(arguments.config.as_deref()),
        _ => arguments.config.as_deref(),
    };
    let mut config = Config::load(file).map_err(|error| Refused::usage(error.to_string()))?;
    if let Some(data) = &arguments.data {
        config.data.folder.clone_from(data);
    }
    config.check_apart().map_err(|error| Refused::usage(error.to_string()))?;
    Ok(config)
}

/// Why a line of the answer could not be written, the first time.
static ANSWER_LOST: OnceLock<String> = OnceLock::new();

/// Writes a line of the answer to standard output; nobody reading it any more is no trouble, a full disk is one that
/// [`run`] ends with.
pub(crate) fn say(line: impl std::fmt::Display) {
    use std::io::Write;
    if let Err(error) = writeln!(std::io::stdout(), "{line}")
        && error.kind() != std::io::ErrorKind::BrokenPipe
    {
        let _ = ANSWER_LOST.set(error.to_string());
    }
}

/// Writes a remark to standard error.
pub(crate) fn remark(line: impl std::fmt::Display) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Says an answer as JSON.
pub(crate) fn say_json(value: &impl serde::Serialize) -> Result<(), Refused> {
    say(serde_json::to_string(value).map_err(|e| Refused::world(e.to_string()))?);
    Ok(())
}

/// Says what was done: as JSON where that was asked for, else in words.
pub(crate) fn say_done(
    json: bool,
    value: &impl serde::Serialize,
    words: impl std::fmt::Display,
) -> Result<(), Refused> {
    if json {
        return say_json(value);
    }
    say(words);
    Ok(())
}

/// Reads a patient file, TOML or JSON.
pub(crate) fn read_patient(path: &Path) -> Result<crate::domain::case::Patient, Refused> {
    let at = path.display();
    let text = std::fs::read_to_string(path).map_err(|e| {
        let what = "it is TOML or JSON with `given`, `family` and `birth_date`";
        Refused::usage(format!("the patient file {at} cannot be read: {e}; {what}"))
    })?;
    let json = text.trim_start().starts_with('{');
    let read = if json {
        serde_json::from_str(&text).map_err(|e| e.to_string())
    } else {
        toml::from_str(&with_quoted_date(&text)).map_err(|e| e.to_string())
    };
    let patient: crate::domain::case::Patient =
        read.map_err(|e| Refused::usage(format!("the patient file {at}: {e}")))?;
    let date: Result<jiff::civil::Date, _> = patient.birth_date.parse();
    let Ok(date) = date else {
        return Err(Refused::usage(format!("the patient file {at}: `birth_date` is written YYYY-MM-DD")));
    };
    // East of us it is tomorrow already.
    let tomorrow =
        jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().saturating_add(jiff::Span::new().days(1));
    if date > tomorrow {
        return Err(Refused::usage(format!("the patient file {at}: `birth_date` {date} is in the future")));
    }
    if !is_sex(&patient.sex) {
        return Err(Refused::usage(format!(
            "the patient file {at}: `sex` is F, M, O or U, or female, male, other or unknown, or left out"
        )));
    }
    Ok(patient)
}

/// TOML has dates of its own: a birth date without quotation marks means the same. Everything else stays as it is, with
/// its lines where a fault of theirs is told.
fn with_quoted_date(text: &str) -> String {
    let table: Result<toml::Table, _> = text.parse();
    let date = table.ok().and_then(|table| {
        let date = table.get("birth_date")?.as_datetime()?;
        date.time.is_none().then(|| date.to_string())
    });
    let Some(date) = date else { return text.to_owned() };
    let lines = text.lines().map(|line| match line.split_once('=') {
        Some((key, _)) if key.trim() == "birth_date" => format!("{key}= \"{date}\"\n"),
        _ => format!("{line}\n"),
    });
    lines.collect()
}
