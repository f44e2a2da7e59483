//! One document: recognise its kind, let the kind examine it.

use super::{
    Probes, Terms,
    link::Link,
    probe::{self, Scene},
    sink::HostSink,
    source::HostSource,
};
use crate::domain::{
    extension,
    facts::{Facts, FileKind, Readable},
    limits::SNIFF_BYTES_MAX,
    path::RawName,
    reason::Reason,
};
use crate::jail::{
    Task, bounds,
    protocol::{OrderMessage, Outcome},
};
use crate::kinds::{self, Exam, Kind, Probe, Source, polyglot, void};
use std::{
    cell::RefCell,
    io::{Read, SeekFrom},
    rc::Rc,
};

/// Serves an order.
pub(super) fn serve(link: &Rc<RefCell<Link>>, order: OrderMessage, terms: Terms) -> Outcome {
    let OrderMessage { task, name, passwords, bytes, head, limits } = order;
    let first = head.0[..head.0.len().min(SNIFF_BYTES_MAX)].to_vec();
    let misdeed = probe::asked_for(&first).filter(|_| terms.probes == Probes::Obeyed);
    let mut source = HostSource::new(Rc::clone(link), bytes, head);
    if task == Task::Pixels {
        return Outcome::Pixels(kinds::decode_pixels(&mut source, &limits));
    }
    if let Task::Render(page) = task {
        return Outcome::Rendered(Box::new(kinds::render(&mut source, page, (&name, &passwords, &limits))));
    }
    let mut sink = HostSink::new(Rc::clone(link), &limits);
    let mut facts = match (misdeed, kinds::recognise(&Probe { head: &first, bytes, name: &name })) {
        (Some(misdeed), _) => probe::commit(&misdeed, Scene { link, source: &mut source, sink: &mut sink }),
        (None, _) if bytes == 0 => kinds::junk::facts_of_nothing(&name),
        (None, None) => unknown(&mut source, &name),
        (None, Some(kind)) => {
            let passwords = &passwords;
            examine(kind, &mut Exam { source: &mut source, name: &name, passwords, limits: &limits, sink: &mut sink })
        }
    };
    remark(&mut facts, &mut source, (&first, &name));
    sink.report(&mut facts);
    bounds::clip(&mut facts, &limits);
    Outcome::Facts(Box::new(facts))
}

/// What content and name say together, whatever the kind: a second kind in the same bytes, a name that promises another.
fn remark(facts: &mut Facts, source: &mut dyn Source, (head, name): (&[u8], &RawName)) {
    let Some(kind) = facts.kind else { return };
    // Thousands of slices come at a time, and nothing is looked for behind them.
    let tail = if kind == FileKind::Dicom { Vec::new() } else { tail(source).unwrap_or_default() };
    for seen in [polyglot::observation(kind, head, &tail), extension::observation(kind, name)].into_iter().flatten() {
        if !facts.has(seen.reason) {
            facts.observations.push(seen);
        }
    }
    if let Some(absence) = extension::absence(kind, name) {
        facts.observations.push(absence);
        facts.readable = Readable::No;
    }
}

fn tail(source: &mut dyn Source) -> std::io::Result<Vec<u8>> {
    let bytes = Source::bytes(source);
    let from = bytes.saturating_sub(polyglot::TAIL_BYTES as u64);
    source.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    source.take(polyglot::TAIL_BYTES as u64).read_to_end(&mut tail)?;
    Ok(tail)
}

fn examine(kind: &dyn Kind, exam: &mut Exam<'_>) -> Facts {
    let mut facts = kind.examine(exam);
    facts.kind.get_or_insert(kind.file_kind());
    facts
}

fn unknown(source: &mut dyn Source, name: &RawName) -> Facts {
    let bytes = Source::bytes(source);
    let mut facts = Facts::of(FileKind::Unknown, Readable::No);
    match void::filling(source) {
        // Viewers bring files of zeros too, which are no documents and promise none.
        Some(byte) if extension::promises_a_document(name) => {
            facts.observe(Reason::Damaged, format!("{bytes} bytes, all of them {byte:02X} wherever it was looked at"));
        }
        _ => facts.observe(Reason::UnsupportedFormat, format!("{bytes} bytes of no known format")),
    }
    facts
}
