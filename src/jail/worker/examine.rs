//! One document: recognise its kind, let the kind examine it.

use super::{
    Probes, Terms,
    link::Link,
    probe::{self, Scene},
    sink::HostSink,
    source::HostSource,
};
use crate::domain::{
    facts::{Facts, FileKind, Readable},
    limits::SNIFF_BYTES_MAX,
    reason::Reason,
};
use crate::jail::{
    Task, bounds,
    protocol::{OrderMessage, Outcome},
};
use crate::kinds::{self, Exam, Kind, Probe, Source};
use std::{cell::RefCell, rc::Rc};

/// Serves an order.
pub(super) fn serve(link: &Rc<RefCell<Link>>, order: OrderMessage, terms: Terms) -> Outcome {
    let OrderMessage { task, name, passwords, bytes, head, limits } = order;
    let first = head.0[..head.0.len().min(SNIFF_BYTES_MAX)].to_vec();
    let misdeed = probe::asked_for(&first).filter(|_| terms.probes == Probes::Obeyed);
    let mut source = HostSource::new(Rc::clone(link), bytes, head);
    if task == Task::Pixels {
        return Outcome::Pixels(kinds::decode_pixels(&mut source, &limits));
    }
    let mut sink = HostSink::new(Rc::clone(link), &limits);
    let mut facts = match (misdeed, kinds::recognise(&Probe { head: &first, bytes, name: &name })) {
        (Some(misdeed), _) => probe::commit(&misdeed, Scene { link, source: &mut source, sink: &mut sink }),
        (None, _) if bytes == 0 => empty(),
        (None, None) => unknown(&source),
        (None, Some(kind)) => {
            let passwords = &passwords;
            examine(kind, &mut Exam { source: &mut source, name: &name, passwords, limits: &limits, sink: &mut sink })
        }
    };
    sink.report(&mut facts);
    bounds::clip(&mut facts, &limits);
    Outcome::Facts(Box::new(facts))
}

fn examine(kind: &dyn Kind, exam: &mut Exam<'_>) -> Facts {
    let mut facts = kind.examine(exam);
    facts.kind.get_or_insert(kind.file_kind());
    facts
}

fn empty() -> Facts {
    let mut facts = Facts::of(FileKind::Empty, Readable::No);
    facts.observe(Reason::EmptyFile, "0 bytes");
    facts
}

fn unknown(source: &dyn Source) -> Facts {
    let mut facts = Facts::of(FileKind::Unknown, Readable::No);
    facts.observe(Reason::UnsupportedFormat, format!("{} bytes of no known format", source.bytes()));
    facts
}
