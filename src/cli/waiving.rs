//! Accepting findings and taking that back, as commands.

use super::{
    arguments::{Named, Unwaive, Waive},
    desk::{Reach, unexpected},
    say_done,
};
use crate::{
    casework::waivers,
    control::{FindingNamed, Reply, Request, Waiving, client::Refused},
    domain::{case::Gate, limits::RULING_REASON_BYTES_MAX},
};
use std::{io::Read, process::ExitCode};

pub(super) async fn waive(reach: &Reach, order: Waive) -> Result<ExitCode, Refused> {
    let case = reach.case(&order.named.case).await?;
    let (reason, code) = (reason(order.reason)?, order.named.finding);
    let finding = finding(order.named, order.study);
    let Reply::Waived(done) = reach.ask(&Request::Waive { case, finding, reason }).await? else {
        return Err(unexpected());
    };
    let words = format_args!("Accepted: {code}, {}.\n{}", counted(&done), standing(&done.gate));
    say_done(order.json, &done, words)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn unwaive(reach: &Reach, order: Unwaive) -> Result<ExitCode, Refused> {
    let case = reach.case(&order.named.case).await?;
    let (reason, code) = (reason(order.reason)?, order.named.finding);
    let finding = finding(order.named, false);
    let Reply::Waived(done) = reach.ask(&Request::Unwaive { case, finding, reason }).await? else {
        return Err(unexpected());
    };
    let words = match done.waivers.is_empty() {
        true => format!("No {code} of it was accepted: nothing is taken back."),
        false => format!("No longer accepted: {code}, {}.", counted(&done)),
    };
    say_done(order.json, &done, format_args!("{words}\n{}", standing(&done.gate)))?;
    Ok(ExitCode::SUCCESS)
}

/// The finding that is meant, in its document or in the whole study.
pub(super) fn finding(Named { document, finding, page, .. }: Named, study: bool) -> FindingNamed {
    let reach = if study { waivers::Reach::Study } else { waivers::Reach::Document };
    FindingNamed { document, code: finding, page, reach }
}

/// The reason as given; `-` reads it from standard input, so that a name in it stands on no command line.
pub(super) fn reason(given: String) -> Result<String, Refused> {
    if given != "-" {
        return Ok(given);
    }
    let mut text = String::new();
    // One byte more than may be, so that too long a reason is refused rather than cut.
    let mut input = std::io::stdin().take(RULING_REASON_BYTES_MAX as u64 + 1);
    input.read_to_string(&mut text).map_err(|e| Refused::usage(format!("the reason cannot be read: {e}")))?;
    Ok(text.trim().to_owned())
}

fn counted(done: &Waiving) -> String {
    let findings = if done.findings == 1 { "1 finding".to_owned() } else { format!("{} findings", done.findings) };
    if done.documents > 1 { format!("{findings} in {} places", done.documents) } else { findings }
}

/// The gate in a sentence.
pub(super) fn standing(gate: &Gate) -> String {
    let codes: Vec<&str> = gate.blocking.iter().map(|reason| reason.code()).collect();
    match (gate.ready, codes.is_empty()) {
        (true, _) => "The case is ready for a specialist.".to_owned(),
        (false, true) => "The case is not ready yet: work on it is open.".to_owned(),
        (false, false) => format!("The case is not ready: {}.", codes.join(", ")),
    }
}
