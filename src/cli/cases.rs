//! Commands about cases: open, show, ingest, search, export.

use super::{
    again,
    arguments::{Case, Disc, Export, Ingest, Search},
    desk::{Reach, unexpected},
    discarding, elsewhere, flagging, media, passwords,
    progress::{Bar, NotTaken},
    read_patient, remark, say, say_done, say_json,
    table::{self, Kept},
    waiving,
};
use crate::{
    casework::ledger::{Closing, GateRow},
    config::Config,
    control::{Reply, Request, Shown, Until, client::Refused},
    domain::{
        case::{CaseState, Patient, ProgrammeName},
        ids::CaseId,
    },
    inlet::files::Naming,
};
use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

/// Done with blocking findings.
const BLOCKED: u8 = 1;
/// Not all of it could be done.
const WORLD_FAILED: u8 = 3;

pub(super) async fn case(config: &Config, command: Case) -> Result<ExitCode, Refused> {
    let reach = Reach::open(config).await?;
    let result = case_on(&reach, command).await;
    reach.close().await;
    result
}

async fn case_on(reach: &Reach, command: Case) -> Result<ExitCode, Refused> {
    match command {
        Case::Open { programme, patient, json } => open(reach, (&programme, &patient), json).await,
        Case::List { json } => list(reach, json).await,
        Case::Show { case, json } => show(reach, &case, json).await,
        Case::Gate { case, json } => gate(reach, &case, json).await,
        Case::Close { case, json } => set_state(reach, &case, CaseState::Closed, json).await,
        Case::Hold { case, json } => set_state(reach, &case, CaseState::Held, json).await,
        Case::Reopen { case, json } => set_state(reach, &case, CaseState::Open, json).await,
        Case::Password { case, password_file, json } => password(reach, &case, &password_file, json).await,
        Case::Move { case, document, to, json } => relocate(reach, (&case, &document, &to), json).await,
        Case::Waive(order) => waiving::waive(reach, order).await,
        Case::Unwaive(order) => waiving::unwaive(reach, order).await,
        Case::Flag(order) => flagging::flag(reach, order).await,
        Case::Unflag(order) => flagging::unflag(reach, order).await,
        Case::Discard(order) => discarding::discard(reach, order).await,
        Case::Shred { case, yes, json } => shred(reach, &case, (yes, json)).await,
    }
}

async fn open(reach: &Reach, (programme, patient): (&str, &Path), json: bool) -> Result<ExitCode, Refused> {
    let patient = read_patient(patient)?;
    let request = Request::OpenCase { programme: ProgrammeName(programme.to_owned()), patient };
    let Reply::Case(case) = reach.ask(&request).await? else { return Err(unexpected()) };
    let casegate = again::casegate();
    let words =
        format!("Case {case} is open. Next: {casegate} ingest --case {case} PATH, or {casegate} link --case {case}");
    say_done(json, &serde_json::json!({ "case": case }), words)?;
    Ok(ExitCode::SUCCESS)
}

async fn list(reach: &Reach, json: bool) -> Result<ExitCode, Refused> {
    let cases = reach.cases().await?;
    if json {
        cases.iter().try_for_each(say_json)?;
    } else {
        say(table::cases(&cases));
    }
    Ok(ExitCode::SUCCESS)
}

async fn shown(reach: &Reach, case: &str) -> Result<Shown, Refused> {
    let case = reach.case(case).await?;
    match reach.ask(&Request::Show { case }).await? {
        Reply::Shown(shown) => Ok(*shown),
        _ => Err(unexpected()),
    }
}

async fn show(reach: &Reach, case: &str, json: bool) -> Result<ExitCode, Refused> {
    let shown = shown(reach, case).await?;
    if json {
        say_json(&shown)?;
    } else {
        say(table::case(&shown));
    }
    Ok(ExitCode::SUCCESS)
}

async fn gate(reach: &Reach, case: &str, json: bool) -> Result<ExitCode, Refused> {
    let shown = shown(reach, case).await?;
    if json {
        say_json(&shown.case.gate)?;
    } else {
        say(table::gate(&shown));
    }
    Ok(if shown.case.gate.ready { ExitCode::SUCCESS } else { ExitCode::from(BLOCKED) })
}

async fn set_state(reach: &Reach, case: &str, state: CaseState, json: bool) -> Result<ExitCode, Refused> {
    let case = reach.case(case).await?;
    reach.ask(&Request::SetState { case, state }).await?;
    say_state(case, state, (json, &format!("Case {case} is {state}.")))
}

/// Where a case stands now.
fn say_state(case: CaseId, state: CaseState, (json, words): (bool, &str)) -> Result<ExitCode, Refused> {
    say_done(json, &serde_json::json!({ "case": case, "state": state }), words)?;
    Ok(ExitCode::SUCCESS)
}

async fn password(reach: &Reach, case: &str, file: &Path, json: bool) -> Result<ExitCode, Refused> {
    let case = reach.case(case).await?;
    let passwords = passwords::read(file)?;
    let taken = passwords.len();
    for password in passwords {
        reach.ask(&Request::AddPassword { case, password }).await?;
    }
    let words = "Locked documents are opened again with it; `casegate case show` says what came of it.";
    say_done(json, &serde_json::json!({ "case": case, "passwords": taken }), again::literally(words))?;
    Ok(ExitCode::SUCCESS)
}

/// Moves a document from a case to another.
async fn relocate(reach: &Reach, (from, document, to): (&str, &str, &str), json: bool) -> Result<ExitCode, Refused> {
    let (from, to) = (reach.case(from).await?, reach.destination(to).await?);
    let document = document.to_owned();
    let Reply::Moved { entry } = reach.ask(&Request::Move { from, document, to }).await? else {
        return Err(unexpected());
    };
    let words = format_args!("It is document {entry} of case {to} now, and is judged there anew.");
    say_done(json, &serde_json::json!({ "document": entry, "case": to }), words)?;
    Ok(ExitCode::SUCCESS)
}

async fn shred(reach: &Reach, case: &str, (yes, json): (bool, bool)) -> Result<ExitCode, Refused> {
    let case = case.parse().map_err(|_| Refused::usage("shredding takes the case's whole id, so that it is meant"))?;
    if !yes {
        return Err(Refused::usage("shredding destroys the case's keys for good; add --yes if that is meant"));
    }
    reach.ask(&Request::Shred { case }).await?;
    let words =
        format!("The keys of case {case} are destroyed. It is final once the last backup of the key store is gone.");
    say_state(case, CaseState::Shredded, (json, &words))
}

pub(super) async fn ingest(config: &Config, command: Ingest) -> Result<ExitCode, Refused> {
    let until: Until = command.until.into();
    // Who asks for receipts only leaves the reading to whoever opens the folder next.
    let reach = if until == Until::Received { Reach::open_idle(config).await? } else { Reach::open(config).await? };
    let what = Taking { paths: command.paths, until, disc: false, json: command.json };
    let result = take(&reach, &command.case, what).await;
    reach.close().await;
    result
}

/// What to take in, and how to show it.
pub(super) struct Taking {
    pub(super) paths: Vec<PathBuf>,
    pub(super) until: Until,
    pub(super) disc: bool,
    pub(super) json: bool,
}

/// Takes paths into a case and shows the ledger.
pub(super) async fn take(reach: &Reach, case: &str, what: Taking) -> Result<ExitCode, Refused> {
    let started = Instant::now();
    let case = reach.case(case).await?;
    let folder = std::env::current_dir().map_err(|e| Refused::world(format!("where am I? {e}")))?;
    elsewhere::check_readable(reach, &what.paths).await?;
    let (until, disc, naming) = (what.until, what.disc, Naming::OwnName);
    let request = Request::Ingest { case, paths: what.paths, folder, until, disc, naming };
    let mut bar = Bar::new(!what.json && std::io::stderr().is_terminal());
    let reply = reach.give(&request, |note| bar.note(&note)).await;
    let not_taken = bar.finish();
    let shown = match reply {
        Ok(Reply::Shown(mut shown)) => {
            shown.summary.seconds = started.elapsed().as_secs_f64();
            show_ledger(&shown, Kept::Case, what.json)?;
            Ok(shown)
        }
        other => Err(other.err().unwrap_or_else(unexpected)),
    };
    not_taken.tell();
    Ok(code(&*shown?, &not_taken))
}

/// The ledger as JSON lines, or as a table in words.
pub(super) fn show_ledger(shown: &Shown, kept: Kept, json: bool) -> Result<(), Refused> {
    if !json {
        say(table::ledger(shown, kept));
        return Ok(());
    }
    shown.rows.iter().try_for_each(say_json)?;
    say_json(&Closing { summary: shown.summary.clone(), case: GateRow::from(&shown.case.gate) })
}

/// The exit code of a ledger: what could not be read weighs more than what was found.
pub(super) fn code(shown: &Shown, not_taken: &NotTaken) -> ExitCode {
    match (not_taken.is_empty(), shown.case.gate.blocking.is_empty()) {
        (false, _) => ExitCode::from(WORLD_FAILED),
        (true, false) => ExitCode::from(BLOCKED),
        (true, true) => ExitCode::SUCCESS,
    }
}

pub(super) async fn disc(config: &Config, command: Disc) -> Result<ExitCode, Refused> {
    let (programme, patient) = child(config, (&command.case, &command.medium)).await?;
    let preview = super::inspect::preview(config.clone(), &command.medium, (programme, patient.clone())).await?;
    if !command.json {
        say(format_args!("{}\n", media::preview(&patient, &preview)));
    }
    media::warnings(&patient, &preview).iter().for_each(remark);
    if !command.yes && !confirmed()? {
        remark("Nothing was taken in.");
        return Ok(ExitCode::SUCCESS);
    }
    let reach = Reach::open(config).await?;
    let what = Taking { paths: vec![command.medium], until: Until::Filed, disc: true, json: command.json };
    let result = take(&reach, &command.case, what).await;
    reach.close().await;
    result
}

/// Whom a case is about, where its medium can be read. The site is closed again: nobody else waits while somebody thinks about an answer.
async fn child(config: &Config, (case, medium): (&str, &PathBuf)) -> Result<(ProgrammeName, Patient), Refused> {
    let reach = Reach::open(config).await?;
    let asked = async {
        elsewhere::check_readable(&reach, std::slice::from_ref(medium)).await?;
        let case = reach.case(case).await?;
        reach.ask(&Request::Child { case }).await
    };
    let reply = asked.await;
    reach.close().await;
    match reply? {
        Reply::Child { programme, patient } => Ok((programme, patient)),
        _ => Err(unexpected()),
    }
}

fn confirmed() -> Result<bool, Refused> {
    if !std::io::stdin().is_terminal() {
        return Err(Refused::usage("nobody is there to ask; add --yes to take the disc in"));
    }
    remark("Take this disc into the case? [y/N]");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(|e| Refused::world(e.to_string()))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

pub(super) async fn search(config: &Config, command: Search) -> Result<ExitCode, Refused> {
    let reach = Reach::open(config).await?;
    if matches!(reach, Reach::Here(_)) && command.reason.is_empty() {
        reach.close().await;
        return Err(Refused::usage("say why you look, with --reason TEXT: it is kept sealed in the audit trail"));
    }
    let mut cases = Vec::new();
    for case in &command.case {
        cases.push(reach.case(case).await?);
    }
    let request = Request::Search { cases, query: command.query, reason: command.reason, limit: command.limit };
    let reply = reach.ask(&request).await;
    reach.close().await;
    let Reply::Hits(hits) = reply? else { return Err(unexpected()) };
    if command.json {
        hits.iter().try_for_each(say_json)?;
    } else {
        say(table::hits(&hits, std::io::stdout().is_terminal()));
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn export(config: &Config, command: Export) -> Result<ExitCode, Refused> {
    let reach = Reach::open(config).await?;
    if matches!(reach, Reach::Here(_)) && command.reason.is_empty() {
        reach.close().await;
        return Err(Refused::usage(
            "say why documents leave, with --reason TEXT: it is kept sealed in the audit trail",
        ));
    }
    let to = std::path::absolute(&command.to).map_err(|e| Refused::usage(e.to_string()))?;
    let written = exported(&reach, &command.case, (to, command.reason)).await;
    reach.close().await;
    let (case, Reply::Wrote { files, bytes, gate }) = written? else { return Err(unexpected()) };
    if command.json {
        say_json(&serde_json::json!({ "files": files, "bytes": bytes, "gate": gate }))?;
    } else {
        say(format_args!("{files} files, {} written.", table::size(bytes)));
    }
    if gate.ready {
        return Ok(ExitCode::SUCCESS);
    }
    remark(format_args!(
        "This case is NOT ready for a specialist, and the first page of the packet says so: {}. Why: {} case gate {case}",
        table::not_ready(&gate),
        again::casegate()
    ));
    Ok(ExitCode::from(BLOCKED))
}

async fn exported(reach: &Reach, case: &str, (to, reason): (PathBuf, String)) -> Result<(CaseId, Reply), Refused> {
    let case = reach.case(case).await?;
    elsewhere::check_writable(reach, &to).await?;
    let reply = reach.ask(&Request::Export { case, to: to.clone(), reason }).await?;
    elsewhere::check_written(reach, &to)?;
    Ok((case, reply))
}
