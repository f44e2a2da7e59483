//! The gate.

use super::{Making, readable};
use casegate::{
    casework::gate,
    domain::{
        case::Gate,
        facts::{Facts, FileKind, Readable},
        job::OpenWork,
        reason::Reason,
        time::Instant,
    },
};

fn judged(making: &Making, work: OpenWork) -> Gate {
    let (file, overlay) = making.judged();
    gate::judge(&file, &overlay, (work, 7, Instant(1)))
}

/// Proves that a case with one readable document and no open work is ready, and without any is not.
#[test]
fn ready() {
    let mut making = Making::default();
    assert_eq!(judged(&making, OpenWork::default()).blocking, [Reason::MissingItem]);
    making.add("a.pdf", readable(FileKind::Pdf));
    let gate = judged(&making, OpenWork::default());
    assert!(gate.ready && gate.revision == 7);
}

/// Proves that open work and jobs that were given up keep the gate shut.
#[test]
fn open_work_keeps_it_shut() {
    let mut making = Making::default();
    making.add("a.pdf", readable(FileKind::Pdf));
    assert!(!judged(&making, OpenWork { uploads: 1, ..OpenWork::default() }).ready);
    assert!(!judged(&making, OpenWork { jobs: 1, ..OpenWork::default() }).ready);
    let stuck = judged(&making, OpenWork { stuck: 1, ..OpenWork::default() });
    assert_eq!((stuck.ready, stuck.blocking), (false, vec![Reason::Stuck]));
}

/// Proves that a blocking finding of any document is named once.
#[test]
fn blocking_findings_are_named_once() {
    let mut making = Making::default();
    making.add("fine.pdf", readable(FileKind::Pdf));
    for name in ["a.pdf", "b.pdf"] {
        let mut facts = Facts::of(FileKind::Pdf, Readable::No);
        facts.observe(Reason::PasswordRequired, "locked");
        making.add(name, facts);
    }
    let gate = judged(&making, OpenWork::default());
    assert_eq!((gate.ready, gate.blocking), (false, vec![Reason::PasswordRequired]));
}
