//! Commands about upload links.

use super::{
    again,
    arguments::{Link, LinkAction},
    desk::{Reach, unexpected},
    remark, say, say_done, say_json, table,
};
use crate::{
    config::Config,
    control::{Reply, Request, client::Refused},
};
use std::process::ExitCode;

pub(super) async fn link(config: &Config, command: Link) -> Result<ExitCode, Refused> {
    let reach = Reach::open(config).await?;
    let done = match command.action {
        Some(LinkAction::List { case, json }) => list(&reach, &case, json).await,
        Some(LinkAction::Revoke { link, json }) => revoke(&reach, &link, json).await,
        None => make(&reach, &command).await,
    };
    reach.close().await;
    done
}

async fn make(reach: &Reach, command: &Link) -> Result<ExitCode, Refused> {
    let lasts_ms = lasts(&command.expires)?;
    let case = reach.case(command.case.as_deref().unwrap_or_default()).await?;
    let request = Request::Link { case, audience: command.audience.clone(), lasts_ms };
    let Reply::Link { id, address } = reach.ask(&request).await? else { return Err(unexpected()) };
    if command.json {
        say_json(&serde_json::json!({ "link": id, "address": address }))?;
    } else {
        say(address);
        remark("This address is shown once. Whoever has it can add to the case, and read nothing of it.");
        remark(format_args!("To end it: {} link revoke {id}", again::casegate()));
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(reach: &Reach, case: &str, json: bool) -> Result<ExitCode, Refused> {
    let case = reach.case(case).await?;
    let Reply::Links(links) = reach.ask(&Request::Links { case }).await? else { return Err(unexpected()) };
    if json {
        links.iter().try_for_each(say_json)?;
    } else {
        say(table::links(&links));
    }
    Ok(ExitCode::SUCCESS)
}

async fn revoke(reach: &Reach, link: &str, json: bool) -> Result<ExitCode, Refused> {
    let link = link.parse().map_err(|_| {
        Refused::usage("that is not the id of a link; `casegate link list --case ID` shows them, not their addresses")
    })?;
    reach.ask(&Request::Unlink { link }).await?;
    let words = format_args!("Link {link} has ended: whoever has its address finds nothing there any more.");
    say_done(json, &serde_json::json!({ "link": link, "state": "revoked" }), words)?;
    if !json {
        remark("What was not complete has ended with it, and is waited for no longer.");
    }
    Ok(ExitCode::SUCCESS)
}

/// `14d`, `12h`, `30m` in milliseconds.
fn lasts(text: &str) -> Result<i64, Refused> {
    let wrong = || Refused::usage("--expires takes a number with d, h or m: 14d, 12h, 30m");
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let number: i64 = number.parse().map_err(|_| wrong())?;
    let unit_ms = match unit {
        "d" => 86_400_000,
        "h" => 3_600_000,
        "m" => 60_000,
        _ => return Err(wrong()),
    };
    number.checked_mul(unit_ms).filter(|ms| *ms > 0).ok_or_else(wrong)
}
