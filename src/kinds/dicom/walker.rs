//! The steps of a walk: one element, item or fragment at a time, with an explicit stack of what is open.
//!
//! Each step goes forward or closes something, so a walk ends. It may not recurse, and may not take more than the
//! limits allow; see `walk` for what it yields.

use super::{
    data_set::{DataSet, Element, Value},
    element::{self, Header, HeaderFault, Syntax, Vr, VrForm},
    input::{Fault, Input},
    walk::{Ending, Fragments, Halt, Pixels, Stored, Walked, is_pixel_data, put},
    wanted::{self, Policy},
};
use crate::domain::limits::{FRAMES_PLACED_MAX, Limits};
use dicom_core::Tag;
use dicom_dictionary_std::tags;
use std::rc::Rc;

/// Kept elements and items of one document: a directory of a full DVD has about a million. About 100 MiB.
const KEPT_MAX: u64 = 1_000_000;

/// Fragments whose places are noted for decoding: a slide's level has a few hundred thousand at most.
const FRAGMENT_PLACES_MAX: usize = 1 << 20;

/// Bytes looked at of the first fragment, to recognise its codestream.
const CODESTREAM_HEAD_BYTES: usize = 64;

const ITEM: Tag = Tag(0xFFFE, 0xE000);
const ITEM_END: Tag = Tag(0xFFFE, 0xE00D);
const SEQUENCE_END: Tag = Tag(0xFFFE, 0xE0DD);

/// Walks from where the input stands to its end.
pub(super) fn run(input: &mut Input<'_>, syntax: Syntax, limits: &Limits) -> Walked {
    let root = DataSet { offset: input.position(), order: syntax.order, ..DataSet::default() };
    let open = Open { what: What::Item(root), end: None, syntax, kept: true };
    Walker {
        input,
        limits,
        stack: vec![open],
        kept: 0,
        kept_bytes: 0,
        pixels: None,
        flaws: vec![],
        elements: 0,
        unbound: false,
    }
    .run()
}

/// Something that has begun and not ended.
struct Open {
    what: What,
    end: Option<u64>,
    syntax: Syntax,
    kept: bool,
}

enum What {
    Item(DataSet),
    Sequence { tag: Tag, vr: Option<Vr>, items: Vec<DataSet> },
    Fragments { tag: Tag, vr: Option<Vr>, fragments: Fragments, first: bool },
}

struct Walker<'w, 'a> {
    input: &'w mut Input<'a>,
    limits: &'w Limits,
    stack: Vec<Open>,
    kept: u64,
    kept_bytes: u64,
    pixels: Option<Pixels>,
    flaws: Vec<Halt>,
    elements: u64,
    /// The directory's sequence is longer than it says and ends with the data.
    unbound: bool,
}

/// Does the walk go on?
enum Step {
    On,
    Done,
}

impl Walker<'_, '_> {
    fn run(mut self) -> Walked {
        let ending = loop {
            self.close_ended();
            match self.step() {
                Ok(Step::On) => {}
                Ok(Step::Done) => break Ending::Whole,
                Err(halt) => {
                    let halt = self.named(halt);
                    if !self.resume(halt) {
                        break Ending::Broken(halt);
                    }
                }
            }
        };
        let ending = match (ending, self.input.fault()) {
            (Ending::Whole, Some(_)) => Ending::Broken(self.named(Halt::Failed)),
            (ending, _) => ending,
        };
        while self.stack.len() > 1 {
            self.close();
        }
        let data_set = match self.stack.pop().map(|open| open.what) {
            Some(What::Item(data_set)) => data_set,
            _ => DataSet::default(),
        };
        Walked { data_set, pixels: self.pixels, ending, flaws: self.flaws, elements: self.elements }
    }

    /// An end that the inflater or the source brought about is called so.
    fn named(&self, halt: Halt) -> Halt {
        match self.input.fault() {
            Some(Fault::Bomb) => Halt::Bomb,
            Some(Fault::Failed) => Halt::Failed,
            None => halt,
        }
    }

    /// Steps over trouble inside something of defined length, if its end is there.
    fn resume(&mut self, halt: Halt) -> bool {
        if matches!(halt, Halt::Bomb | Halt::Failed) {
            return false;
        }
        let here = self.input.position();
        let known = self.input.left().map(|left| here + left);
        let reachable = |end: u64| end >= here && known.is_none_or(|known| end <= known);
        let Some(index) = self.stack.iter().rposition(|open| open.end.is_some_and(reachable)) else { return false };
        let end = self.stack[index].end.unwrap_or(here);
        while self.stack.len() > index + 1 {
            self.close();
        }
        self.flaw(halt);
        self.input.advance(end - here)
    }

    fn flaw(&mut self, halt: Halt) {
        let same = |known: &Halt| std::mem::discriminant(known) == std::mem::discriminant(&halt);
        if !self.flaws.iter().any(same) {
            self.flaws.push(halt);
        }
    }

    /// Directories that were added to and not re-measured are longer than they say: their records go on while items come.
    fn outgrown(&mut self) -> bool {
        let directory = |open: &Open| match &open.what {
            What::Sequence { tag, .. } => *tag == tags::DIRECTORY_RECORD_SEQUENCE && self.stack.len() == 2,
            _ => false,
        };
        self.stack.last().is_some_and(directory)
            && [[0xFE, 0xFF, 0x00, 0xE0], [0xFF, 0xFE, 0xE0, 0x00]].iter().any(|item| self.input.peek(4) == item)
    }

    fn close_ended(&mut self) {
        let here = self.input.position();
        while self.stack.len() > 1 && self.stack.last().and_then(|open| open.end).is_some_and(|end| end <= here) {
            if self.outgrown() {
                self.unbind(here);
                return;
            }
            self.close();
        }
    }

    /// From here on the innermost open thing ends where it ends.
    fn unbind(&mut self, offset: u64) {
        self.flaw(Halt::Overrun { tag: tags::DIRECTORY_RECORD_SEQUENCE, offset });
        if let Some(open) = self.stack.last_mut() {
            open.end = None;
        }
        self.unbound = true;
    }

    /// Ends the innermost open thing and gives it to the one around it.
    fn close(&mut self) {
        let Some(closed) = self.stack.pop() else { return };
        let top = self.stack.len() == 1;
        let parent = self.stack.last_mut();
        match (closed.what, parent.map(|open| &mut open.what)) {
            (What::Item(item), Some(What::Sequence { items, .. })) if closed.kept => items.push(item),
            (What::Sequence { tag, vr, items }, Some(What::Item(parent))) if closed.kept => {
                parent.elements.push(Element { tag, vr, value: Value::Items(items) });
            }
            (What::Fragments { tag, vr, fragments, .. }, _) if top && is_pixel_data(tag) => {
                self.pixels = Some(Pixels { tag, vr, stored: Stored::Fragments(fragments) });
            }
            _ => {}
        }
    }

    fn step(&mut self) -> Result<Step, Halt> {
        match self.stack.last() {
            Some(Open { what: What::Item(_), syntax, .. }) => {
                let syntax = *syntax;
                self.step_element(syntax)
            }
            Some(open) => {
                let syntax = open.syntax;
                self.step_item(syntax).map(|()| Step::On)
            }
            None => Ok(Step::Done),
        }
    }

    fn step_element(&mut self, syntax: Syntax) -> Result<Step, Halt> {
        let offset = self.input.position();
        let left = self.input.left();
        let root = self.stack.len() == 1;
        let bytes = self.input.peek(12);
        if bytes.is_empty() && root {
            return Ok(Step::Done);
        }
        let blank = bytes.iter().all(|byte| *byte == 0);
        let header = match element::header(bytes, syntax, left) {
            Ok(header) => header,
            Err(HeaderFault::Short) if blank && root => return Ok(Step::Done),
            Err(HeaderFault::Short) => return Err(Halt::Cut { tag: Tag(0, 0), offset }),
            Err(HeaderFault::Nonsense) => return Err(Halt::Nonsense { offset }),
        };
        if blank && root && self.elements > 0 {
            // Storage media pad files with zeros.
            return if self.input.rest_is_zero() { Ok(Step::Done) } else { Err(Halt::Nonsense { offset }) };
        }
        if header.tag.0 == 0xFFFE {
            return self.step_delimiter(&header, offset).map(|()| Step::On);
        }
        self.elements += u64::from(root);
        self.step_value(&header, syntax, offset).map(|()| Step::On)
    }

    /// A delimiter where an element is expected: the item's own end, or one that somebody forgot.
    fn step_delimiter(&mut self, header: &Header, offset: u64) -> Result<(), Halt> {
        let root = self.stack.len() == 1;
        let open_ended = self.stack.last().is_some_and(|open| open.end.is_none());
        match header.tag {
            ITEM_END => {
                self.input.advance(header.bytes);
                if !root && open_ended {
                    self.close();
                }
            }
            SEQUENCE_END if root || !open_ended => {
                self.input.advance(header.bytes);
            }
            SEQUENCE_END | ITEM if !root && open_ended => self.close(),
            _ => return Err(Halt::Nonsense { offset }),
        }
        Ok(())
    }

    fn step_value(&mut self, header: &Header, syntax: Syntax, offset: u64) -> Result<(), Halt> {
        let left = self.input.left();
        self.input.advance(header.bytes);
        let Some(length) = header.length.map(u64::from) else {
            return self.open_undefined(header, syntax, offset);
        };
        let start = self.input.position();
        let root = self.stack.len() == 1;
        if root && is_pixel_data(header.tag) {
            let whole = self.input.advance(length);
            self.pixels = Some(Pixels {
                tag: header.tag,
                vr: header.vr,
                stored: Stored::Native { offset: start, length, whole },
            });
            return if whole { Ok(()) } else { Err(Halt::Cut { tag: header.tag, offset }) };
        }
        let bound = self.stack.last().and_then(|open| open.end);
        if bound.is_some_and(|bound| start.saturating_add(length) > bound) {
            return Err(Halt::Overrun { tag: header.tag, offset });
        }
        let policy = self.policy(header);
        if left.is_some_and(|left| header.bytes + length > left) && policy != Policy::Descend {
            // Without letters that vouch for it, an element out of order that runs past the end is noise.
            let vouched = header.vr.is_some() || self.in_order(header.tag);
            return Err(if vouched { Halt::Cut { tag: header.tag, offset } } else { Halt::Nonsense { offset } });
        }
        match policy {
            Policy::Load => self.load(header, length, offset),
            Policy::Descend => self.open_sequence(header, syntax, Some(start + length), offset),
            Policy::Locate => {
                self.keep(header, Value::Place { offset: start, length });
                self.pass(header.tag, length, offset)
            }
            Policy::Skip => self.pass(header.tag, length, offset),
        }
    }

    /// Is this tag behind the last kept one of its data set?
    fn in_order(&self, tag: Tag) -> bool {
        let (Some(Open { what: What::Item(data_set), .. }), pixels) = (self.stack.last(), self.pixels.as_ref()) else {
            return true;
        };
        let last = data_set.elements.last().map(|element| element.tag);
        last.is_none_or(|last| last < tag) && (self.stack.len() > 1 || pixels.is_none_or(|pixels| pixels.tag < tag))
    }

    fn policy(&self, header: &Header) -> Policy {
        let kept = self.stack.last().is_some_and(|open| open.kept);
        let policy = if kept { wanted::policy(header.tag) } else { Policy::Skip };
        match (policy, header.vr) {
            (Policy::Descend, Some([b'S', b'Q'] | [b'U', b'N']) | None) | (Policy::Load | Policy::Locate, _) => policy,
            _ => Policy::Skip,
        }
    }

    fn pass(&mut self, tag: Tag, length: u64, offset: u64) -> Result<(), Halt> {
        if self.input.advance(length) { Ok(()) } else { Err(Halt::Cut { tag, offset }) }
    }

    fn load(&mut self, header: &Header, length: u64, offset: u64) -> Result<(), Halt> {
        let room = self.limits.document_text_bytes_max.saturating_sub(self.kept_bytes);
        if length > self.limits.dicom_value_bytes_max || length > room || self.kept >= KEPT_MAX {
            self.flaw(Halt::TooMany);
            return self.pass(header.tag, length, offset);
        }
        let Some(value) = self.input.value(length) else { return Err(Halt::Cut { tag: header.tag, offset }) };
        self.kept += 1;
        self.kept_bytes += length;
        if let Some(Open { what: What::Item(data_set), .. }) = self.stack.last_mut() {
            put(data_set, header, value);
        }
        Ok(())
    }

    fn keep(&mut self, header: &Header, value: Value) {
        if let Some(Open { what: What::Item(data_set), .. }) = self.stack.last_mut() {
            data_set.elements.push(Element { tag: header.tag, vr: header.vr, value });
        }
    }

    fn open_undefined(&mut self, header: &Header, syntax: Syntax, offset: u64) -> Result<(), Halt> {
        let fragments = match header.vr {
            Some([b'O', _]) => true,
            Some(_) => false,
            None => header.tag == tags::PIXEL_DATA,
        };
        if !fragments {
            return self.open_sequence(header, syntax, None, offset);
        }
        let what = What::Fragments { tag: header.tag, vr: header.vr, fragments: Fragments::default(), first: true };
        self.stack.push(Open { what, end: None, syntax, kept: false });
        Ok(())
    }

    fn open_sequence(&mut self, header: &Header, syntax: Syntax, end: Option<u64>, offset: u64) -> Result<(), Halt> {
        // Each sequence on the stack has an item below it.
        if self.stack.len() / 2 >= self.limits.dicom_depth_max as usize {
            return Err(Halt::TooDeep { offset });
        }
        let syntax = match header.vr {
            Some([b'U', b'N']) => Syntax { form: VrForm::Implicit, order: syntax.order },
            _ => syntax,
        };
        let located = header.tag == tags::ORIGINAL_ATTRIBUTES_SEQUENCE && self.stack.len() == 1;
        let kept = self.policy(header) == Policy::Descend;
        if located {
            self.keep(header, Value::Place { offset, length: 0 });
        }
        let what = What::Sequence { tag: header.tag, vr: header.vr, items: Vec::new() };
        self.stack.push(Open { what, end, syntax, kept });
        Ok(())
    }

    fn step_item(&mut self, syntax: Syntax) -> Result<(), Halt> {
        let offset = self.input.position();
        if self.unbound && self.stack.len() == 2 && self.input.peek(1).is_empty() {
            self.close();
            return Ok(());
        }
        let Ok(header) = element::header(self.input.peek(12), syntax, None) else {
            return Err(Halt::Cut { tag: ITEM, offset });
        };
        let fragments = matches!(self.stack.last(), Some(Open { what: What::Fragments { .. }, .. }));
        let open_ended = self.stack.last().is_some_and(|open| open.end.is_none());
        match header.tag {
            ITEM if fragments => self.step_fragment(&header, offset),
            ITEM => self.open_item(&header, offset),
            SEQUENCE_END => {
                self.input.advance(header.bytes);
                if let Some(Open { what: What::Fragments { fragments, .. }, .. }) = self.stack.last_mut() {
                    fragments.ended = true;
                }
                self.close();
                Ok(())
            }
            // A second end of the same item.
            ITEM_END if !fragments => {
                self.input.advance(header.bytes);
                Ok(())
            }
            // The sequence's end was forgotten: what follows belongs to the data set around it.
            _ if !fragments && open_ended && header.tag.0 != 0xFFFE => {
                self.flaw(Halt::Nonsense { offset });
                self.close();
                Ok(())
            }
            _ => Err(Halt::Nonsense { offset }),
        }
    }

    fn open_item(&mut self, header: &Header, offset: u64) -> Result<(), Halt> {
        if self.outgrown() && header.length.is_some_and(|length| self.overruns(offset + header.bytes, length)) {
            self.unbind(offset);
        }
        self.input.advance(header.bytes);
        let end = header.length.map(|length| self.input.position() + u64::from(length));
        let charset = self.stack.iter().rev().find_map(|open| match &open.what {
            What::Item(data_set) => Some(Rc::clone(&data_set.charset)),
            _ => None,
        });
        let Some(Open { what: What::Sequence { tag, items, .. }, end: bound, syntax, kept }) = self.stack.last() else {
            return Err(Halt::Nonsense { offset });
        };
        // The sequence's own end is the surer one: what is around it was found with it.
        let overrun = matches!((end, bound), (Some(end), Some(bound)) if end > *bound).then_some(*tag);
        let end = if overrun.is_some() { *bound } else { end };
        // Frames are placed up to a number; a slide has hundreds of thousands, and none of them is asked for.
        let beyond = *tag == tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE && items.len() >= FRAMES_PLACED_MAX;
        let kept = *kept && !beyond && self.kept < KEPT_MAX;
        let syntax = *syntax;
        self.kept += u64::from(kept);
        let item = DataSet { offset, order: syntax.order, charset: charset.unwrap_or_default(), elements: Vec::new() };
        self.stack.push(Open { what: What::Item(item), end, syntax, kept });
        if let Some(tag) = overrun {
            self.flaw(Halt::Overrun { tag, offset });
        }
        if self.kept >= KEPT_MAX {
            self.flaw(Halt::TooMany);
        }
        Ok(())
    }

    /// Is this item there, but beyond the end of its sequence?
    fn overruns(&self, start: u64, length: u32) -> bool {
        let bound = self.stack.last().and_then(|open| open.end);
        let end = start + u64::from(length);
        let there = self.input.left().is_none_or(|left| u64::from(length) + 8 <= left);
        there && bound.is_some_and(|bound| end > bound)
    }

    fn step_fragment(&mut self, header: &Header, offset: u64) -> Result<(), Halt> {
        self.input.advance(header.bytes);
        let Some(length) = header.length else { return Err(Halt::Nonsense { offset }) };
        let start = self.input.position();
        let head = self.input.peek((length as usize).min(CODESTREAM_HEAD_BYTES)).to_vec();
        let whole = self.input.advance(u64::from(length));
        let Some(Open { what: What::Fragments { fragments, first, tag, .. }, .. }) = self.stack.last_mut() else {
            return Err(Halt::Nonsense { offset });
        };
        if !whole {
            return Err(Halt::Cut { tag: *tag, offset });
        }
        if std::mem::take(first) {
            fragments.table = Some((start, length));
            return Ok(());
        }
        if fragments.count == 0 {
            fragments.head = head;
        }
        fragments.count += 1;
        fragments.bytes += u64::from(length);
        if fragments.places.len() < FRAGMENT_PLACES_MAX {
            fragments.places.push((start, length));
        }
        Ok(())
    }
}
