//! Discarding an upload that nobody goes on with, or giving up an intake that was broken off, as a command.

use super::{
    arguments::Discard,
    desk::{Reach, unexpected},
    say_done,
    table::size,
    waiving::{reason, standing},
};
use crate::control::{Reply, Request, client::Refused};
use std::process::ExitCode;

pub(super) async fn discard(reach: &Reach, order: Discard) -> Result<ExitCode, Refused> {
    let case = reach.case(&order.case).await?;
    let upload = order.upload.parse().map_err(|_| {
        Refused::usage(
            "that is not the id of an upload or intake; `casegate case gate CASE` lists those that are not finished",
        )
    })?;
    let reason = reason(order.reason)?;
    let Reply::Discarded(done) = reach.ask(&Request::Discard { case, upload, reason }).await? else {
        return Err(unexpected());
    };
    let (came, standing) = (size(done.bytes), standing(&done.gate));
    let words = if done.intake {
        format!("Intake {upload} is given up. The {came} that it brought stay in the case.\n{standing}")
    } else {
        format!("Upload {upload} is discarded, with the {came} that had come.\n{standing}")
    };
    say_done(order.json, &done, format_args!("{words}"))?;
    Ok(ExitCode::SUCCESS)
}
