//! The daemon's socket: commands of the same machine's user, one a connection, as JSON lines.
//!
//! The socket lies in the data folder with mode 0600, and the peer must be the daemon's own user or root: whoever can
//! use it could read the data folder and keys anyway.

use super::{Answer, Desk, Note, Request, client::Refused};
use crate::{domain::origin::Actor, pipeline::Trouble};
use std::{os::unix::fs::PermissionsExt, path::Path};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    sync::mpsc,
};
use tokio_util::sync::CancellationToken;

/// Bytes of one request: a list of paths may be long.
const REQUEST_BYTES_MAX: u64 = 16 << 20;

/// The socket's name in the data folder.
pub const SOCKET: &str = "control.socket";

/// Serves commands until `stop`.
///
/// # Errors
/// The socket cannot be made.
pub async fn serve(desk: Desk, folder: &Path, stop: CancellationToken) -> std::io::Result<()> {
    let path = folder.join(SOCKET);
    // The data folder's lock is held: a socket that lies here is a dead daemon's.
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&path)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        let Ok((stream, _)) = accepted else { continue };
        let desk = desk.clone();
        tokio::spawn(async move {
            if let Err(error) = connection(desk, stream).await {
                tracing::debug!(%error, "a command's connection ended early");
            }
        });
    }
    std::fs::remove_file(&path)
}

async fn connection(desk: Desk, stream: UnixStream) -> std::io::Result<()> {
    let peer = stream.peer_cred()?.uid();
    let own = nix::unistd::Uid::effective().as_raw();
    let (reader, mut writer) = stream.into_split();
    if peer != own && peer != 0 {
        return answer(&mut writer, &refused("only the daemon's own user may give commands".to_owned(), 2)).await;
    }
    let mut line = String::new();
    BufReader::new(reader.take(REQUEST_BYTES_MAX)).read_line(&mut line).await?;
    let request: Request = match serde_json::from_str(&line) {
        Ok(request) => request,
        Err(_) => {
            return answer(
                &mut writer,
                &refused("this command is not known to the daemon; is it of the same version?".to_owned(), 2),
            )
            .await;
        }
    };
    let (notes, mut told) = mpsc::channel::<Note>(64);
    let work = tokio::spawn(async move { desk.handle(request, &Actor::Os(peer), &notes).await });
    // The channel ends when the work drops its end; the work goes on even where nobody reads its notes.
    let mut listening = true;
    while let Some(note) = told.recv().await {
        if listening {
            listening = answer(&mut writer, &Answer::Note(note)).await.is_ok();
        }
    }
    let last = match work.await {
        Ok(Ok(reply)) => Answer::Reply(reply),
        Ok(Err(trouble)) => said(trouble),
        Err(_) => refused("the daemon met a bug while doing this; its log has more".to_owned(), 3),
    };
    answer(&mut writer, &last).await
}

/// What is said to the asker about trouble.
fn said(trouble: Trouble) -> Answer {
    let Refused { message, exit_code } = trouble.into();
    refused(message, exit_code)
}

fn refused(message: String, exit_code: u8) -> Answer {
    Answer::Error { message, exit_code }
}

async fn answer(writer: &mut (impl AsyncWriteExt + Unpin), answer: &Answer) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(answer)?;
    line.push(b'\n');
    writer.write_all(&line).await?;
    writer.flush().await
}
