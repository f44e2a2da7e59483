//! Discarding an upload that nobody goes on with, as a command.

use super::{
    arguments::Discard,
    desk::{Reach, unexpected},
    say, say_json,
    table::size,
    waiving::{reason, standing},
};
use crate::control::{Reply, Request, client::Refused};
use std::process::ExitCode;

pub(super) async fn discard(reach: &Reach, order: Discard) -> Result<ExitCode, Refused> {
    let case = reach.case(&order.case).await?;
    let upload = order.upload.parse().map_err(|_| {
        Refused::usage("that is not the id of an upload; `casegate case gate CASE` lists those that are not finished")
    })?;
    let reason = reason(order.reason)?;
    let Reply::Discarded(done) = reach.ask(&Request::Discard { case, upload, reason }).await? else {
        return Err(unexpected());
    };
    if order.json {
        say_json(&done)?;
        return Ok(ExitCode::SUCCESS);
    }
    say(format_args!("Upload {upload} is discarded, with the {} that had come of it.", size(done.bytes)));
    say(standing(&done.gate));
    Ok(ExitCode::SUCCESS)
}
