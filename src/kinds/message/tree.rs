//! A message as a tree of named elements, built under limits and kept as far as it went when the source breaks off.

use crate::domain::limits::{MESSAGE_DEPTH_MAX, MESSAGE_ELEMENTS_MAX};
use std::borrow::Cow;

/// An element of XML or a member of a JSON object.
#[derive(Clone, Debug, Default)]
pub(super) struct Node<'a> {
    /// Without a namespace prefix.
    pub(super) name: Cow<'a, str>,
    /// In their order; none in JSON.
    pub(super) attributes: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// Text directly in it, or the value in JSON.
    pub(super) text: Cow<'a, str>,
    /// Mark-up that is kept as it stands instead of elements.
    pub(super) raw: &'a str,
    pub(super) children: Vec<Self>,
}

impl<'a> Node<'a> {
    fn named(name: Cow<'a, str>) -> Self {
        Self { name, ..Self::default() }
    }

    /// The first child of that name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All children of that name.
    pub(super) fn all<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The element at the end of a path of names, taking the first of each.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, name| node.child(name))
    }

    /// An attribute's value, trimmed; empty where there is none.
    pub(super) fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// A primitive's value: in JSON it is the text, in FHIR's XML an attribute.
    pub(super) fn value(&self) -> &str {
        match self.text.trim() {
            "" => self.attribute("value"),
            text => text,
        }
    }

    /// The value of a child, empty where there is none.
    pub(super) fn value_of(&self, name: &str) -> &str {
        self.child(name).map_or("", Self::value)
    }

    /// Calls `visit` for this element and for all below, in document order.
    pub(super) fn walk<'n>(&'n self, visit: &mut dyn FnMut(&'n Self)) {
        visit(self);
        self.children.iter().for_each(|child| child.walk(visit));
    }
}

/// What kept a source from being read to its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Fault {
    /// The source ends within an element.
    Cut,
    /// It breaks at this byte or line.
    Broken(String),
    /// Entities that are made of entities, or fetched: the count.
    Entities(usize),
    /// More elements, or levels of them, than are kept.
    TooMuch,
}

/// Builds a tree from the outside in.
pub(super) struct Builder<'a> {
    open: Vec<Node<'a>>,
    elements: usize,
    pub(super) fault: Option<Fault>,
}

impl<'a> Builder<'a> {
    /// Begins a tree with a root that is not of the source.
    pub(super) fn new() -> Self {
        Self { open: vec![Node::default()], elements: 0, fault: None }
    }

    /// Begins an element; false where a limit forbids it.
    pub(super) fn begin(&mut self, name: Cow<'a, str>) -> bool {
        if self.elements >= MESSAGE_ELEMENTS_MAX || self.open.len() >= MESSAGE_DEPTH_MAX {
            self.fault = Some(Fault::TooMuch);
            return false;
        }
        self.elements += 1;
        self.open.push(Node::named(name));
        true
    }

    /// The innermost open element.
    pub(super) fn current(&mut self) -> Option<&mut Node<'a>> {
        self.open.last_mut()
    }

    /// Elements that are open, the root not counted.
    pub(super) const fn depth(&self) -> usize {
        self.open.len().saturating_sub(1)
    }

    /// Adds text to the innermost open element; a single run is not copied.
    pub(super) fn text(&mut self, run: Cow<'a, str>) {
        let Some(node) = self.open.last_mut() else { return };
        if node.text.is_empty() {
            node.text = run;
        } else {
            node.text.to_mut().push_str(&run);
        }
    }

    /// Ends the innermost element; the root stays open.
    pub(super) fn end(&mut self) {
        if self.open.len() > 1
            && let Some(node) = self.open.pop()
            && let Some(parent) = self.open.last_mut()
        {
            parent.children.push(node);
        }
    }

    /// The root with all that was read, and what kept the rest from it.
    pub(super) fn finish(mut self) -> (Node<'a>, Option<Fault>) {
        while self.open.len() > 1 {
            self.end();
        }
        (self.open.pop().unwrap_or_default(), self.fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that neither depth nor number of elements grows beyond the limits, and that what came before stays.
    #[test]
    fn trees_are_bounded() {
        let mut deep = Builder::new();
        while deep.begin("a".into()) {}
        assert_eq!(deep.depth(), MESSAGE_DEPTH_MAX - 1);
        let (root, fault) = deep.finish();
        assert_eq!((root.children.len(), fault), (1, Some(Fault::TooMuch)));
        let mut wide = Builder::new();
        while wide.begin("a".into()) {
            wide.end();
        }
        assert_eq!(wide.finish().0.children.len(), MESSAGE_ELEMENTS_MAX);
    }
}
