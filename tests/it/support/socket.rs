//! A client of the daemon's socket that keeps what was acknowledged to it, whatever becomes of the daemon.

use casegate::{
    control::{Answer, Note, Request, Until},
    inlet::files::Naming,
};
use std::{
    io::{BufRead, BufReader, Write},
    os::unix::net::UnixStream,
    path::Path,
    thread::JoinHandle,
};

/// What a client heard before the connection ended.
#[derive(Default)]
pub(crate) struct Heard {
    /// The sizes of the files that were acknowledged as durable.
    pub(crate) acknowledged: Vec<u64>,
    /// Was the command answered?
    pub(crate) answered: bool,
}

/// Hands in `paths`, relative to `folder`, and listens on a thread of its own.
pub(crate) fn ingest(data: &Path, case: &str, folder: &Path, paths: &[&str]) -> JoinHandle<Heard> {
    let request = Request::Ingest {
        case: case.parse().unwrap(),
        paths: paths.iter().map(Into::into).collect(),
        folder: folder.to_owned(),
        until: Until::Read,
        disc: false,
        naming: Naming::OwnName,
    };
    let mut stream = UnixStream::connect(data.join("control.socket")).unwrap();
    let mut line = serde_json::to_vec(&request).unwrap();
    line.push(b'\n');
    stream.write_all(&line).unwrap();
    std::thread::spawn(move || listen(stream))
}

fn listen(stream: UnixStream) -> Heard {
    let mut heard = Heard::default();
    for line in BufReader::new(stream).lines() {
        // A line that was cut by the daemon's death was not heard.
        let Some(answer) = line.ok().and_then(|line| serde_json::from_str::<Answer>(&line).ok()) else { break };
        match answer {
            Answer::Note(Note::Received { bytes }) => heard.acknowledged.push(bytes),
            Answer::Note(_) => {}
            Answer::Reply(_) => heard.answered = true,
            Answer::Error { message, .. } => panic!("the daemon refused: {message}"),
        }
    }
    heard
}
