//! Hands members and text to the host. Once the host wants no more, nothing is sent any more.

use super::link::Link;
use crate::domain::facts::{Facts, Member, MemberEnd, PageText};
use crate::domain::limits::Limits;
use crate::jail::{
    bounds::TextBudget,
    protocol::{Answer, Bulk, DATA_BYTES_MAX, FromChild, Stop, ToChild},
};
use crate::kinds::{self, Offer, Sink};
use std::{cell::RefCell, io, rc::Rc};

/// A sink that speaks frames.
pub(super) struct HostSink {
    link: Rc<RefCell<Link>>,
    text: TextBudget,
}

impl HostSink {
    pub(super) fn new(link: Rc<RefCell<Link>>, limits: &Limits) -> Self {
        Self { link, text: TextBudget::new(limits) }
    }

    /// Says in the facts what was left out.
    pub(super) fn report(&self, facts: &mut Facts) {
        self.text.report(facts);
    }

    /// Runs a step unless the host wants no more; a broken socket means that nobody listens.
    fn unless_stopped<T>(&mut self, step: impl FnOnce(&mut Link) -> io::Result<T>) -> Result<T, kinds::Stop> {
        let mut link = self.link.borrow_mut();
        if let Some(stop) = link.stopped() {
            return Err(stop.into());
        }
        step(&mut link).map_err(|_| {
            link.stop(Stop::Gone);
            kinds::Stop::Gone
        })
    }
}

impl Sink for HostSink {
    fn begin(&mut self, member: Member) -> Result<Offer, kinds::Stop> {
        let answer = self.unless_stopped(|link| {
            link.send(&FromChild::Begin(member))?;
            match link.answer()? {
                ToChild::Offer(answer) => Ok(answer),
                other => Err(super::link::unexpected(&other)),
            }
        })?;
        match answer {
            Answer::Take => Ok(Offer::Take),
            Answer::Skip => Ok(Offer::Skip),
            Answer::Stop(stop) => {
                self.link.borrow_mut().stop(stop);
                Err(stop.into())
            }
        }
    }

    fn data(&mut self, bytes: &[u8]) -> Result<(), kinds::Stop> {
        for piece in bytes.chunks(DATA_BYTES_MAX) {
            self.unless_stopped(Link::take_credit)?;
            self.unless_stopped(|link| link.send(&FromChild::Data(Bulk(piece.to_vec()))))?;
        }
        Ok(())
    }

    fn end(&mut self, end: MemberEnd) -> Result<(), kinds::Stop> {
        self.unless_stopped(|link| link.send(&FromChild::End(end)))
    }

    fn page(&mut self, page: PageText) {
        if let Some(page) = self.text.take(page) {
            // Text is wanted even after members are not; a broken socket shows at the end of the document.
            let _ = self.link.borrow_mut().send(&FromChild::Page(page));
        }
    }
}
