//! Serves one document: reads for the child, takes its members and text, and holds it to the rules.
//!
//! The wall clock runs only while the host waits for the child, never while the child waits for the host.

use super::inmate::{Breakdown, Broken, Inmate};
use crate::domain::{
    facts::{Facts, Member, MemberEnd, Observation, PageText},
    limits::{INSPECTOR_READ_BYTES_MIN, INSPECTOR_READ_RATIO_MAX, Limits},
    reason::Reason,
};
use crate::jail::{
    JailError, Receiver, Refusal, View,
    bounds::{self, TextBudget},
    protocol::{Answer, Bulk, DATA_BYTES_MAX, FromChild, Outcome, READ_BYTES_MAX, Stop, ToChild, WINDOW_FRAMES},
};
use crate::kinds::{self, Offer};
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// How a conversation ended.
pub(super) enum Ended {
    Outcome(Outcome),
    Broken(Broken),
}

/// What is done after a message.
enum Next {
    Reply(ToChild),
    Wait,
    Done(Outcome),
    Kill(&'static str),
}

/// Where the child stands in its members.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    /// Between members.
    Between,
    /// In a member that is taken.
    Taking,
    /// In a member that was skipped; its end may still be said.
    Skipping,
    /// Told to stop; so many messages may still be on their way.
    Stopped { under_way: u32 },
}

/// One document being served.
pub(super) struct Session<'a> {
    view: &'a dyn View,
    receiver: &'a mut dyn Receiver,
    limits: &'a Limits,
    place: Place,
    next_ordinal: u64,
    members: u64,
    read_bytes_left: u64,
    text: TextBudget,
    handed_over: bool,
}

impl<'a> Session<'a> {
    pub(super) fn new(view: &'a dyn View, receiver: &'a mut dyn Receiver, limits: &'a Limits) -> Self {
        let read_bytes_left = view.bytes().saturating_mul(INSPECTOR_READ_RATIO_MAX) + INSPECTOR_READ_BYTES_MIN;
        Self {
            view,
            receiver,
            limits,
            place: Place::Between,
            next_ordinal: 0,
            members: 0,
            read_bytes_left,
            text: TextBudget::new(limits),
            handed_over: false,
        }
    }

    /// Has anything reached the receiver?
    pub(super) fn handed_over(&self) -> bool {
        self.handed_over
    }

    /// Sends the order and serves until the child is done or can no longer be served.
    pub(super) async fn run(
        &mut self,
        inmate: &mut Inmate,
        order: &ToChild,
        patience: Duration,
    ) -> Result<Ended, JailError> {
        let mut clock = WallClock { left: patience };
        let mut sent = clock.run(inmate.send(order)).await;
        loop {
            let message = match sent {
                // A child that died cannot be told anything, but what it said before is still there to be heard.
                Ok(()) | Err(Broken::Closed) => clock.run(inmate.receive()).await,
                Err(broken) => Err(broken),
            };
            let next = match message {
                Ok(message) => self.apply(message).await?,
                Err(broken) => return Ok(self.broken(inmate, broken)),
            };
            sent = match next {
                Next::Wait => Ok(()),
                Next::Reply(reply) => clock.run(inmate.send(&reply)).await,
                Next::Kill(why) => return Ok(self.broken(inmate, Broken::Violation(why))),
                Next::Done(outcome) => {
                    if self.place != Place::Between || matches!(outcome, Outcome::Panicked(_)) {
                        inmate.spend();
                    }
                    return Ok(Ended::Outcome(outcome));
                }
            };
        }
    }

    /// Facts, within their limits.
    pub(super) fn finish(&self, mut facts: Box<Facts>) -> Box<Facts> {
        bounds::clip(&mut facts, self.limits);
        self.text.report(&mut facts);
        facts
    }

    /// Ends the member that the child was in the middle of: its bytes stay, and say that they are not all.
    pub(super) async fn close_member(&mut self, breakdown: &Breakdown) -> Result<(), JailError> {
        if self.place != Place::Taking {
            return Ok(());
        }
        self.place = Place::Between;
        let end = MemberEnd::Flawed(Observation::new(Reason::ParserFailed, breakdown.to_string()));
        match self.receiver.end(end).await {
            Ok(()) | Err(Refusal::Stop(_)) => Ok(()),
            Err(Refusal::World(cause)) => Err(JailError::Receiver(cause)),
        }
    }

    fn broken(&self, inmate: &mut Inmate, broken: Broken) -> Ended {
        inmate.spend();
        Ended::Broken(broken)
    }

    async fn apply(&mut self, message: FromChild) -> Result<Next, JailError> {
        if let Place::Stopped { under_way } = &mut self.place
            && matches!(message, FromChild::Begin(_) | FromChild::Data(_) | FromChild::End(_))
        {
            let Some(left) = under_way.checked_sub(1) else { return Ok(Next::Kill("members after a stop")) };
            *under_way = left;
            let offered = matches!(message, FromChild::Begin(_));
            return Ok(if offered { Next::Reply(ToChild::Offer(Answer::Stop(Stop::Gone))) } else { Next::Wait });
        }
        match message {
            FromChild::Read { offset, length } => self.read(offset, length as usize).await,
            FromChild::Begin(member) => self.begin(member).await,
            FromChild::Data(bytes) => self.data(&bytes).await,
            FromChild::End(end) => self.end(end).await,
            FromChild::Page(page) => Ok(self.page(page).await),
            FromChild::Done(outcome) if self.place == Place::Taking && !matches!(outcome, Outcome::Panicked(_)) => {
                Ok(Next::Kill("done in the middle of a member"))
            }
            FromChild::Done(outcome) => Ok(Next::Done(outcome)),
            FromChild::Ready(_) | FromChild::Unjailed(_) | FromChild::Languages(_) | FromChild::People(_) => {
                Ok(Next::Kill("out of turn"))
            }
        }
    }

    async fn read(&mut self, offset: u64, length: usize) -> Result<Next, JailError> {
        if length > READ_BYTES_MAX || offset > self.view.bytes() {
            return Ok(Next::Kill("a read beyond the limits"));
        }
        match self.read_bytes_left.checked_sub(length.max(1) as u64) {
            Some(left) => self.read_bytes_left = left,
            None => return Ok(Next::Kill("endless reading")),
        }
        let length = length.min(usize::try_from(self.view.bytes() - offset).unwrap_or(usize::MAX));
        let bytes = if length == 0 { Vec::new() } else { self.view.read(offset, length).await? };
        Ok(Next::Reply(ToChild::Bytes(Bulk(bytes))))
    }

    async fn begin(&mut self, mut member: Member) -> Result<Next, JailError> {
        if self.place == Place::Taking {
            return Ok(Next::Kill("a member within a member"));
        }
        if member.ordinal < self.next_ordinal {
            return Ok(Next::Kill("members out of order"));
        }
        self.next_ordinal = member.ordinal.saturating_add(1);
        self.members += 1;
        if self.members > self.limits.container_entries_max {
            return Ok(self.stop(kinds::Stop::Entries, WhoWaits::Child));
        }
        member.name.0.truncate(self.limits.name_bytes_max);
        self.handed_over = true;
        match self.receiver.begin(member).await {
            Ok(offer) => {
                self.place = if offer == Offer::Take { Place::Taking } else { Place::Skipping };
                Ok(Next::Reply(ToChild::Offer(offer.into())))
            }
            Err(refusal) => self.refused(refusal, WhoWaits::Child),
        }
    }

    async fn data(&mut self, bytes: &Bulk) -> Result<Next, JailError> {
        if self.place != Place::Taking || bytes.0.len() > DATA_BYTES_MAX {
            return Ok(Next::Kill("bytes that belong to no member"));
        }
        match self.receiver.data(&bytes.0).await {
            Ok(()) => Ok(Next::Reply(ToChild::Credit)),
            Err(refusal) => self.refused(refusal, WhoWaits::Nobody),
        }
    }

    async fn end(&mut self, mut end: MemberEnd) -> Result<Next, JailError> {
        match std::mem::replace(&mut self.place, Place::Between) {
            Place::Taking => {}
            Place::Skipping => return Ok(Next::Wait),
            Place::Between | Place::Stopped { .. } => return Ok(Next::Kill("the end of no member")),
        }
        if let MemberEnd::Flawed(observation) | MemberEnd::Withheld(observation) = &mut end {
            bounds::clip_observation(observation);
        }
        match self.receiver.end(end).await {
            Ok(()) => Ok(Next::Wait),
            Err(refusal) => self.refused(refusal, WhoWaits::Nobody),
        }
    }

    async fn page(&mut self, page: PageText) -> Next {
        if let Some(page) = self.text.take(page) {
            self.handed_over = true;
            self.receiver.page(page).await;
        }
        Next::Wait
    }

    fn refused(&mut self, refusal: Refusal, who: WhoWaits) -> Result<Next, JailError> {
        match refusal {
            Refusal::Stop(stop) => Ok(self.stop(stop, who)),
            Refusal::World(cause) => Err(JailError::Receiver(cause)),
        }
    }

    fn stop(&mut self, stop: kinds::Stop, who: WhoWaits) -> Next {
        // What may be on its way: a full window of bytes, the member's end and the offer of the next one.
        self.place = Place::Stopped { under_way: WINDOW_FRAMES + 2 };
        Next::Reply(match who {
            WhoWaits::Child => ToChild::Offer(Answer::Stop(stop.into())),
            WhoWaits::Nobody => ToChild::Stop(stop.into()),
        })
    }
}

/// Does the child wait for an answer to its offer?
#[derive(Clone, Copy)]
enum WhoWaits {
    Child,
    Nobody,
}

/// Time left, which runs only inside `run`.
struct WallClock {
    left: Duration,
}

impl WallClock {
    async fn run<T>(&mut self, step: impl Future<Output = Result<T, Broken>>) -> Result<T, Broken> {
        let begun = Instant::now();
        let result = timeout(self.left, step).await;
        self.left = self.left.saturating_sub(begun.elapsed());
        result.unwrap_or(Err(Broken::Late))
    }
}
