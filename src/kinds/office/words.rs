//! Words out of the mark-up of office documents (ECMA-376 Part 1, 17.3 and 21.1; OpenDocument 1.3 Part 3, 5 and 6).

use crate::kinds::docs::xml::XmlFault;
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

/// Which vocabulary a part is written in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Vocabulary {
    /// WordprocessingML and DrawingML: words stand in `t` elements.
    OpenXml,
    /// OpenDocument: words stand in paragraphs.
    OpenDocument,
}

/// Elements that hold no words, or the same words again.
const SILENT: &[&str] =
    &["Fallback", "pPr", "rPr", "tracked-changes", "delText", "instrText", "scripts", "binary-data"];

/// The words of a part; tabs between cells, form feeds between pages.
///
/// # Errors
/// [`XmlFault`]; any document type is a bomb here, since the standards forbid it.
pub(super) fn words_of(source: &str, vocabulary: Vocabulary) -> Result<String, XmlFault> {
    let mut reader = Reader::from_str(source);
    let mut words = Words { vocabulary, laid_out: source.contains("lastRenderedPageBreak"), ..Words::new(vocabulary) };
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => words.start(&element),
            Ok(Event::Empty(element)) => words.empty(&element),
            Ok(Event::End(element)) => words.end(element.local_name().into_inner()),
            Ok(Event::Text(run)) => words.text(&run.xml10_content()),
            Ok(Event::CData(run)) => words.text(&run.xml10_content()),
            Ok(Event::GeneralRef(name)) => {
                if let Some(c) = crate::kinds::docs::character(&name) {
                    words.text(c.encode_utf8(&mut [0; 4]));
                }
            }
            Ok(Event::DocType(declaration)) => {
                return Err(XmlFault::EntityBomb(declaration.matches("<!ENTITY").count()));
            }
            Ok(Event::Eof) if words.open > 0 => {
                return Err(XmlFault::Malformed { text: words.text, offset: source.len() as u64 });
            }
            Ok(Event::Eof) => return Ok(words.text),
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => {}
            Err(_) => return Err(XmlFault::Malformed { text: words.text, offset: reader.error_position() }),
        }
    }
}

struct Words {
    vocabulary: Vocabulary,
    text: String,
    /// Elements that are open.
    open: usize,
    /// Elements open within a silent one, itself included; 0 outside.
    silent: usize,
    /// Elements open whose text is words.
    speaking: usize,
    /// The word processor noted where its pages ended; then marks of wanted breaks are not counted again.
    laid_out: bool,
}

impl Words {
    fn new(vocabulary: Vocabulary) -> Self {
        Self { vocabulary, text: String::new(), open: 0, silent: 0, speaking: 0, laid_out: false }
    }

    fn start(&mut self, element: &BytesStart<'_>) {
        self.open += 1;
        let name = element.local_name();
        let name = name.into_inner();
        if self.silent > 0 || SILENT.contains(&name) {
            self.silent += 1;
            return;
        }
        self.speaking += usize::from(self.speaks(name));
        self.mark(name, element);
    }

    fn empty(&mut self, element: &BytesStart<'_>) {
        if self.silent == 0 {
            self.mark(element.local_name().into_inner(), element);
        }
    }

    fn end(&mut self, name: &str) {
        self.open = self.open.saturating_sub(1);
        if self.silent > 0 {
            self.silent -= 1;
            return;
        }
        self.speaking = self.speaking.saturating_sub(usize::from(self.speaks(name)));
        match name {
            "p" | "h" | "tr" | "table-row" => self.text.push('\n'),
            // The paragraphs of a cell end lines; the cell itself ends a column.
            "tc" | "table-cell" => {
                if self.text.ends_with('\n') {
                    self.text.pop();
                }
                self.text.push('\t');
            }
            "page" | "table" if self.vocabulary == Vocabulary::OpenDocument => self.text.push('\u{C}'),
            _ => {}
        }
    }

    fn speaks(&self, name: &str) -> bool {
        match self.vocabulary {
            Vocabulary::OpenXml => name == "t",
            Vocabulary::OpenDocument => matches!(name, "p" | "h"),
        }
    }

    fn text(&mut self, run: &str) {
        if self.silent == 0 && self.speaking > 0 {
            self.text.push_str(run);
        }
    }

    /// Characters that are written as elements.
    fn mark(&mut self, name: &str, element: &BytesStart<'_>) {
        let page_break = || {
            let mut attributes = element.attributes().flatten();
            attributes.any(|attribute| attribute.key.local_name().into_inner() == "type" && &*attribute.value == "page")
        };
        let mark = match name {
            "tab" | "ptab" => '\t',
            "br" if !page_break() => '\n',
            "br" if self.laid_out => return,
            "br" | "lastRenderedPageBreak" | "soft-page-break" => '\u{C}',
            "cr" | "line-break" => '\n',
            "noBreakHyphen" => '-',
            "s" if self.vocabulary == Vocabulary::OpenDocument => ' ',
            _ => return,
        };
        self.text.push(mark);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that paragraphs, cells, tabs and page ends come out in their places, and settings and fallbacks do not.
    #[test]
    fn word_processing() {
        let source = "<w:document xmlns:w='w'><w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>Fever &amp;</w:t><w:tab/>\
                      <w:t>cough</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:t>Hb</w:t></w:p></w:tc><w:tc><w:p><w:t>11</w:t></w:p>\
                      </w:tc></w:tr></w:tbl><mc:Fallback><w:t>twice</w:t></mc:Fallback><w:br w:type=\"page\"/><w:t>next</w:t></w:document>";
        assert_eq!(words_of(source, Vocabulary::OpenXml).unwrap(), "Fever &\tcough\nHb\t11\t\n\u{C}next");
    }

    /// Proves that OpenDocument's paragraphs and blanks come out.
    #[test]
    fn open_document() {
        let source =
            "<o:text><text:h>Title</text:h><text:p>a<text:s/>b <text:span>c</text:span></text:p><m>no</m></o:text>";
        assert_eq!(words_of(source, Vocabulary::OpenDocument).unwrap(), "Title\na b c\n");
    }

    /// Proves that document types and cut mark-up are refused.
    #[test]
    fn refusals() {
        let bomb = "<!DOCTYPE w [<!ENTITY a 'a'><!ENTITY b '&a;&a;'>]><w>&b;</w>";
        assert!(matches!(words_of(bomb, Vocabulary::OpenXml), Err(XmlFault::EntityBomb(2))));
        assert!(matches!(words_of("<w:p><w:t>cut", Vocabulary::OpenXml), Err(XmlFault::Malformed { .. })));
    }
}
