//! RTF: the text of the body, headers and footnotes in whatever code pages it is written (Rich Text Format
//! Specification 1.9.1). Embedded objects and pictures are noted, never opened; field instructions are not text.

use super::{
    deliver,
    read::{Extent, read_start},
    rtf_tokens::{Token, Tokens},
};
use crate::{
    domain::{
        facts::{Facts, FileKind, Readable},
        reason::Reason,
    },
    kinds::{Exam, Kind, Probe},
};
use encoding_rs::{Encoding, WINDOWS_1252};
use std::collections::HashMap;

/// The kind for [`crate::kinds::ALL`].
pub static RTF: &dyn Kind = &Rtf;

struct Rtf;

/// Groups within groups; word processors write about ten.
const DEPTH_MAX: usize = 1_000;

/// Destinations whose content is no text of the document.
const HIDDEN: &[&str] = &[
    "fonttbl",
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "object",
    "fldinst",
    "datastore",
    "themedata",
    "generator",
    "listtable",
    "listoverridetable",
    "rsidtbl",
    "xmlnstbl",
    "latentstyles",
    "colorschememapping",
    "filetbl",
    "revtbl",
    "nonshppict",
    "sp",
    "bkmkstart",
    "bkmkend",
    "mmathPr",
    "wgrffmtfilter",
    "pnseclvl",
    "blipuid",
];

/// Destinations that are marked ignorable and yet hold text: text boxes and comments.
const SHOWN: &[&str] = &["shpinst", "shptxt", "annotation"];

impl Kind for Rtf {
    fn name(&self) -> &'static str {
        "rtf"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Text
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        let head = probe.head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(probe.head);
        head.trim_ascii_start().starts_with(b"{\\rt")
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let mut facts = Facts::of(FileKind::Text, Readable::Yes);
        facts.language_asked = true;
        let (bytes, extent) = read_start(exam.source, exam.limits.document_text_bytes_max);
        let rich = read(&bytes);
        if extent != Extent::Whole {
            facts.observe(Reason::ParserFailed, format!("only the first {} bytes were read", bytes.len()));
            facts.readable = Readable::Partial;
        } else if rich.open_groups > 0 {
            facts.observe(Reason::Truncated, format!("{} groups are not closed at the end", rich.open_groups));
            facts.readable = Readable::Partial;
        }
        if rich.objects > 0 {
            facts.observe(Reason::ActiveContent, format!("{} embedded objects, not opened", rich.objects));
        }
        let blank = rich.text.trim().is_empty();
        let pages = deliver::split(&rich.text, exam.limits);
        deliver::pages(exam, &mut facts, pages);
        if blank && rich.pictures > 0 {
            facts.observations.retain(|observation| observation.reason != Reason::Blank);
            facts.observe(Reason::ImageOnly, format!("{} pictures and no text", rich.pictures));
            facts.readable = Readable::Undetermined;
        }
        facts
    }
}

/// What stands in an RTF document.
#[derive(Debug, Default)]
pub struct Rich {
    /// Text; form feeds where pages end.
    pub text: String,
    /// Groups that are not closed at the end.
    pub open_groups: usize,
    /// Embedded objects.
    pub objects: u32,
    /// Pictures.
    pub pictures: u32,
}

/// Reads a document.
pub fn read(source: &[u8]) -> Rich {
    let mut writer = Writer::default();
    let mut tokens = Tokens::new(source);
    while let Some(token) = tokens.next() {
        match token {
            Token::Open => writer.open(),
            Token::Close => {
                if !writer.close() {
                    break;
                }
            }
            Token::Word("bin", Some(bytes)) => tokens.leave_out(usize::try_from(bytes).unwrap_or(0)),
            Token::Word(name, number) => writer.word(name, number),
            Token::Byte(byte) => writer.bytes(&[byte]),
            Token::Symbol(symbol) => writer.symbol(symbol),
            Token::Text(text) => writer.bytes(text),
        }
    }
    writer.flush();
    writer.rich.open_groups = writer.outer.len();
    writer.rich
}

/// What holds inside a group and is forgotten at its end.
#[derive(Clone, Copy, Default)]
struct Group {
    hidden: bool,
    in_font_table: bool,
    encoding: Option<&'static Encoding>,
    /// Characters that stand in for a `\u` where it is not understood (`\uc`); `None` means one.
    stand_ins: Option<usize>,
}

#[derive(Default)]
struct Writer {
    rich: Rich,
    group: Group,
    outer: Vec<Group>,
    /// Groups beyond `DEPTH_MAX`, counted only.
    too_deep: usize,
    /// Bytes that wait to be decoded together: a character may be two of them.
    pending: Vec<u8>,
    default_encoding: Option<&'static Encoding>,
    fonts: HashMap<i32, &'static Encoding>,
    font: i32,
    /// Stand-in characters still to be left out.
    skipping: usize,
    high_surrogate: Option<u16>,
}

impl Writer {
    fn open(&mut self) {
        self.flush();
        self.skipping = 0;
        if self.outer.len() < DEPTH_MAX {
            self.outer.push(self.group);
        } else {
            self.too_deep += 1;
        }
    }

    /// Ends a group; false when it was the outermost one: nothing behind it belongs to the document.
    fn close(&mut self) -> bool {
        self.flush();
        self.skipping = 0;
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return true;
        }
        self.group = self.outer.pop().unwrap_or_default();
        !self.outer.is_empty()
    }

    fn word(&mut self, name: &str, number: Option<i32>) {
        match (name, number) {
            ("u", Some(code)) => return self.unicode(code),
            ("uc", Some(count)) => self.group.stand_ins = usize::try_from(count).ok().map(|c| c.min(16)),
            ("ansicpg", Some(page)) => self.default_encoding = code_page(page),
            ("mac", _) => self.default_encoding = Some(encoding_rs::MACINTOSH),
            ("f", Some(font)) => self.choose_font(font),
            ("fcharset", Some(set)) if self.group.in_font_table => {
                if let Some(encoding) = charset(set) {
                    self.fonts.insert(self.font, encoding);
                }
            }
            _ => {}
        }
        if name == "fonttbl" {
            self.group.in_font_table = true;
        }
        self.rich.objects += u32::from(name == "objdata");
        self.rich.pictures += u32::from(name == "pict");
        if HIDDEN.contains(&name) {
            self.group.hidden = true;
        } else if SHOWN.contains(&name) {
            self.group.hidden = self.outer.last().is_some_and(|outer| outer.hidden);
        } else if let Some(text) = spelled(name) {
            self.push(text);
        }
    }

    fn choose_font(&mut self, font: i32) {
        if self.group.in_font_table {
            self.font = font;
        } else {
            self.flush();
            self.group.encoding = self.fonts.get(&font).copied();
        }
    }

    /// `\uN`: a UTF-16 unit as a signed number.
    fn unicode(&mut self, code: i32) {
        self.flush();
        let unit = (code & 0xFFFF) as u16;
        match (self.high_surrogate.take(), unit) {
            (_, 0xD800..=0xDBFF) => self.high_surrogate = Some(unit),
            (high, _) => {
                let units = high.into_iter().chain([unit]);
                for c in char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)) {
                    self.push(c.encode_utf8(&mut [0; 4]));
                }
            }
        }
        self.skipping = self.group.stand_ins.unwrap_or(1);
    }

    fn symbol(&mut self, symbol: u8) {
        match symbol {
            // An ignorable destination: one that is not in the table of those we read.
            b'*' => self.group.hidden = true,
            b'~' => self.push("\u{A0}"),
            b'_' => self.push("-"),
            b'\\' | b'{' | b'}' => self.bytes(&[symbol]),
            b'\r' | b'\n' => self.push("\n"),
            _ => {}
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let skipped = self.skipping.min(bytes.len());
        self.skipping -= skipped;
        if !self.group.hidden {
            self.pending.extend_from_slice(&bytes[skipped..]);
        }
    }

    fn push(&mut self, text: &str) {
        self.flush();
        if !self.group.hidden {
            self.rich.text.push_str(text);
        }
    }

    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let encoding = self.group.encoding.or(self.default_encoding).unwrap_or(WINDOWS_1252);
        let (text, _) = encoding.decode_without_bom_handling(&self.pending);
        self.rich.text.push_str(&text);
        self.pending.clear();
    }
}

/// Control words that are characters.
fn spelled(name: &str) -> Option<&'static str> {
    Some(match name {
        "par" | "line" | "row" | "sect" => "\n",
        "page" | "pagebb" => "\u{C}",
        "tab" | "cell" | "nestcell" => "\t",
        "emdash" => "—",
        "endash" => "–",
        "bullet" => "•",
        "lquote" => "‘",
        "rquote" => "’",
        "ldblquote" => "“",
        "rdblquote" => "”",
        "emspace" | "enspace" => " ",
        _ => return None,
    })
}

/// The encoding of a Windows code page.
fn code_page(page: i32) -> Option<&'static Encoding> {
    let label = match page {
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        10_000 => "macintosh".to_owned(),
        65_001 => "utf-8".to_owned(),
        866 => "ibm866".to_owned(),
        page => format!("windows-{page}"),
    };
    Encoding::for_label(label.as_bytes())
}

/// The encoding of a font's character set (`\fcharsetN`).
fn charset(set: i32) -> Option<&'static Encoding> {
    let page = match set {
        0 => 1252,
        77 => 10_000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    };
    code_page(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expected: &str) {
        assert_eq!(read(source.as_bytes()).text.trim(), expected);
    }

    /// Proves that code pages, Unicode units with stand-ins, and font character sets come out as characters.
    #[test]
    fn characters() {
        check(r"{\rtf1\ansi\ansicpg1252 caf\'e9 \u8217?s}", "café ’s");
        check(r"{\rtf1\ansi\uc2\u1076 xx\u-10179 ??\u-8704 ??end}", "д😀end");
        check(r"{\rtf1{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial;}}\f1\'c4\'e0\f0  ok}", "Да ok");
        check(r"{\rtf1\ansicpg932 \'8a\'b3\'8e\'d2}", "患者");
        check(r"{\rtf1 a\{b\}\\c}", r"a{b}\c");
    }

    /// Proves that tables, fields, pictures and ignorable destinations are no text.
    #[test]
    fn hidden_destinations() {
        check(
            r"{\rtf1{\fonttbl{\f0 Courier;}}{\*\generator Pen;}{\info{\title T}}seen\par{\pict ffee}{\field{\*\fldinst HYPERLINK}{\fldrslt shown}}}",
            "seen\nshown",
        );
        check("{\\rtf1 a{\\bin3 }}}b}", "ab");
    }

    /// Proves that a cut document says so, and that deep nesting is survived.
    #[test]
    fn damage() {
        assert_eq!(read(br"{\rtf1{\b cut").open_groups, 2);
        let deep = [br"{\rtf1 ".to_vec(), b"{".repeat(500_000), b"in".to_vec()].concat();
        assert_eq!(read(&deep).text, "in");
    }
}
