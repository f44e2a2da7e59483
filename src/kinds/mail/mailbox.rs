//! Mailboxes (RFC 4155): each message becomes a member and is examined by itself.

use super::super::archive::delivery::{Delivery, Item};
use super::super::{Exam, Kind, Probe, Source, Stop};
use super::begins_message;
use crate::domain::{
    facts::{Facts, FileKind},
    reason::Reason,
};
use std::io::{BufRead, BufReader, Cursor, Read, SeekFrom};

/// A mailbox of messages, each after a line that begins with `From `.
#[derive(Debug)]
pub struct Mailbox;

impl Kind for Mailbox {
    fn name(&self) -> &'static str {
        "mailbox"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Message
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        let line_end = probe.head.iter().position(|byte| *byte == b'\n');
        line_end.is_some_and(|end| is_separator(&probe.head[..end]) && begins_message(&probe.head[end + 1..]))
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let (source, mut delivery) = Delivery::of(exam);
        let ended = deliver(source, &mut delivery);
        delivery.finish(FileKind::Message, "mailbox", ended)
    }
}

/// RFC 4155 appendix A: `From `, an address, a date with a time of day. The time tells it from a sentence.
fn is_separator(line: &[u8]) -> bool {
    let is_time = |five: &[u8]| five[2] == b':' && [0, 1, 3, 4].iter().all(|at| five[*at].is_ascii_digit());
    line.starts_with(b"From ") && line.windows(5).any(is_time)
}

fn deliver(source: &mut dyn Source, delivery: &mut Delivery<'_>) -> Result<(), Stop> {
    let most = usize::try_from(delivery.limits().inspector_memory_bytes_max / 4).unwrap_or(usize::MAX);
    if source.seek(SeekFrom::Start(0)).is_err() {
        return Ok(());
    }
    let mut reader = BufReader::new(source);
    let mut message = Vec::new();
    let mut line = Vec::new();
    let mut after_empty_line = true;
    loop {
        line.clear();
        // A line without an end must not grow past what a message may have.
        let read = (&mut reader).take(most as u64).read_until(b'\n', &mut line).unwrap_or(0);
        let starts_next = after_empty_line && is_separator(&line);
        if (read == 0 || starts_next) && !message.is_empty() {
            hand_over(std::mem::take(&mut message), delivery)?;
        }
        if read == 0 {
            return Ok(());
        }
        after_empty_line = matches!(line.as_slice(), b"\n" | b"\r\n");
        if starts_next {
            continue;
        }
        if message.len() + line.len() > most {
            delivery.note(Reason::Damaged, format!("a message of more than {most} bytes"));
            return Ok(());
        }
        message.extend_from_slice(&line);
    }
}

fn hand_over(message: Vec<u8>, delivery: &mut Delivery<'_>) -> Result<(), Stop> {
    let name = format!("message-{}.eml", delivery.listed() + 1);
    delivery.copy(Item::new(name.into_bytes(), None), &mut Cursor::new(message))
}
