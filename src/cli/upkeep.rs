//! Upkeep: backup, restore, verify, audit, check-config.

use super::{
    again,
    arguments::{Audit, Backup, Restore, Verify},
    desk::{Reach, unexpected},
    elsewhere, remark, say, say_json, serve, table,
};
use crate::{
    app::{self, Layout},
    config::Config,
    control::{Reply, Request, client::Refused},
    domain::reason::Reason,
    ops::{self, verify::Verified},
    outlet::words::{self, Audience},
};
use serde_json::json;
use std::{path::PathBuf, process::ExitCode};

/// Events asked for at once.
const AUDIT_EVENTS: u32 = 1_000;

pub(super) async fn backup(config: &Config, command: &Backup) -> Result<ExitCode, Refused> {
    let to = std::path::absolute(&command.to).map_err(|e| Refused::usage(e.to_string()))?;
    let reach = Reach::open(config).await?;
    let reply = backed_up(&reach, to).await;
    reach.close().await;
    let Reply::BackedUp { files, bytes, faults } = reply? else { return Err(unexpected()) };
    if command.json {
        say_json(&json!({ "files": files, "bytes": bytes, "not_copied": faults }))?;
        return Ok(code(&faults));
    }
    for fault in &faults {
        say(format_args!("NOT COPIED: {fault}"));
    }
    say(format_args!(
        "{files} files, {} copied. The keys are not among them: back up {} apart from this.",
        table::size(bytes),
        config.keys_folder().display()
    ));
    if !faults.is_empty() {
        say(format_args!("Next: {} verify --deep", again::casegate()));
    }
    Ok(code(&faults))
}

async fn backed_up(reach: &Reach, to: PathBuf) -> Result<Reply, Refused> {
    elsewhere::check_writable(reach, &to).await?;
    let reply = reach.ask(&Request::Backup { to: to.clone() }).await?;
    elsewhere::check_written(reach, &to)?;
    Ok(reply)
}

/// Exit code 1 where something is wrong with what was looked at.
fn code(faults: &[String]) -> ExitCode {
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

pub(super) async fn restore(config: &Config, command: &Restore) -> Result<ExitCode, Refused> {
    let layout = Layout::of(config);
    let (files, bytes) = ops::backup::restore(&command.from, &layout.data)?;
    let faults = app::note_restored(&layout).await?;
    if command.json {
        say_json(&json!({ "files": files, "bytes": bytes, "not_whole": faults }))?;
        return Ok(code(&faults));
    }
    for fault in &faults {
        say(format_args!("NOT WHOLE: {fault}"));
    }
    say(format_args!("{files} files, {} restored to {}.", table::size(bytes), layout.data.display()));
    if !layout.site_key().exists() {
        say(format_args!("The keys are not there yet: put their backup into {}.", layout.keys.display()));
    }
    say(format_args!("Next: {} verify --deep", again::casegate()));
    Ok(code(&faults))
}

pub(super) async fn verify(config: &Config, command: Verify) -> Result<ExitCode, Refused> {
    let verified = verified(config, command.deep, command.checkpoint).await?;
    if command.json {
        say_json(&verified)?;
    } else {
        for wrong in &verified.wrong {
            say(format_args!("WRONG: {wrong}"));
        }
        say(format_args!(
            "{} objects, {} seals, {} audit events looked at; {} wrong.",
            verified.objects,
            verified.seals,
            verified.events,
            verified.wrong.len()
        ));
        if verified.orphans > 0 {
            say(format_args!(
                "{} parts ({}) belong to nothing: left by an interrupted write, deleted by the next start.",
                verified.orphans,
                table::size(verified.orphan_bytes)
            ));
        }
        say(format_args!("Checkpoint of the audit trail, to be kept elsewhere: {}", verified.checkpoint));
    }
    Ok(code(&verified.wrong))
}

async fn verified(config: &Config, deep: bool, checkpoint: Option<PathBuf>) -> Result<Verified, Refused> {
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).map(|text| checkpoint_in(&text));
        text.map_err(|e| Refused::usage(format!("the checkpoint {} cannot be read: {e}", path.display())))
    };
    let checkpoint = checkpoint.map(read).transpose()?;
    let reach = Reach::open(config).await?;
    let reply = reach.ask(&Request::Verify { deep, checkpoint }).await;
    reach.close().await;
    match reply? {
        Reply::Verified(verified) => Ok(verified),
        _ => Err(unexpected()),
    }
}

/// The checkpoint in what was kept: its line alone, or all that `audit verify`, or `verify --json`, printed.
fn checkpoint_in(text: &str) -> String {
    let line = text.lines().rev().find(|line| line.contains('{')).unwrap_or(text);
    let json = &line[line.find('{').unwrap_or(0)..];
    let answer: Option<serde_json::Value> = serde_json::from_str(json).ok();
    let within = answer.as_ref().and_then(|answer| answer.get("checkpoint")?.as_str());
    within.unwrap_or(json).to_owned()
}

pub(super) async fn audit(config: &Config, command: Audit) -> Result<ExitCode, Refused> {
    match command {
        Audit::Verify { checkpoint, json } => verify(config, Verify { deep: false, checkpoint, json }).await,
        Audit::Export => export_audit(config).await,
    }
}

async fn export_audit(config: &Config) -> Result<ExitCode, Refused> {
    let reach = Reach::open(config).await?;
    let mut from = 1;
    loop {
        let Reply::Audit(events) = reach.ask(&Request::Audit { from, limit: AUDIT_EVENTS }).await? else {
            return Err(unexpected());
        };
        if events.is_empty() {
            break;
        }
        from += events.len() as u64;
        events.iter().try_for_each(say_json)?;
    }
    reach.close().await;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn check_config(config: &Config, reasons: bool) -> Result<ExitCode, Refused> {
    if reasons {
        for reason in Reason::ALL {
            let words = words::of(*reason, Audience::Desk);
            let next = again::literally(words.next);
            say(format_args!("{:<22} {:<6} {} {next}", reason.code(), reason.default_severity(), words.wrong));
        }
        return Ok(ExitCode::SUCCESS);
    }
    serve::check_named(config)?;
    if config.metrics_are_open() {
        remark(format_args!(
            "`metrics.listen`: other machines can read the numbers at {}, without TLS. They name nobody; 127.0.0.1 keeps \
             them on this machine.",
            config.metrics.listen
        ));
    }
    say(format_args!(
        "The configuration is right: {} programmes, serving on {}, data in {}.",
        config.programmes.len(),
        config.http.listen,
        config.data.folder.display()
    ));
    Ok(ExitCode::SUCCESS)
}
