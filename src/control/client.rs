//! Giving commands: to the daemon that holds the data folder, over its socket.

use super::{Answer, Note, Reply, Request, server::SOCKET};
use crate::pipeline::Trouble;
use std::path::Path;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::UnixStream,
};

/// A command was not carried out.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Refused {
    /// Why, in words.
    pub message: String,
    /// The command's exit code.
    pub exit_code: u8,
}

impl Refused {
    /// The asker is to change something.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit_code: 2 }
    }

    /// The world failed.
    pub fn world(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit_code: 3 }
    }
}

impl From<Trouble> for Refused {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Refused(why) => Self::usage(why),
            Trouble::Full => Self::world("the store is full: make room there, then give this command again"),
            other => Self::world(other.to_string()),
        }
    }
}

/// Reaches the daemon of a data folder; `None` where there is none.
pub async fn reach(folder: &Path) -> Option<UnixStream> {
    UnixStream::connect(folder.join(SOCKET)).await.ok()
}

/// Gives one command and listens until it is answered.
///
/// # Errors
/// [`Refused`] with the daemon's words, or that it went away.
pub async fn give(stream: UnixStream, request: &Request, mut note: impl FnMut(Note)) -> Result<Reply, Refused> {
    let gone = |_| Refused::world("the daemon went away while this was under way; ask again when it is back");
    let (reader, mut writer) = stream.into_split();
    let mut line = serde_json::to_vec(request).map_err(|e| Refused::usage(e.to_string()))?;
    line.push(b'\n');
    writer.write_all(&line).await.map_err(gone)?;
    let mut lines = BufReader::new(reader).lines();
    while let Some(line) = lines.next_line().await.map_err(gone)? {
        let answer = serde_json::from_str(&line)
            .map_err(|_| Refused::world("the daemon's answer cannot be read; is it of the same version?"))?;
        match answer {
            Answer::Note(progress) => note(progress),
            Answer::Reply(reply) => return Ok(reply),
            Answer::Error { message, exit_code } => return Err(Refused { message, exit_code }),
        }
    }
    Err(Refused::world("the daemon went away while this was under way; ask again when it is back"))
}
