//! `inspect`: what ingest would do, on a site that exists in memory only.

use super::{
    arguments::Inspect,
    cases::{code, read_passwords, show_ledger},
    desk::{Reach, unexpected},
    progress::Bar,
    read_patient,
};
use crate::{
    app::Site,
    config::{Config, ReadingMode},
    control::{Reply, Request, Shown, Until, client::Refused},
    domain::case::{Patient, ProgrammeName},
};
use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

pub(super) async fn inspect(config: Config, command: &Inspect) -> Result<ExitCode, Refused> {
    let patient = command.patient.as_deref().map(read_patient).transpose()?.unwrap_or_default();
    let passwords = command.password_file.as_deref().map(read_passwords).transpose()?.unwrap_or_default();
    let about = About { programme: &command.programme, patient, passwords };
    let config = if command.no_reading { without_reading(config) } else { config };
    let shown = look(config, &command.paths, (about, command.json)).await?;
    show_ledger(&shown, command.json)?;
    Ok(code(&shown))
}

/// What is on a medium, before it is taken in.
pub(super) async fn preview(config: Config, medium: &Path) -> Result<Shown, Refused> {
    let programme = config.programmes.keys().next().cloned().unwrap_or(ProgrammeName(String::new()));
    let about = About { programme: &programme.0, patient: Patient::default(), passwords: Vec::new() };
    look(without_reading(config), &[medium.to_owned()], (about, false)).await
}

/// The fast answer: pages that are only pixels stay pictures of text.
fn without_reading(mut config: Config) -> Config {
    config.reading.mode = ReadingMode::Off;
    config
}

/// Whose records these should be, and how they are judged.
struct About<'a> {
    programme: &'a str,
    patient: Patient,
    passwords: Vec<String>,
}

async fn look(config: Config, paths: &[PathBuf], (about, json): (About<'_>, bool)) -> Result<Shown, Refused> {
    let started = Instant::now();
    crate::jail::sandbox::harden_self();
    let reach = Reach::on(Site::throwaway(&config).await?);
    let programme = ProgrammeName(about.programme.to_owned());
    let Reply::Case(case) = reach.ask(&Request::OpenCase { programme, patient: about.patient }).await? else {
        return Err(unexpected());
    };
    for password in about.passwords {
        reach.ask(&Request::AddPassword { case, password }).await?;
    }
    let folder = std::env::current_dir().map_err(|e| Refused::world(format!("where am I? {e}")))?;
    let request = Request::Ingest { case, paths: paths.to_vec(), folder, until: Until::Read, disc: false };
    let mut bar = Bar::new(!json && std::io::stderr().is_terminal());
    let reply = reach.give(&request, |note| bar.note(&note)).await;
    bar.finish();
    reach.close().await;
    let Reply::Shown(mut shown) = reply? else { return Err(unexpected()) };
    shown.summary.seconds = started.elapsed().as_secs_f64();
    Ok(*shown)
}
