//! Setting findings and taking that back, as commands.

use super::{
    arguments::{Flag, Unflag},
    desk::{Reach, unexpected},
    say_done,
    waiving::{finding, reason, standing},
};
use crate::control::{Flagging, Reply, Request, client::Refused};
use std::process::ExitCode;

pub(super) async fn flag(reach: &Reach, order: Flag) -> Result<ExitCode, Refused> {
    let case = reach.case(&order.named.case).await?;
    let (reason, code) = (reason(order.reason)?, order.named.finding);
    let finding = finding(order.named, order.study);
    let done = ask(reach, &Request::Flag { case, finding, reason }).await?;
    answer(&done, order.json, &format!("Set: {code}{}.", counted(&done)))
}

pub(super) async fn unflag(reach: &Reach, order: Unflag) -> Result<ExitCode, Refused> {
    let case = reach.case(&order.named.case).await?;
    let (reason, code) = (reason(order.reason)?, order.named.finding);
    let finding = finding(order.named, false);
    let done = ask(reach, &Request::Unflag { case, finding, reason }).await?;
    let said = match done.flags.is_empty() {
        true => format!("No {code} of it was set: nothing is taken back."),
        false => format!("No longer set: {code}{}.", counted(&done)),
    };
    answer(&done, order.json, &said)
}

async fn ask(reach: &Reach, request: &Request) -> Result<Flagging, Refused> {
    match reach.ask(request).await? {
        Reply::Flagged(done) => Ok(done),
        _ => Err(unexpected()),
    }
}

fn answer(done: &Flagging, json: bool, said: &str) -> Result<ExitCode, Refused> {
    say_done(json, done, format_args!("{said}\n{}", standing(&done.gate)))?;
    Ok(ExitCode::SUCCESS)
}

fn counted(done: &Flagging) -> String {
    if done.documents > 1 { format!(", of {} documents", done.documents) } else { String::new() }
}
